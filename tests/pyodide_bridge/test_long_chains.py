"""What a script builds may be a chain of thousands of values. Whatever watches it holds no chain of its own that a
browser's stack is too small to free: inside Pyodide, 6,000 lists or tuples each in the next are fatal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pyodide_bridge.bridge import Bridge

SCRIPTS = {
    "text": "local s = 'a' for i = 1, 8000 do s = (s .. 'b'):sub(-5) end redis.call('SET', s, s) return s.x.y",
    "replies": "local t for i = 1, 8000 do t = {next = t, v = redis.call('GET', 'a')} end return t.v.x",
    "functions": "local f for i = 1, 8000 do local g = f f = function() return g end end return f.x.y",
    "errors": "local e = 'x' for i = 1, 8000 do local _, m = pcall(error, {e}) e = m end error(e)",
    "a stack": "local function f(n, x) if n == 0 then return x end local y = f(n - 1, x) return y end"
    " return f(8000, redis.call('GET', 'no')) .. 'x'",
}

CALL = {"keys": [], "argv": []}
REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("Run", CALL),
    ("RunProfile", CALL),
    ("KeyReport", CALL),
    ("Lint", {}),
    ("Inside", {}),
    ("Debug", CALL),
    ("DebugMove", {"how": "error", "backwards": False, "moment": 0, "breakpoints": {}}),
    ("DebugOrigin", {"of": "error"}),
    ("DebugOrigin", {"of": "reply"}),
    ("DebugProfile", {}),
    ("DebugEnd", {}),
]


@pytest.mark.parametrize("what", SCRIPTS)
def test_what_watches_a_script_frees_what_it_saw(what: str) -> None:
    bridge = Bridge()
    for name, fields in REQUESTS:
        script = {} if name.startswith("Debug") and name != "Debug" else {"script": SCRIPTS[what]}
        answer = bridge.answer(json.dumps({"type": name, **script, **fields}))
        assert type(answer).__name__ != "Failure", answer.message
