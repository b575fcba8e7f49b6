"""Every example of the page answers what it promises, here and on a real redis-server."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ferrous_vm.analysis.lint.server_comments import named
from ferrous_vm.exploration.exploring import BROKEN, HOLDS, explore
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.profiles.profile import PROFILES
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.workbench.linting import lint_script
from pyodide_bridge.bridge import Bridge, to_json
from tests.keyspace.conftest import redis_port
from tests.record.resp import Connection

__all__ = ["redis_port"]

EXAMPLES = Path(__file__).parents[2] / "web" / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.json"))


def read(name: str) -> dict[str, Any]:
    """An example; as `example/script` one that lies beside it, which is as the example where it says nothing else."""
    name, _, script = name.partition("/")
    example: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    beside = {other["script"]: other for other in example.get("beside", [])}
    return {**example, **beside.get(script, {}), "script": script_of(script or name)}


def script_of(name: str) -> str:
    return (EXAMPLES / f"{name}.lua").read_text(encoding="utf-8")


SCRIPTS = [*NAMES, *(f"{name}/{one['script']}" for name in NAMES for one in read(name).get("beside", []))]


def servers_of(name: str) -> tuple[str, ...]:
    """The servers that an example is for: those that its script names, or the one it opens with."""
    example = read(name)
    return named(example["script"].encode(), PROFILES) or (example.get("server", PROFILES[1]),)


CASES = [(name, test["name"]) for name in SCRIPTS for test in read(name)["tests"]]
RUNS = [(*row, server) for row in CASES for server in servers_of(row[0])]


def case(name: str, test_name: str) -> dict[str, Any]:
    """The test of an example: what it does not say is as in the example."""
    example = read(name)
    (test,) = [test for test in example["tests"] if test["name"] == test_name]
    return {**example, **test}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_complete(name: str) -> None:
    example = read(name)
    assert example["title"]
    assert len(example["about"]) > 40
    assert example["tags"]
    assert example["tests"]


WITH_SCENARIO = [name for name in NAMES if "scenario" in read(name)]


@pytest.mark.parametrize("name", WITH_SCENARIO)
def test_the_scenario_of_an_example_holds_in_every_order(name: str) -> None:
    example = read(name)
    works = [(example["scriptName"], name), *((one["scriptName"], one["script"]) for one in example["beside"])]
    scripts = {called: script_of(script).encode() for called, script in works}
    text = "\n".join(example["scenario"]).encode()
    assert all(f'call("{called}"'.encode() in text for called in scripts)
    assert explore(read_scenario(text, scripts)).verdict == HOLDS


def test_there_is_an_example_of_several_scripts() -> None:
    assert WITH_SCENARIO == ["49-extend-a-lock"]
    example = read("49-extend-a-lock")
    scripts = {one["scriptName"]: script_of(one["script"]).encode() for one in example["beside"]}
    careless = [
        line.replace('if call("extend-a-lock", lock, { me, 30000 }) == 1 then sleep(20000) end', "sleep(20000)")
        for line in example["scenario"]
    ]
    assert explore(read_scenario("\n".join(careless).encode(), scripts)).verdict == BROKEN


@pytest.mark.parametrize("name", NAMES)
def test_the_linter_has_nothing_to_say(name: str) -> None:
    assert [found.message for found in lint_script(read(name)["script"].encode())] == []


def test_there_are_enough_to_learn_from() -> None:
    assert len(NAMES) >= 25
    assert len({read(name)["title"] for name in NAMES}) == len(NAMES)


def test_an_example_opens_with_a_server_that_it_is_for() -> None:
    assert [name for name in NAMES if read(name).get("server", PROFILES[1]) not in servers_of(name)] == []
    assert servers_of("48-who-is-here") == (
        "redis-7.4",
        "redis-8.0",
        "redis-8.2",
        "redis-8.6",
        "valkey-9.0",
        "valkey-9.1",
    )


@pytest.mark.parametrize(("name", "test_name", "server"), RUNS)
def test_an_example_does_what_it_promises(name: str, test_name: str, server: str) -> None:
    example = case(name, test_name)
    request = {
        "type": "RunTest",
        **{part: example[part] for part in ("script", "keys", "argv", "reply")},
        **{part: "\n".join(example[part]) for part in ("fixture", "keyspace") if part in example},
        "clock": example.get("clock"),
        "seed": example.get("seed"),
        "protocol": example.get("protocol", 2),
        "mode": "FCALL" if "function" in example else "EVAL",
        "function": example.get("function", ""),
        "server": server,
    }
    ran = json.loads(to_json(Bridge().answer(json.dumps(request))))
    assert (ran["reply"], ran["differences"], ran["outcome"]) == (example["reply"], [], "passed")


TIME = "redis.call('TIME')"
OF_THE_CLOCK = re.compile(r"\b(EXAT|PXAT|EXPIREAT|PEXPIREAT|XADD \S+ \S+ \S+ \*)\b|'XADD'.*'\*'")
"""What lets a reply depend on the server's clock, besides TIME."""


def depends_on_the_clock(example: dict[str, Any]) -> bool:
    """Whether a real server, whose clock cannot be held, answers something else later."""
    return "clock" in example and OF_THE_CLOCK.search("\n".join([example["script"], *example["fixture"]])) is not None


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("name", "test_name"),
    [row for row in CASES if "server" not in read(row[0]) and not depends_on_the_clock(case(*row))],
)
def test_a_real_server_answers_the_same(redis_port: int, name: str, test_name: str) -> None:
    """The script's TIME is that of the example; everything else is as it is."""
    example = case(name, test_name)
    script = example["script"].replace(TIME, f"({{'{example.get('clock')}', '0'}})")
    assert "clock" not in example or script != example["script"] or "TIME" not in script
    cli = ["redis-cli", "-p", str(redis_port), "--no-raw", *(["-3"] if example.get("protocol") == 3 else [])]
    server = Connection(redis_port)
    server.ask(b"FLUSHALL")
    for line in example["fixture"]:
        if (words := split_words(line.encode())) and not line.startswith("#"):
            assert not server.ask(*words).startswith(b"-")
    called = ["EVAL", script]
    if "function" in example:
        assert server.ask(b"FUNCTION", b"LOAD", b"REPLACE", script.encode()).startswith(b"$")
        called = ["FCALL", example["function"]]
    server.close()
    call = [*called, str(len(example["keys"])), *example["keys"], *example["argv"]]
    answer = subprocess.run([*cli, *call], check=True, capture_output=True, text=True)
    assert DIGEST.sub("", answer.stdout.removesuffix("\n")) == DIGEST.sub("", example["reply"])


DIGEST = re.compile(r"[0-9a-f]{40}")
"""The digest of the script in an error, which differs where TIME was replaced."""
