"""On which line a run returned, for whoever watches it."""

from __future__ import annotations

import sys
from types import CodeType, FunctionType
from typing import Any, Final

TELLS: Final = sys.version_info >= (3, 12)
"""Whether Python tells: since 3.12 it can be asked about one function, and slows no other."""

_TOOL: Final = 4
"""The number, of those Python gives to tools that watch it, that no known tool takes."""


class ReturnLine:
    """Within the block, notes in `line` where a Lua function returned last; None for what is no translated function."""

    def __init__(self, function: Any) -> None:
        self._code: CodeType | None = function.__code__ if TELLS and type(function) is FunctionType else None
        self.line: int | None = None

    def __enter__(self) -> ReturnLine:
        if sys.version_info >= (3, 12) and self._code is not None:
            monitoring = sys.monitoring
            if monitoring.get_tool(_TOOL) == __name__:  # an interrupt kept an earlier one from giving it back
                monitoring.free_tool_id(_TOOL)
            monitoring.use_tool_id(_TOOL, __name__)
            monitoring.register_callback(_TOOL, monitoring.events.PY_RETURN, self._returned)
            monitoring.set_local_events(_TOOL, self._code, monitoring.events.PY_RETURN)
        return self

    def __exit__(self, *_: object) -> None:
        if sys.version_info >= (3, 12) and self._code is not None:
            monitoring = sys.monitoring
            monitoring.set_local_events(_TOOL, self._code, monitoring.events.NO_EVENTS)
            monitoring.free_tool_id(_TOOL)

    def _returned(self, code: CodeType, offset: int, _: object) -> None:
        if code is self._code:
            self.line = list(code.co_positions())[offset // 2][0]
