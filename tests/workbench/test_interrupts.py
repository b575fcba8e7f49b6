"""An interrupt may come between any two instructions of Python; whatever it ends, what comes next is right.

Python looks for one where a function is entered and where C returns. A profile function is called at the same places:
so an interrupt can be sent at each of them, and a failing one again.
"""

from __future__ import annotations

import _thread
import gc
import json
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from types import FrameType
from typing import Any

import pytest

from ferrous_vm.keyspace.interruption import is_inside_command
from ferrous_vm.values import recording
from pyodide_bridge.bridge import STOPPED, Bridge, to_json

SCRIPT = """local list = {'a', {deep = 'b'}}
local n = redis.call('INCR', KEYS[1])
for i = 1, 3 do list[i] = redis.call('RPUSH', 'l', i) end
redis.call('ZADD', 'z', 1, 'a', 2, 'b', 3, 'c')
return n"""

ON_THE_MACHINE = "local function f() return getfenv end\n" + SCRIPT

OURS = ("ferrous_vm", "pyodide_bridge", "contextlib", "sortedcontainers")

HAS_BUFFER = sys.platform == "emscripten"


class Visitor:
    """Stands for the page, on a workbench of its own."""

    def __init__(self) -> None:
        self.bridge = Bridge()
        self.done: Any = None
        """What was stored after the run that is recorded once more."""
        self.ask("Console", line="SET kept 1")

    def ask(self, request: str, /, **fields: Any) -> Any:
        """The answer; a KeyboardInterrupt that the bridge lets out, as before a request is begun, is a stop too."""
        try:
            return json.loads(to_json(self.bridge.answer(json.dumps({"type": request, **fields}))))
        except KeyboardInterrupt:
            return json.loads(to_json(STOPPED))

    def run(self, script: str = SCRIPT, **fields: Any) -> Any:
        return self.ask("Run", **{"script": script, "keys": ["n"], "argv": [], "fixture": "SET n 4", **fields})

    def debug(self) -> Any:
        return self.ask("Debug", script=SCRIPT, keys=["n"], argv=[], fixture="SET n 4\nSADD members 1 2 3")

    def move(self, how: str, backwards: bool = False) -> Any:
        return self.ask("DebugMove", how=how, backwards=backwards, moment=1, breakpoints={})

    def stored(self) -> list[tuple[Any, Any]]:
        client = self.bridge.workbench.server.connect()
        names: Any = client.execute(b"KEYS", b"*")
        return sorted((name, client.execute(b"DUMP", name)) for name in names)


Act = Callable[[Visitor], Any]


def _debugged(visitor: Visitor) -> None:
    visitor.debug()


def _finished(visitor: Visitor) -> None:
    visitor.debug()
    visitor.move("continue")


def _at_the_third_line(visitor: Visitor) -> None:
    visitor.debug()
    visitor.move("over")
    visitor.move("over")


EVALUATED = "redis.call('SET', 'n', 9) list[4] = {} return #list"
SET: dict[str, Any] = {"name": "n", "level": 0, "path": [], "expression": "n + 1"}


BREAKPOINTS: dict[str, Any] = {
    "lines": [{"line": 3, "condition": "redis.call('INCR', 'seen') and i > 1"}],
    "changes": [{"expression": "#list", "function": 0}],
}


def _set(visitor: Visitor) -> None:
    _at_the_third_line(visitor)
    visitor.ask("DebugSet", **SET)


def _taken_back(visitor: Visitor) -> None:
    visitor.run()
    visitor.ask("Undo")


def _with_an_expiry(visitor: Visitor) -> None:
    visitor.ask("Load", lines="SET short 1 EX 1000\nSET long 1", fresh=False)


GOES_ON: dict[str, Any] = {"script": SCRIPT, "keys": ["n"], "argv": [], "fresh": False}


def _gone_on(visitor: Visitor) -> None:
    visitor.run()
    visitor.ask("Run", **GOES_ON)
    visitor.done = visitor.stored()


def _again(visitor: Visitor) -> None:
    _gone_on(visitor)
    visitor.ask("Debug", **GOES_ON, again=True)
    visitor.move("over")


