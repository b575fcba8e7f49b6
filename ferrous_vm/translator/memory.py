"""What a script holds, weighed: the bytes of every Lua value that can still be reached.

Translated code keeps its values where Python does, in frames, cells and generators, so those are where the walk begins.
It goes over all that is reachable and is made when somebody asks (`collectgarbage("count")`), never while code runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import FrameType, FunctionType
from typing import Any

from ferrous_vm.translator.coroutines import Thread
from ferrous_vm.translator.levels import CHUNK
from ferrous_vm.values.functions import Userdata
from ferrous_vm.values.sizes import size_of
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

Value = Any

GARBAGE_EACH_TIME = 1024
"""Bytes of garbage assumed to be made between two times a script asks for the memory in use."""

COLLECTION_STEP = 1024 * 1024
"""Bytes of garbage with which a collection of a small heap is due; a larger one waits for as much as it holds."""

UPVALUE = 40
"""An upvalue with its value, and the closure's reference to it (lobject.h: UpVal)."""


class AssumedGarbage:
    """What Lua would not have collected yet. Python frees garbage at once, so that none could be counted; but scripts
    wait for the memory in use to grow, and to fall."""

    def __init__(self) -> None:
        self.bytes = 0

    def grow(self, reachable: int) -> None:
        """Some more garbage, or none at all if with this a collection is due."""
        self.bytes += GARBAGE_EACH_TIME
        if self.bytes > max(COLLECTION_STEP, reachable):
            self.bytes = 0


def reachable_bytes(roots: Iterable[Value], frame: FrameType | None) -> int:
    """The bytes reachable from `roots` and from the translated frames that are active, `frame` innermost."""
    waiting = list(roots)
    while frame is not None:
        if CHUNK in frame.f_globals:
            waiting.extend(_variables(frame))
        frame = frame.f_back
    seen: set[int] = set()
    total = 0
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        total += size_of(value)
        waiting.extend(_held_by(value))
        if isinstance(value, FunctionType) and CHUNK in value.__globals__:
            total += UPVALUE * len(value.__closure__ or ())
    return total


def _variables(frame: FrameType) -> list[Value]:
    """The values of a frame's Lua variables. Temporaries (t1, t2, ...) are none, though Python keeps them a while."""
    return [value for name, value in frame.f_locals.items() if name[0] != "t"]


def _held_by(value: Value) -> list[Value]:
    """What a value keeps alive: a list or tuple stands for a box, the results of a call or a vararg."""
    if isinstance(value, Table):
        held: list[Value] = [value.metatable]
        for pair in value.items():
            held.extend(part for part in pair if type(part) is not float)
        return held
    if isinstance(value, FunctionType):
        return [_content(cell) for cell in value.__closure__ or ()]
    if isinstance(value, Thread):
        frames = [generator.gi_frame for generator in value.generators]
        return [value.body, *(local for frame in frames if frame is not None for local in _variables(frame))]
    if isinstance(value, Userdata):
        return [value.metatable]
    if type(value) is LuaString:
        return []
    return list(value) if isinstance(value, (list, tuple)) else []


def _content(cell: Any) -> Value:
    try:
        return cell.cell_contents
    except ValueError:  # nothing has been stored in it yet
        return None
