"""On which line a run returned, for whoever watches it."""

from __future__ import annotations

import sys
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

_TOOL: Final = 4
"""The number, of those Python gives to tools that watch it, that no known tool takes."""


class ReturnLine:
    """Within the block, notes in `line` where a Lua function returned last; None for what is no translated function.

    Python 3.12 tells of one function and slows no other. An older one is asked about every call, which is slow.
    """

    def __init__(self, function: Any) -> None:
        self._code: CodeType | None = function.__code__ if type(function) is FunctionType else None
        self.line: int | None = None

    def __enter__(self) -> ReturnLine:
        if self._code is None:
            return self
        if sys.version_info >= (3, 12):
            monitoring = sys.monitoring
            monitoring.use_tool_id(_TOOL, __name__)
            monitoring.register_callback(_TOOL, monitoring.events.PY_RETURN, self._returned)
            monitoring.set_local_events(_TOOL, self._code, monitoring.events.PY_RETURN)
        else:
            sys.setprofile(self._profile)
        return self

    def __exit__(self, *_: object) -> None:
        if self._code is None:
            return
        if sys.version_info >= (3, 12):
            monitoring = sys.monitoring
            monitoring.set_local_events(_TOOL, self._code, monitoring.events.NO_EVENTS)
            monitoring.free_tool_id(_TOOL)
        else:
            sys.setprofile(None)

    def _returned(self, code: CodeType, offset: int, _: object) -> None:
        self.line = list(code.co_positions())[offset // 2][0]

    def _profile(self, frame: FrameType, event: str, _: object) -> None:
        if event == "return" and frame.f_code is self._code:
            self.line = frame.f_lineno