ACTS: dict[str, tuple[Act, Act]] = {
    "run": (id, lambda visitor: visitor.run()),
    "run on the machine": (id, lambda visitor: visitor.run(ON_THE_MACHINE)),
    "dry run": (id, lambda visitor: visitor.run(dry=True)),
    "debug": (id, lambda visitor: visitor.debug()),
    "debug while a session is open": (_debugged, lambda visitor: visitor.debug()),
    "continue": (_debugged, lambda visitor: visitor.move("continue")),
    "over": (_debugged, lambda visitor: visitor.move("over")),
    "to the beginning": (_finished, lambda visitor: visitor.move("moment")),
    "back over": (_finished, lambda visitor: visitor.move("over", backwards=True)),
    "evaluate": (_at_the_third_line, lambda visitor: visitor.ask("DebugEvaluate", expressions=[EVALUATED], level=0)),
    "who wrote": (_finished, lambda visitor: visitor.ask("DebugOrigin", of="key", name="n")),
    "where the time goes": (_debugged, lambda visitor: visitor.ask("DebugProfile")),
    "set a variable": (_at_the_third_line, lambda visitor: visitor.ask("DebugSet", **SET)),
    "take back what was set": (_set, lambda visitor: visitor.ask("DebugSet", **{**SET, "take_back": True})),
    "breakpoints": (_debugged, lambda visitor: visitor.ask("DebugHits", breakpoints=BREAKPOINTS)),
    "ask at the console": (_at_the_third_line, lambda visitor: visitor.ask("Console", line="RANDOMKEY")),
    "write at the console": (_at_the_third_line, lambda visitor: visitor.ask("Console", line="SPOP members")),
    "debug the run that was": (_gone_on, lambda visitor: visitor.ask("Debug", **GOES_ON, again=True)),
    "move in the run that was": (_again, lambda visitor: visitor.move("continue")),
    "end the run that was": (_again, lambda visitor: visitor.ask("DebugEnd")),
    "where the time of the run went": (_gone_on, lambda visitor: visitor.ask("RunProfile", **GOES_ON)),
    "end": (_debugged, lambda visitor: visitor.ask("DebugEnd")),
    "end and keep": (_finished, lambda visitor: visitor.ask("DebugEnd")),
    "a command": (id, lambda visitor: visitor.ask("Console", line="ZADD zz 1 a 2 b")),
    "EVAL": (id, lambda visitor: visitor.ask("Console", line="EVAL \"return redis.call('INCR', 'q')\" 0")),
    "load": (id, lambda visitor: visitor.ask("Load", lines="SET a 1\nHSET h a 1", fresh=False)),
    "undo": (lambda visitor: visitor.run(), lambda visitor: visitor.ask("Undo")),
    "redo": (_taken_back, lambda visitor: visitor.ask("Redo")),
    "the clock": (_with_an_expiry, lambda visitor: visitor.ask("SetClock", clock=3e9)),
}
"""What is done before, and what is interrupted."""

DEBUGGING = [name for name, (prepare, _) in ACTS.items() if prepare in (_debugged, _finished, _at_the_third_line, _set)]

INTERRUPTS = 250
IN_PYODIDE = 500
"""In each of the tests below, over all acts."""


class Places:
    """A profile function: counts the places where an interrupt may come, and sends one at place number `at`."""

    def __init__(self, send: Callable[[FrameType], bool] = lambda frame: False, at: int = 0) -> None:
        self.count = 0
        self._send = send
        self._at = at

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if event not in ("call", "c_return") or not (frame.f_globals.get("__name__") or "").startswith(OURS):
            return
        self.count += 1
        if self._at and self.count >= self._at and self._send(frame):
            sys.setprofile(None)

    def during(self, act: Callable[[], Any]) -> Any:
        sys.setprofile(self)
        try:
            return act()
        finally:
            sys.setprofile(None)


def _raise(frame: FrameType) -> bool:
    """As Python's own handler does, but as every handler must, not within a command."""
    if is_inside_command(frame):
        return False
    sys.setprofile(None)
    raise KeyboardInterrupt


def _signal(frame: FrameType) -> bool:
    _thread.interrupt_main()
    return True


