"""How Lua shows a chunk's name in messages (`luaO_chunkid`, lobject.c)."""

from __future__ import annotations

import re

from ferrous_vm.limits import CHUNK_NAME_LENGTH

# What lobject.c subtracts from the room for a name: sizeof(" '...' ") and sizeof(" [string \"...\"] ").
_FILE_NAME_FRAME = 8
_STRING_FRAME = 17

_FIRST_LINE = re.compile(rb"[^\r\n]*")


def short_source(chunk_name: bytes, room: int = CHUNK_NAME_LENGTH) -> bytes:
    """The text that stands before the line number: ``user_script``, ``...path.lua``, ``[string "return 1"]``.

    `room` is the size of Lua's buffer in bytes, terminator included: LUA_IDSIZE at run time, MAXSRC in the lexer.
    """
    name = chunk_name.partition(b"\0")[0]
    if name.startswith(b"="):
        return name[1:room]
    if name.startswith(b"@"):
        longest = room - _FILE_NAME_FRAME
        path = name[1:]
        return path if len(path) <= longest else b"..." + path[-longest:]
    match = _FIRST_LINE.match(name)
    first_line = (match.group() if match else b"")[: room - _STRING_FRAME]
    ellipsis = b"..." if len(first_line) < len(name) else b""
    return b'[string "' + first_line + ellipsis + b'"]'
