"""Where a run may be stopped: never in the middle of a command, so that no value is left half changed.

A watchdog or a Stop button interrupts Python wherever it stands, between two lines of a primitive or inside a sorted
list. The handler of the interrupt asks `is_inside_command` about the frame it was given and, if so, lets the command
finish: the watchdog asks again a moment later. Commands that run without interruption pay nothing for this.
"""

from __future__ import annotations

from types import FrameType
from typing import Final

_KEYSPACE: Final = __package__
_ABOVE: Final = _KEYSPACE.partition(".")[0] + "."


def is_inside_command(frame: FrameType | None) -> bool:
    """Whether `frame` is at work on the keyspace, be it in a library that a command uses.

    Inside EVAL the frames of the script and its engine come first, going outwards, and may be interrupted.
    """
    while frame is not None:
        module = frame.f_globals.get("__name__")
        if not isinstance(module, str):
            return False
        if module == _KEYSPACE or module.startswith(_KEYSPACE + "."):
            return True
        if module.startswith(_ABOVE):
            return False
        frame = frame.f_back
    return False


def is_between_commands(frame: FrameType | None) -> bool:
    """Whether a run may be stopped where Python stands: no command is half done."""
    return not is_inside_command(frame)
