"""What a result loses on its way to a reply is told; what arrives whole is not."""

from __future__ import annotations

import json

import pytest

from pyodide_bridge.bridge import Bridge, to_json

LOSSES = [
    ("return 8.75", [("", "8.75", "(integer) 8")]),
    ("return {1, {2, -3.5}}", [("[2][2]", "-3.5", "(integer) -3")]),
    ("return 1/0", [("", "inf", "no integer")]),
    ("return {1, 2, nil, 4, 5}", [("", "2 elements", "")]),
    ("return {1, total = 3}", [("", "total", "")]),
    ("return {{}, {a = 1, b = 2}}", [("[2]", "a, b", "")]),
    ("return {1, 'two', {3, false}, true}", []),
    ("return {ok = 'fine', more = 1.5}", []),
    ("return redis.error_reply('no')", []),
    ("return 2^53", []),
    ("local t = {} t[1] = t return t", []),
]


@pytest.mark.parametrize(("script", "losses"), LOSSES, ids=[script for script, _ in LOSSES])
def test_losses(script: str, losses: list[tuple[str, str, str]]) -> None:
    request = json.dumps({"type": "Run", "script": script, "keys": [], "argv": []})
    ran = json.loads(to_json(Bridge().answer(request)))
    assert [(loss["path"], loss["before"], loss["after"]) for loss in ran["losses"]] == losses
