"""What a source becomes under the hands of a person, or by an accident."""

from __future__ import annotations

import random

TYPED = [
    b"x",
    b" ",
    b"\n",
    b"\r\n",
    b"5",
    b".",
    b"..",
    b"[",
    b"]",
    b"[[",
    b"]]",
    b"--",
    b"--[[",
    b"'",
    b'"',
    b"=",
    b"==",
    b"(",
    b")",
]
TYPED += [
    b"end",
    b" end ",
    b"do ",
    b"local ",
    b"function f() ",
    b"return ",
    b";",
    b",",
    b"{",
    b"}",
    b"\\",
    b"\0",
    b"~",
    b"...",
    b"#",
]
TYPED += [b"break ", b"for i=1,2 do ", b"repeat ", b"until x ", b" nil ", b"goto", b"\xff", b"if x then ", b"else "]


def changed(source: bytes, chance: random.Random) -> bytes:
    """What a person, or an accident, makes of a source: something put in, taken out, moved."""
    begin = chance.randrange(len(source) + 1)
    kind = chance.randrange(4)
    if kind == 0:
        return source[:begin] + chance.choice(TYPED) + source[begin:]
    end = min(len(source), begin + chance.choice((1, 1, 1, 2, 5, 40, 400)))
    if kind == 1:
        return source[:begin] + source[end:]
    if kind == 2:
        return source[:begin] + chance.choice(TYPED) + source[end:]
    place = chance.randrange(len(source) + 1)
    return source[:place] + source[begin:end] + source[place:]
