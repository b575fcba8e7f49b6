"""The Lua call stack, read from Python's: from a traceback inwards and from the frames around outwards.

A level is a translated function, or a native. Python functions in between (operators, primitives, argument checks) are
none. A translated function that is in the middle of ``return f(x)`` has been replaced by `f` in Lua, which shows it as
a tail call: a level without position.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from inspect import CO_GENERATOR
from itertools import islice
from types import CodeType, FrameType, TracebackType
from typing import Final, NamedTuple

from ferrous_vm.analysis.scopes import ResolvedChunk
from ferrous_vm.errors import TracePoint
from ferrous_vm.interrupts import uninterrupted
from ferrous_vm.syntax import tree

CHUNK: Final = "#chunk"
"""The Python global by which a frame is known as translated: its TranslatedChunk."""

NATIVE_POINT: Final = TracePoint(b"=[C]", -1)
TAIL_CALL_POINT: Final = TracePoint(b"=(tail call)", -1)

MOST_NESTED: Final = 200
"""Links of tracebacks that Python may free by nested calls; it was seen to free 5,000 on a browser's stack."""


class TranslatedChunk:
    """What is remembered of a chunk, to say where an error happened."""

    __slots__ = ("_levels", "_tail_calls", "resolved")

    def __init__(self, resolved: ResolvedChunk) -> None:
        self.resolved = resolved
        self._tail_calls: frozenset[int] | None = None
        self._levels: dict[int, tuple[CodeType, dict[int, Level]]] = {}
        """By the identity of a code, which it keeps alive, and the instruction: a recursion stops in few places."""

    def level(self, code: CodeType, instruction: int) -> Level:
        """What a function of this chunk is doing at an instruction."""
        known = self._levels.setdefault(id(code), (code, {}))[1]
        level = known.get(instruction)
        if level is None:
            [line, _, number, _] = next(islice(code.co_positions(), instruction // 2, None))
            node = None if number is None else self.resolved.chunk.nodes[number]
            level = known[instruction] = Level(self, line or -1, node)
        return level

    @property
    def tail_calls(self) -> frozenset[int]:
        """Numbers of the calls that are all a return statement returns."""
        if self._tail_calls is None:
            returns = (node for node in self.resolved.chunk.nodes if isinstance(node, tree.Return))
            self._tail_calls = frozenset(
                node.values[0].number
                for node in returns
                if len(node.values) == 1 and isinstance(node.values[0], (tree.Call, tree.MethodCall))
            )
        return self._tail_calls


class Level(NamedTuple):
    """One level of the Lua stack. `chunk` is None for a native; `node` is what it was doing."""

    chunk: TranslatedChunk | None
    line: int
    node: tree.Node | None

    def point(self) -> TracePoint:
        """The level as a traceback shows it."""
        if self.chunk is None:
            return TAIL_CALL_POINT if self is TAIL_CALL_LEVEL else NATIVE_POINT
        return TracePoint(self.chunk.resolved.chunk.chunk_name, self.line)


NATIVE_LEVEL: Final = Level(None, -1, None)

TAIL_CALL_LEVEL: Final = Level(None, 0, None)
"""The turn of a function that a tail call of it to itself has ended."""

TAILS: Final = "tails"
"""The Python local in which a function counts its tail calls to itself, which are jumps."""

_MOST_TAILS: Final = 1000
"""Levels of them that are told apart: `error` could be told a level beyond, but nobody counts so far."""

native_codes: Final[set[CodeType]] = set()
"""The code of every native that was bound."""

driver_codes: Final[set[CodeType]] = set()
"""The code that runs a generator native: it stands for the native while that waits for what it called."""


entry_codes: Final[set[CodeType]] = set()
"""The code that starts a generator native, from wherever it is called."""


scheduler_codes: Final[set[CodeType]] = set()
"""The code that runs a coroutine; its local `generators` is the coroutine's stack."""


boundary_codes: Final[set[CodeType]] = set()
"""The code that holds a C boundary open while it is on the stack, or as many as its local `boundary` says."""


def boundaries_within(traceback: TracebackType | None) -> int:
    """The C boundaries opened between where an error was caught and where it was raised."""
    count: int = 0
    while traceback is not None and (traceback := traceback.tb_next) is not None:
        frame = traceback.tb_frame
        if frame.f_code in boundary_codes:
            count += frame.f_locals.get("boundary", 1)
    return count


def _level(frame: FrameType, instruction: int) -> Level | None:
    code = frame.f_code
    chunk = frame.f_globals.get(CHUNK)
    if chunk is not None:
        if code.co_name[0] == "m":  # a factory (functions.py)
            return None
        level: Level = chunk.level(code, instruction)
        return level
    if code in native_codes or code in driver_codes:
        return NATIVE_LEVEL
    return None


def _tails(frame: FrameType) -> int:
    """How many tail calls to itself the function of a frame has made."""
    if TAILS not in frame.f_code.co_varnames:
        return 0
    count: int = frame.f_locals.get(TAILS, 0)
    return min(count, _MOST_TAILS)


def inner_levels(traceback: TracebackType | None) -> list[Level]:
    """The levels from where an error was caught to where it was raised, innermost first.

    What ends a run leaves the functions of a coroutine that wait for a call where they are: they are levels too.
    """
    levels: list[Level] = []
    driver = False
    while traceback is not None:
        frame = traceback.tb_frame
        level = _level(frame, traceback.tb_lasti)
        if level is not None:
            if not (driver and frame.f_code.co_flags & CO_GENERATOR):  # a driver and its native are one level
                levels.extend([TAIL_CALL_LEVEL] * _tails(frame))
                levels.append(level)
            driver = frame.f_code in driver_codes
        elif frame.f_code in entry_codes:
            driver = False
        elif frame.f_code in scheduler_codes:
            waiting = [_level(inner, inner.f_lasti) for inner in suspended_frames(frame)]
            levels.extend(level for level in reversed(waiting) if level is not None)
        traceback = traceback.tb_next
    levels.reverse()
    return levels


@uninterrupted
def forget_traceback(error: BaseException) -> None:
    """Take an error's traceback apart, once it was read, and those of the errors that were handled when it came.

    Python frees a long chain by nested calls: that of a recursion 20,000 deep would overflow the browser's stack, and
    so would the rest of a chain that was left halfway.
    """
    links = []
    handled: BaseException | None = error
    while handled is not None and handled.__traceback__ is not None:
        traceback: TracebackType | None = handled.__traceback__
        while traceback is not None:
            links.append(traceback)
            traceback = traceback.tb_next
        handled.__traceback__ = None
        handled = handled.__context__
    if len(links) > MOST_NESTED:
        _free_one_by_one(links)


def _free_one_by_one(links: list[TracebackType]) -> None:
    """A frame holds the one around it, so all are held here until those further in are gone; and what was reading a
    traceback when an interrupt came holds a place in it, so they are emptied first."""
    frames = [link.tb_frame for link in links]
    while links:
        links.pop().tb_next = None
    for index in range(len(frames)):
        with suppress(RuntimeError):  # it is still at work
            frames[index].clear()
    while frames:
        frames.pop()


def suspended_frames(frame: FrameType) -> Iterator[FrameType]:
    """The frames of a coroutine's functions that wait for a call its scheduler makes, innermost first."""
    for generator in reversed(frame.f_locals.get("generators", ())):
        inner: FrameType | None = generator.gi_frame
        if inner is not None and not generator.gi_running:
            yield inner


def outer_levels(frame: FrameType | None) -> Iterator[Level]:
    """The levels around a frame, nearest first. Those of a coroutine end where it was resumed."""
    while frame is not None:
        if frame.f_code in scheduler_codes:
            for inner in suspended_frames(frame):
                level = _level(inner, inner.f_lasti)
                if level is not None:
                    yield level
                    yield from [TAIL_CALL_LEVEL] * _tails(inner)
            return
        level = _level(frame, frame.f_lasti)
        if level is not None:
            yield level
            yield from [TAIL_CALL_LEVEL] * _tails(frame)
        frame = frame.f_back


def is_tail_call(level: Level) -> bool:
    """Whether the level's current call is a tail call."""
    return level.chunk is not None and level.node is not None and level.node.number in level.chunk.tail_calls
