"""Where a run may be stopped: never where a command is half done, so that no value is left half changed.

A watchdog or a Stop button interrupts Python wherever it stands, between two lines of a primitive or inside a sorted
list. The handler of the interrupt asks `is_inside_command` about the frame it was given and, if so, lets the command
go on: the watchdog asks again a moment later. Commands that run without interruption pay nothing for this.

A command that only reads may be ended at its own lines. So may one that writes in what it does before it changes
anything, where that is a function of its own and marked as such: whatever may take long is.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from types import CodeType, FrameType
from typing import Any, Final, TypeVar

from ferrous_vm.watchdog import IMPORTER

_KEYSPACE: Final = __package__
_OURS: Final = _KEYSPACE.partition(".")[0] + "."

_BY_COMMANDS: Final = tuple(
    f"{_KEYSPACE}.{name}" for name in ("command", "commands", "arguments", "encodings", "types")
)
"""Modules that change nothing but for who called them, who says whether they may be ended."""

_BY_ANYBODY: Final = tuple(f"{_KEYSPACE}.{name}" for name in ("replies", "changes"))
"""Modules that change nothing at all."""

_BY_ALL: Final = frozenset(_OURS + name for name in ("bounds", "errors", "interrupts", "records", "watchdog"))
"""Modules of Ferrous that the keyspace uses too, or that ask about a frame when the next interrupt comes."""

_TRANSACTIONS: Final = f"{_KEYSPACE}.commands.transactions"

F = TypeVar("F", bound=Callable[..., Any])

_unchanging: Final[set[CodeType]] = set()

calling: Final[set[CodeType]] = set()
"""The code that calls a handler, whose row is its local `row`."""


def changes_nothing(function: F) -> F:
    """Marks what a command does before it changes anything: it may be ended there."""
    _unchanging.add(function.__code__)
    return function


def is_inside_command(frame: FrameType | None) -> bool:
    """Whether `frame` is at work on the keyspace, be it in a library that a command uses, and must be let go on.

    Inside EVAL the frames of the script and its engine come first, going outwards, and may be interrupted. What a
    transaction does is finished as a whole.
    """
    verdict = _Verdict.NONE
    while frame is not None:
        module = frame.f_globals.get("__name__")
        if not isinstance(module, str):
            break
        if module == _KEYSPACE or module.startswith(_KEYSPACE + "."):
            if module == _TRANSACTIONS:
                return True
            if verdict is not _Verdict.MAY_END:
                verdict = _verdict(frame, module) or verdict
            if verdict is _Verdict.GOES_ON:
                return True
        elif module.startswith(_OURS) and module not in _BY_ALL:
            break
        elif frame.f_code.co_filename == IMPORTER:  # of a command's module
            return True
        frame = frame.f_back
    return verdict is _Verdict.UP_TO_CALLER


def is_between_commands(frame: FrameType | None) -> bool:
    """Whether a run may be stopped where Python stands: no command is half done."""
    return not is_inside_command(frame)


class _Verdict(Enum):
    NONE = 0
    UP_TO_CALLER = 1
    """Whoever called the function says it; if nobody does, it must go on."""
    MAY_END = 2
    GOES_ON = 3


def _verdict(frame: FrameType, module: str) -> _Verdict | None:
    """What a frame of the keyspace says; None if it changes nothing and neither does its caller through it."""
    code = frame.f_code
    if code in _unchanging:
        return _Verdict.MAY_END
    if code in calling:
        row = frame.f_locals.get("row")
        return _Verdict.MAY_END if row is not None and "readonly" in row.flags else _Verdict.GOES_ON
    if module.startswith(_BY_COMMANDS):
        return _Verdict.UP_TO_CALLER
    return None if module in _BY_ANYBODY else _Verdict.GOES_ON