def _check_all_is_well(visitor: Visitor, recursion_limit: int) -> None:
    """Both engines and the debugger answer as ever, and nothing is left switched."""
    workbench = visitor.bridge.workbench
    assert not recording._recorded
    assert gc.isenabled()
    assert sys.getrecursionlimit() == recursion_limit
    assert workbench.server.scripting.observer is None
    for script in (SCRIPT, ON_THE_MACHINE):
        ran = visitor.run(script)
        assert (ran["reply"]["text"], len(ran["changes"])) == ("(integer) 5", 3)
    assert (workbench.clock.stopped, workbench.keyspace.frozen) == (None, None)
    opened = visitor.debug()
    assert (opened["outcome"], opened["ended"]) == ("open", "script")
    assert visitor.move("continue")["reply"]["text"] == "(integer) 5"
    assert visitor.ask("DebugEnd")["kept"]


def _check_the_run_is_kept(visitor: Visitor) -> None:
    """What it did is there again once its recording is closed, and can be undone."""
    debugging = visitor.bridge.workbench.debugging
    if visitor.done is None or (debugging is not None and debugging.opened is not None):
        return
    assert visitor.stored() == visitor.done
    assert visitor.ask("Undo")["what"] == "run"
    assert visitor.ask("Redo")["what"] == "run"
    assert visitor.stored() == visitor.done
    visitor.done = None


def _recursion_limit() -> int:
    """Python's, once the parser has made it large enough."""
    Visitor().run()
    return sys.getrecursionlimit()


def _interrupted(
    name: str, send: Callable[[FrameType], bool], random: Random, times: int, listen: bool
) -> Iterator[tuple[Visitor, list[Any], Any]]:
    """The visitor of an interrupted act, what was stored before what comes before it and before it, and the answer, so
    many times."""
    prepare, act = ACTS[name]
    visitor = Visitor()
    if listen:
        visitor.bridge.workbench.interrupts.listen()
    places = Places()
    for _ in range(2):  # the first time compiles and imports
        prepare(visitor)
        places = Places()
        places.during(lambda: act(visitor))
        _check_all_is_well(visitor, sys.getrecursionlimit())
    for _ in range(times):
        stored = [visitor.stored()]
        prepare(visitor)
        stored.append(visitor.stored())
        yield visitor, stored, Places(send, random.randint(1, places.count)).during(lambda: act(visitor))


