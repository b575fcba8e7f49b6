"""What `tests/lua/bad_input.py` says that Lua says is what it says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.lua.bad_input import SENTENCES, VALUES
from tests.stdlib.lua_oracle import LUA

pytestmark = [pytest.mark.oracle, pytest.mark.skipif(LUA is None, reason="lua5.1 is not installed")]

ASKING = b"""
local file = io.open(arg[1], 'rb')
local chunk, message = loadstring(file:read('*a'), '=p')
io.write(message or tostring(chunk()))"""


@pytest.mark.parametrize("what", [*SENTENCES, *VALUES])
def test_lua_says_so(tmp_path: Path, what: str) -> None:
    written, expected = (SENTENCES | VALUES)[what]
    asking, source = tmp_path / "asking.lua", tmp_path / "source.lua"
    asking.write_bytes(ASKING)
    source.write_bytes(written)
    answer = subprocess.run([str(LUA), str(asking), str(source)], capture_output=True, check=True).stdout
    answer = answer.partition(b"\nstack traceback")[0]
    assert answer == (expected if isinstance(expected, bytes) else b"%.14g" % expected)
