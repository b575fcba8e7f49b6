"""A script that is stopped tells what was seen of it by then, and where it stood; the keyspace is as it was before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ferrous_vm.scripting.run import Issued
from ferrous_vm.workbench.watching import Watcher
from tests.pyodide_bridge.test_bridge import Visitor

ENDLESS = """local function fill(n)
  return redis.call('SET', 'key:' .. n, n) and n
end
redis.log(redis.LOG_NOTICE, 'begun')
for i = 1, 1e9 do
  fill(i)
end"""

ON_THE_MACHINE = "local function unused() return getfenv end "
"""Before a script it has it run on the machine, which knows environments."""

LIBRARY = "#!lua name=l\nredis.register_function('f', function()\n" + ENDLESS + "\nend)"

StopAfter = Callable[[int], None]


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def stop_after(monkeypatch: pytest.MonkeyPatch) -> StopAfter:
    """Lets an interrupt come after so many commands."""
    ended = Watcher.command_ended

    def stop(count: int) -> None:
        seen: list[Issued] = []

        def interrupted(watcher: Watcher, issued: Issued) -> None:
            ended(watcher, issued)
            seen.append(issued)
            if len(seen) == count:
                raise KeyboardInterrupt

        monkeypatch.setattr(Watcher, "command_ended", interrupted)

    return stop


@pytest.mark.parametrize("script", [ENDLESS, ON_THE_MACHINE + ENDLESS], ids=["translator", "machine"])
def test_what_was_seen_of_a_stopped_script_is_told(script: str, visitor: Visitor, stop_after: StopAfter) -> None:
    visitor.console("SET kept 1")
    visitor.console("SET n 1")
    visitor.ask("Undo")
    stop_after(12)
    ran = visitor.run(script, fixture="SET from-fixture 1")
    assert (ran["outcome"], ran["reply"], ran["act"]) == ("interrupted", None, None)
    assert [line["message"] for line in ran["log"]] == ["begun"]
    assert len(ran["trace"]) + ran["trace_omitted"] == 12
    assert ran["trace"][-1]["command"] == "SET key:12 12"
    assert [change["key"] for change in ran["changes"]] == [f"key:{n}" for n in range(1, 13)]
    assert sum(access["writes"] for access in ran["accesses"]) == 12
    assert [level for level in ran["stack"] if level["place"] != "[C]"] == [
        {"place": "user_script", "line": 2},
        {"place": "user_script", "line": 6},
    ]
    assert ran["milliseconds"] > 0
    assert (ran["keyspace"]["changed"], visitor.page.told) == (0, [])
    assert visitor.console("KEYS *") == '1) "kept"'
    assert visitor.ask("Redo")["what"] == "SET"


def test_the_stack_of_a_function_and_of_a_coroutine(visitor: Visitor, stop_after: StopAfter) -> None:
    stop_after(3)
    ran = visitor.run(LIBRARY, mode="FCALL", function="f")
    assert [level["line"] for level in ran["stack"] if level["place"] == "user_function"] == [4, 8]
    for start in ("", ON_THE_MACHINE):
        stop_after(3)
        ran = visitor.run(f"{start}local function all()\n{ENDLESS}\nend\ncoroutine.wrap(all)()")
        assert [level["line"] for level in ran["stack"] if level["place"] == "user_script"] == [3, 7, 10]


def stack(answer: Any) -> list[tuple[str, int | None]]:
    return [(level["place"], level["line"]) for level in answer["stack"]]


FAILS = "local function g()\n  error('no')\nend\nlocal function f()\n  g()\n  return 1\nend\nf()"


@pytest.mark.parametrize("script", [FAILS, ON_THE_MACHINE + FAILS], ids=["translator", "machine"])
def test_an_error_tells_its_stack_and_so_does_the_end_of_its_recording(script: str, visitor: Visitor) -> None:
    expected = [("[C]", None), ("user_script", 2), ("user_script", 5), ("user_script", 8)]
    assert stack(visitor.run(script)) == expected
    assert visitor.run("return 1")["stack"] == []
    opened = visitor.ask("Debug", script=script, keys=[], argv=[])
    assert opened["stack"] == []
    ended = visitor.ask("DebugMove", how="continue", backwards=False, breakpoints={}, moment=0)
    assert ended["finished"]
    assert stack(ended) == expected


def test_the_debugger_counts_the_commands_of_the_whole_run(visitor: Visitor) -> None:
    script = "for i = 1, 1500 do redis.call('INCR', 'n') end"
    visitor.ask("Debug", script=script, keys=[], argv=[])
    ended = visitor.ask("DebugMove", how="continue", backwards=False, breakpoints={}, moment=0)
    assert (ended["commands_total"], len(ended["commands"]) + ended["commands_omitted"]) == (1500, 1500)
