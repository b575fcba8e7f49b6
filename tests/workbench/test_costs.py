"""What scripts cost: counts that are the same at every call, and classes of growth that are right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.server import Server
from ferrous_vm.workbench.costs.classes import CLASSES, class_of
from ferrous_vm.workbench.costs.estimate import WEIGHTS, microseconds
from ferrous_vm.workbench.costs.growing import grow, size
from ferrous_vm.workbench.costs.growth import SIZES, Growth, measure_growth
from ferrous_vm.workbench.costs.measuring import Measuring
from pyodide_bridge.bridge import Bridge, to_json
from tests.keyspace.differential import split

FIXTURE = [
    "RPUSH l a b c", "SADD t a b c", "HSET h a 1 b 2", "ZADD z 1 a 2 b 3 c", "XADD x 1-1 f v",
    "SET json [1,2,3]", "SET text abc",
]  # fmt: skip


def measuring() -> Measuring:
    made = Measuring()
    for line in FIXTURE:
        assert not isinstance(made.client.execute(*split(line)), ErrorReply)
    return made


def growth_of(script: str, key: str) -> Growth:
    argv = [b"EVAL", script.encode(), b"1", key.encode()]
    return measure_growth(lambda: (measuring(), argv), [key.encode()])


def call(name: str, *words: str) -> str:
    return f"redis.call('{name}', KEYS[1]{''.join(', ' + word for word in words)})"


GROWTHS = [
    ("l", f"return {call('LLEN')}", "O(1)"),
    ("l", f"return {call('LRANGE', '0', '9')}", "O(1)"),
    ("l", f"return {call('LRANGE', '0', '-1')}", "O(n)"),
    ("l", f"for i = 1, 100 do if not {call('LPOP')} then break end end", "O(1)"),
    ("l", f"while {call('LPOP')} do end", "O(n)"),
    ("l", f"for i = 0, {call('LLEN')} - 1 do {call('LINDEX', 'i')} end", "O(n²)"),
    ("l", f"local t = {call('LRANGE', '0', '-1')} table.sort(t)", "O(n log n)"),
    ("l", f"local t, n = {call('LRANGE', '0', '-1')}, 0 for i = 1, #t do for j = 1, #t do n = n + 1 end end", "O(n²)"),
    ("l", "return redis.call('DEL', KEYS[1])", "O(n)"),
    ("l", "return redis.call('UNLINK', KEYS[1])", "O(1)"),
    ("t", f"return {call('SISMEMBER', '1')}", "O(1)"),
    ("t", f"return #{call('SMEMBERS')}", "O(n)"),
    ("h", f"return {call('HGET', '[[a]]')}", "O(1)"),
    ("h", f"local n = 0 for _ in pairs({call('HGETALL')}) do n = n + 1 end return n", "O(n)"),
    ("z", f"return {call('ZADD', '5', '[[q]]')}", "O(log n)"),
    ("z", f"return {call('ZRANGE', '0', '9')}", "O(log n)"),
    ("z", f"return {call('ZRANGEBYSCORE', '0', '2')}", "O(n)"),
    ("z", f"for _, m in ipairs({call('ZRANGE', '0', '-1')}) do redis.call('ZADD', 'other', 1, m) end", "O(n log n)"),
    ("x", f"return {call('XRANGE', '[[-]]', '[[+]]', '[[COUNT]]', '10')}", "O(1)"),
    ("x", f"return {call('XRANGE', '[[-]]', '[[+]]')}", "O(n)"),
    ("json", f"return #cjson.decode({call('GET')})", "O(n)"),
    ("text", f"return #{call('GET')}", "O(n)"),
    ("text", f"return {call('STRLEN')}", "O(1)"),
]


@pytest.mark.parametrize(("key", "script", "growth"), GROWTHS)
def test_the_class_of_a_script(key: str, script: str, growth: str) -> None:
    assert growth_of(script, key).whole == growth


def test_counts_are_the_same_at_every_call() -> None:
    script = "local t = redis.call('ZRANGE', KEYS[1], 0, -1) redis.call('SADD', 's', unpack(t)) return tostring(#t)"
    counts = [measuring().call([b"EVAL", script.encode(), b"1", b"z"])[1] for _ in range(3)]
    assert len({tuple(getattr(one, name) for name in WEIGHTS) for one in counts}) == 1
    assert (counts[0].commands, counts[0].words, counts[0].carried, counts[0].numbers) == (2, 7, 3, 3)
    assert 0 < counts[0].instructions < 30


WAITING = """
local function now() local time = redis.call('TIME') return time[1] * 1000000 + time[2] end
local stop, turns = now() + 500, 0
while now() < stop do turns = turns + 1 end
return turns
"""


def test_time_goes_on_by_what_was_done_not_by_how_quick_the_machine_is() -> None:
    told = {
        (reply, round(microseconds(counts)))
        for reply, counts in (measuring().call([b"EVAL", WAITING.encode(), b"0"]) for _ in range(3))
    }
    ((turns, cost),) = told
    assert isinstance(turns, int)
    assert turns > 100
    assert 500 <= cost < 510


def test_a_clock_that_is_held_stands() -> None:
    reply, counts = Measuring(1_700_000_000_000_000).call([b"EVAL", WAITING.replace("+ 500", "").encode(), b"0"])
    assert (reply, counts.commands) == (0, 2)


def test_a_command_in_another_database_is_counted_there() -> None:
    script = "redis.call('SELECT', 1) redis.call('RPUSH', 'far', 1, 2, 3) return redis.call('DEL', 'far')"
    assert measuring().call([b"EVAL", script.encode(), b"0"])[1].elements == 1 + 3 + 3


@pytest.mark.parametrize("name", CLASSES)
def test_what_grows_in_a_class_is_found_in_it(name: str) -> None:
    for constant, factor in ((0, 1), (500, 3), (7, 40)):
        values = [constant + factor * CLASSES[name](size) for size in SIZES[4:]]
        assert class_of(SIZES[4:], values) == name
        uneven = [round(value) + number % 2 for number, value in enumerate(values)]
        assert class_of(SIZES[4:], uneven) == name


GROWN = {
    "l": ("LRANGE l 0 4", [b"a", b"b", b"c", b"a", b"b"]),
    "t": ("SISMEMBER t b:00001", 1),
    "h": ("HGET h b:00001", b"2"),
    "z": ("ZCOUNT z 1 3", 1_000),
    "x": ("XRANGE x 2 2", [[b"2-0", [b"f", b"v"]]]),
    "json": ("GETRANGE json 0 12", b"[1,2,3,1,2,3,"),
    "text": ("GETRANGE text 0 6", b"abcabca"),
}


@pytest.mark.parametrize("key", GROWN)
def test_a_key_grows_by_elements_like_its_own_and_keeps_its_time(key: str) -> None:
    client = measuring().client
    client.execute(b"EXPIRE", key.encode(), b"100")
    assert grow(client, key.encode(), 1_000)
    assert size(client, key.encode()) == 1_000
    line, expected = GROWN[key]
    assert client.execute(*split(line)) == expected
    assert client.execute(b"TTL", key.encode()) == 100
    assert grow(client, key.encode(), 10)
    assert size(client, key.encode()) == 1_000


def test_whole_numbers_are_counted_on() -> None:
    client = Server().connect()
    client.execute(b"SADD", b"ids", b"7", b"42")
    assert grow(client, b"ids", 4)
    assert client.execute(b"SMISMEMBER", b"ids", b"43", b"44") == [1, 1]


@pytest.mark.parametrize("line", ["SET k 5", 'SET k "{\\"a\\":1}"', "SET k ''", "PFADD k a"])
def test_what_cannot_grow_says_so(line: str) -> None:
    made = measuring()
    made.client.execute(*split(line))
    growth = measure_growth(lambda: (made, [b"EVAL", b"return 1", b"0"]), [b"k"])
    assert growth.whole == ""
    assert growth.note.startswith("k cannot be made larger: ")


def test_what_takes_too_long_ends_the_series() -> None:
    growth = growth_of("for i = 1, redis.call('LLEN', KEYS[1]) ^ 2 do for j = 1, 20 do end end", "l")
    assert growth.whole == "O(n²)"
    assert growth.points[-1].size < SIZES[-1]
    assert "elements it takes too long: larger ones were not measured." in growth.note
    endless = growth_of("while true do end", "l")
    assert (endless.whole, endless.points) == ("", [])
    assert endless.note.endswith("Too few sizes were measured to tell how it grows.")


def test_an_error_on_larger_data_is_told() -> None:
    growth = growth_of("return unpack(redis.call('LRANGE', KEYS[1], 0, -1))", "l")
    assert growth.note == "" or "ends with an error: ERR " in growth.note
    failing = growth_of("assert(redis.call('LLEN', KEYS[1]) < 100, 'too many')", "l")
    assert failing.note.startswith("With 100 elements the script ends with an error: ERR ")


def test_cancelling_ends_it() -> None:
    def cancel(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_growth(lambda: (measuring(), [b"EVAL", b"return 1", b"0"]), [b"l"], cancel)


def test_the_estimate_grows_with_every_count() -> None:
    few = measuring().call([b"EVAL", b"return 1", b"0"])[1]
    more = measuring().call([b"EVAL", b"return redis.call('HGETALL', KEYS[1])", b"1", b"h"])[1]
    assert 0 < microseconds(few) < microseconds(more)


def ask(**fields: Any) -> dict[str, Any]:
    request = {"type": "MeasureCost", "keys": ["z"], "argv": [], "fixture": "ZADD z 1 a 2 b\nHSET h a 1", **fields}
    answer: dict[str, Any] = json.loads(to_json(Bridge().answer(json.dumps(request))))
    return answer


def test_the_page_is_told() -> None:
    told = ask(script="return redis.call('ZRANK', KEYS[1], 'b')", grown="z")
    assert (told["growth"], told["grown"], told["error"], told["note"], told["problem"]) == (
        "O(log n)",
        ["z"],
        "",
        "",
        None,
    )
    assert told["keys"] == [{"key": "h", "type": "hash"}, {"key": "z", "type": "zset"}]
    assert [row["size"] for row in told["sizes"]] == list(SIZES)
    assert {row["count"]: row["growth"] for row in told["growths"]}["elements"] == "O(log n)"
    assert told["call"]["commands"] == 1
    assert ask(script="return redis.call('ZRANK', KEYS[1], 'b')")["grown"] == ["h", "z"]


def test_the_page_is_told_of_how_many_keys_there_are() -> None:
    script = "local n = 0 for _, k in ipairs(redis.call('KEYS', 'u:*')) do n = n + redis.call('LLEN', k) end return n"
    told = ask(script=script, keys=[], fixture="RPUSH u:1 a\nRPUSH u:2 a\nSET one:1 a\nSET alone 1", more="u:*")
    assert (told["growth"], told["grown"], told["families"]) == ("O(n)", ["u:*"], ["u:*"])
    assert [row["cost"]["commands"] for row in told["sizes"][:3]] == [11, 21, 51]


def test_the_page_is_told_what_went_wrong() -> None:
    assert ask(script="return 1", fixture="ZADD z x")["problem"]["line"] == 1
    assert ask(script="return 1", fixture="SET 'z")["problem"]["line"] == 1
    assert ask(script="return 1", fixture="SET a 1")["note"].startswith("The fixture has no list")
    assert "compiling" in ask(script="return (")["error"]
    assert ask(script="#!lua name=x\nbad(", mode="FCALL", function="f")["problem"]["line"] is None
    assert "cannot be made larger" in ask(script="return 1", grown="nosuch")["note"]


def test_functions_are_measured_too() -> None:
    library = (
        "#!lua name=lib\nredis.register_function('rank', function(keys) return redis.call('ZRANK', keys[1], 'b') end)"
    )
    assert ask(script=library, mode="FCALL", function="rank", grown="z")["growth"] == "O(log n)"


def test_a_plain_run_counts_nothing() -> None:
    server = Server("machine")
    client = server.connect()
    client.execute(b"EVAL", b"return tostring(1)", b"0")
    (script,) = server.scripting.scripts.values()
    assert script.state.runtime.counting is None