@pytest.mark.host  # in Pyodide they come through the buffer
@pytest.mark.parametrize("name", ACTS)
def test_python_s_own_interrupt_leaves_nothing_behind(name: str) -> None:
    limit = _recursion_limit()
    for visitor, stored, answer in _interrupted(name, _raise, Random(name), INTERRUPTS // len(ACTS), listen=False):
        if answer["type"] == "Failure":
            assert answer == json.loads(to_json(STOPPED))
            if name in DEBUGGING and visitor.bridge.workbench.debugging.opened is None:
                assert visitor.stored() in stored
        _check_the_run_is_kept(visitor)
        _check_all_is_well(visitor, limit)


@pytest.mark.host
@pytest.mark.parametrize("name", ["run", "run on the machine", "debug", "EVAL"])
def test_the_depth_that_a_command_was_given_is_taken_back(name: str) -> None:
    """Between the call that sets Python's limit and the `try` that sets it back, an interrupt may come too."""
    limit = _recursion_limit()

    def send(frame: FrameType) -> bool:
        run = frame.f_locals.get("run") if frame.f_globals["__name__"] == "ferrous_vm.scripting.api" else None
        return run is not None and sys.getrecursionlimit() == run.raised_limit and _raise(frame)

    visitor = Visitor()
    answer = Places(send, 1).during(lambda: ACTS[name][1](visitor))
    assert answer.get("outcome") == "interrupted" or answer.get("ended") == "interrupt" or answer["type"] == "Failure"
    _check_all_is_well(visitor, limit)


@pytest.fixture
def own_handler() -> Iterator[None]:
    """Puts Python's own handler back afterwards."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.host  # in Pyodide they come through the buffer
@pytest.mark.parametrize("name", ACTS)
def test_an_interrupt_of_the_host_stops_an_act_or_comes_too_late(name: str, own_handler: None) -> None:
    limit = _recursion_limit()
    for visitor, (_, before), answer in _interrupted(name, _signal, Random(name), INTERRUPTS // len(ACTS), listen=True):
        stopped = answer["type"] == "Failure" or answer.get("outcome") == "interrupted"
        if stopped:
            assert answer["type"] == "Ran" or answer == json.loads(to_json(STOPPED))
            assert visitor.stored() == before or name == "debug while a session is open"
        if ACTS[name][0] in (_debugged, _finished) and answer["type"] == "DebugMoment":
            assert answer["outcome"] == "open"
            assert visitor.move("continue")["moment"] == answer["last"]
        _check_the_run_is_kept(visitor)
        _check_all_is_well(visitor, limit)


ENDLESS = "redis.call('SET', KEYS[1], 1)\nwhile true do\n  local n = redis.call('INCR', KEYS[1])\nend"
PATTERN = "local s = string.rep('a', 40)\nreturn string.find(s, string.rep('a?', 40) .. s .. 'b')"


@pytest.mark.parametrize(("script", "line"), [(ENDLESS, 3), (PATTERN, 2)])
def test_an_interrupted_recording_is_kept_and_walked(script: str, line: int, own_handler: None) -> None:
    visitor = Visitor()
    visitor.bridge.workbench.interrupts.listen()
    steps = 0

    def send(frame: FrameType) -> bool:
        nonlocal steps
        steps += frame.f_code.co_name == "command_ended" or frame.f_globals["__name__"].startswith("ferrous_vm.stdlib")
        return steps > 400 and _signal(frame)

    opened = Places(send, 1).during(lambda: visitor.ask("Debug", script=script, keys=["n"], argv=[]))
    assert (opened["outcome"], opened["ended"], opened["moment"]) == ("open", "interrupt", 1)
    end = visitor.move("continue")
    assert (end["moment"], end["finished"]) == (opened["last"], False)
    assert visitor.move("over", backwards=True)["line"] == line
    _check_all_is_well(visitor, _recursion_limit())


def test_a_recording_that_pauses_ends_where_there_is_no_more_memory(own_handler: None) -> None:
    visitor = Visitor()
    workbench = visitor.bridge.workbench
    workbench.interrupts.listen()
    visitor.ask("Debug", script=ENDLESS, keys=["n"], argv=[], patience=0)
    for is_full, ended in ((False, "pause"), (True, "memory")):
        workbench.host.is_full = lambda is_full=is_full: is_full  # type: ignore[method-assign]
        commands = 0

        def send(frame: FrameType) -> bool:
            nonlocal commands
            commands += frame.f_code.co_name == "command_ended"
            return commands > 100 and _signal(frame)

        record = partial(visitor.ask, "DebugMove", how="record", backwards=False, moment=60_000, breakpoints={})
        assert Places(send, 1).during(record)["ended"] == ended
    end = visitor.move("continue")
    assert (end["moment"], end["ended"], end["finished"]) == (end["last"], "memory", False)
    _check_all_is_well(visitor, _recursion_limit())


@pytest.mark.skipif(not HAS_BUFFER, reason="there is no interrupt buffer but in Pyodide")
def test_an_interrupt_through_the_buffer_of_pyodide(own_handler: None) -> None:
    from pyodide.code import run_js  # type: ignore[import-not-found]
    from pyodide_js import setInterruptBuffer  # type: ignore[import-not-found]

    buffer = run_js("({ looks: 0, get 0() { return --this.looks === 0 ? 2 : 0; }, set 0(_) {} })")
    limit = _recursion_limit()
    random = Random(1)
    setInterruptBuffer(buffer)
    try:
        for name, (prepare, act) in ACTS.items():
            visitor = Visitor()
            visitor.bridge.workbench.interrupts.listen()
            looks = 0
            for _ in range(2):
                prepare(visitor)
                buffer.looks = 10**9
                act(visitor)
                looks = 10**9 - buffer.looks
                _check_all_is_well(visitor, limit)
            for _ in range(IN_PYODIDE // len(ACTS)):
                buffer.looks = 0
                prepare(visitor)
                before = visitor.stored()
                buffer.looks = random.randint(1, looks + 1)
                answer = act(visitor)
                buffer.looks = 0
                if answer["type"] == "Failure":
                    assert answer == json.loads(to_json(STOPPED))
                    assert visitor.stored() == before or name == "debug while a session is open"
                _check_all_is_well(visitor, limit)
    finally:
        setInterruptBuffer(None)
