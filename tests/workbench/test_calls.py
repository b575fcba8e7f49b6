"""How a script is called: each command, functions of a library, and random choices that are fed by a seed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pyodide_bridge.bridge import Bridge, to_json

LIBRARY = """#!lua name=counters
redis.register_function('add', function(keys, args)
    return redis.call('INCRBY', keys[1], args[1])
end)
redis.register_function{
    function_name = 'look',
    callback = function(keys) return redis.call('GET', keys[1]) end,
    flags = {'no-writes', 'allow-stale'},
    description = 'what is counted',
}
"""


def ask(bridge: Bridge | None = None, **fields: Any) -> Any:
    return json.loads(to_json((bridge or Bridge()).answer(json.dumps(fields))))


def run(script: str, bridge: Bridge | None = None, **fields: Any) -> Any:
    return ask(bridge, **{"type": "Run", "script": script, "keys": [], "argv": [], **fields})


@pytest.mark.parametrize("mode", ["EVAL", "EVAL_RO", "EVALSHA"])
def test_a_script_is_called(mode: str) -> None:
    ran = run("return {KEYS[1], ARGV[1]}", keys=["k"], argv=['"\\x00"'], mode=mode)
    assert ran["reply"]["text"] == '1) "k"\n2) "\\x00"'


def test_a_function_of_a_library_is_called() -> None:
    bridge = Bridge()
    call = {"keys": ["n"], "argv": ["5"], "mode": "FCALL", "fresh": False}
    assert run(LIBRARY, bridge, function="add", **call)["reply"]["text"] == "(integer) 5"
    ran = run(LIBRARY, bridge, function="add", **call)
    assert ran["reply"]["text"] == "(integer) 10"
    assert [(command["line"], command["command"]) for command in ran["trace"]] == [(3, "INCRBY n 5")]
    assert ran["accesses"] == [
        {"key": "n", "declared": True, "reads": 1, "writes": 1, "failures": 0, "slot": ran["accesses"][0]["slot"]}
    ]
    read = run(LIBRARY, bridge, **{**call, "mode": "FCALL_RO", "argv": []}, function="look")
    assert read["reply"]["text"] == '"10"'
    refused = run(LIBRARY, bridge, **{**call, "mode": "FCALL_RO"}, function="add")
    assert refused["explanation"]["name"] == "write-script-read-only"


def test_a_library_that_cannot_be_loaded_replies_why() -> None:
    ran = run("#!lua name=l\nlocal x = = 1", mode="FCALL", function="f")
    assert ran["reply"]["text"].startswith("(error) ERR Error compiling function: user_function:2: ")
    assert ran["problem"]["line"] == 2


def test_the_functions_of_a_library_are_told() -> None:
    assert ask(type="Functions", script=LIBRARY) == {
        "type": "LibraryFunctions",
        "library": "counters",
        "functions": [
            {"name": "add", "description": "", "flags": []},
            {"name": "look", "description": "what is counted", "flags": ["no-writes", "allow-stale"]},
        ],
        "problem": "",
    }
    assert ask(type="Functions", script="return 1")["problem"] == "ERR Missing library metadata"
    broken = ask(type="Functions", script="#!lua name=l\nx = 1")
    assert (broken["library"], broken["functions"]) == ("l", [])
    assert "readonly table" in broken["problem"]


def test_the_libraries_beside_a_script_are_loaded_and_bad_ones_are_told() -> None:
    bridge = Bridge()
    newer = LIBRARY.replace("INCRBY", "DECRBY")
    rival = LIBRARY.replace("name=counters", "name=rival")
    loaded = ask(bridge, type="LoadLibraries", libraries=[LIBRARY, newer, "return 1", rival])
    problems = ["", "", "ERR Missing library metadata", "ERR Function add already exists"]
    assert loaded == {"type": "LibrariesLoaded", "problems": problems}
    ran = run("return redis.call('GET', 'n')", bridge, fixture="FCALL add 1 n 2")
    assert ran["reply"]["text"] == '"-2"'
    assert ran["keyspace"]["undoable"][-1]["name"] == "fixture"


def test_a_function_is_debugged_and_tested() -> None:
    call = {"script": LIBRARY, "keys": ["n"], "argv": ["5"], "mode": "FCALL", "function": "add"}
    moment = ask(type="Debug", **call)
    assert (moment["outcome"], moment["line"]) == ("open", 3)
    tested = ask(type="RunTest", **call, fixture="SET n 2", reply="(integer) 7", keyspace="SET n 7")
    assert tested["outcome"] == "passed"


def test_the_fixture_of_a_test_calls_the_libraries_beside_its_script() -> None:
    call: Any = {"script": "return redis.call('GET', 'n')", "keys": [], "argv": [], "fixture": "FCALL add 1 n 2"}
    assert ask(type="RunTest", **call)["outcome"] == "fixture"
    call |= {"libraries": [LIBRARY, "return 1"], "reply": '"2"', "keyspace": "FCALL add 1 n 2"}
    assert ask(type="RunTest", **call)["outcome"] == "passed"


RANDOM = """
local drawn = {}
for i = 1, 5 do drawn[i] = math.random(1000000) end
drawn[6] = redis.call('SRANDMEMBER', KEYS[1])
return table.concat(drawn, ' ')
"""


def test_a_seed_feeds_the_scripts_choices_and_the_servers() -> None:
    members = "SADD s " + " ".join(map(str, range(100)))
    call: Any = {"keys": ["s"], "fixture": members}
    bridge = Bridge()
    first, second, other = (run(RANDOM, bridge, seed=seed, **call)["reply"]["text"] for seed in (7, 7, 8))
    assert first == second
    assert first != other
    assert run(RANDOM, Bridge(), seed=7, **call)["reply"]["text"] == first
    debugged = Bridge()
    moment = ask(debugged, type="Debug", script=RANDOM, argv=[], seed=7, **call)
    end = ask(debugged, type="DebugMove", how="moment", backwards=False, moment=moment["last"], breakpoints={})
    assert end["reply"]["text"] == first


def test_a_run_can_be_shuffled_and_the_console_after_it_is_not() -> None:
    call: Any = {"keys": ["s"], "fixture": "SADD s a b c d e f g h i j"}
    script = "return table.concat(redis.call('SMEMBERS', KEYS[1]))"
    bridge = Bridge()
    plain = run(script, bridge, **call)["reply"]["text"]
    first, again, other = (run(script, bridge, shuffle=True, seed=seed, **call)["reply"]["text"] for seed in (3, 3, 4))
    assert first == again
    assert len({plain, first, other}) == 3
    by_chance = {run(script, bridge, shuffle=True, **call)["reply"]["text"] for _ in range(5)}
    assert len(by_chance) > 1
    assert run(script, bridge, **call)["reply"]["text"] == plain
    moment = ask(bridge, type="Debug", script=script, argv=[], seed=3, shuffle=True, **call)
    end = ask(bridge, type="DebugMove", how="moment", backwards=False, moment=moment["last"], breakpoints={})
    assert end["reply"]["text"] == first
    ask(bridge, type="DebugEnd")
    assert run(script, bridge, **call)["reply"]["text"] == plain
