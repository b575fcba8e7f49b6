"""Asks the real lua5.1 and luac5.1 what they make of a source; whole batches go through one process."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

LUA = shutil.which("lua5.1")
LUAC = shutil.which("luac5.1")

LOADSTRING_DEPTH = 2
"""C boundaries open when a main script calls `loadstring` under the stand-alone lua5.1: they count as syntax levels."""

_LOADER = r"""
local input, output = io.open(arg[1], 'rb'), io.open(arg[2], 'wb')
while true do
  local size = input:read('*n')
  if not size then break end
  input:read(1)
  local source = size > 0 and input:read(size) or ''
  local loaded, message = loadstring(source, '=stdin')
  if arg[3] == 'run' and loaded then loaded, message = pcall(loaded) end
  local answer = loaded and '' or tostring(message)
  output:write(#answer, '\n', answer)
end
output:close()
"""


def messages(sources: Sequence[bytes], directory: Path, run: bool = False) -> list[bytes]:
    """For each source the error of loading it (or of running it too); empty if there is none."""
    assert LUA is not None
    script, given, told = directory / "loader.lua", directory / "given", directory / "told"
    script.write_text(_LOADER)
    given.write_bytes(b"".join(b"%d\n%s" % (len(source), source) for source in sources))
    subprocess.run([LUA, script, given, told, "run" if run else "load"], check=True)
    answers = []
    rest = told.read_bytes()
    while rest:
        size, _, rest = rest.partition(b"\n")
        answers.append(rest[: int(size)])
        rest = rest[int(size) :]
    return answers


def listing(source: bytes, directory: Path) -> str:
    """What `luac -l` prints for a correct source."""
    assert LUAC is not None
    path = directory / "chunk.lua"
    path.write_bytes(source)
    finished = subprocess.run([LUAC, "-l", "-p", path], capture_output=True, check=True)
    return finished.stdout.decode("latin-1")
