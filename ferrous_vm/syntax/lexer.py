"""Source bytes to tokens (Lua 5.1 manual section 2.1, `llex.c`). Knows no grammar.

All of the source is read at once. A lexical error does not raise here: it ends the token list with an ERROR token, and
whoever reaches that token raises it, because a syntax error further up is the one Lua reports.
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "<name>"
NUMBER = "<number>"
STRING = "<string>"
EOS = "<eof>"
ERROR = "<error>"


@dataclass(slots=True, eq=False)
class Tokens:
    """The tokens of a source, as parallel lists; the last one is EOS or ERROR.

    `kinds`: NAME, NUMBER, STRING, EOS, ERROR, or the text of a keyword or operator.
    `values`: the bytes of a NAME or STRING, the float of a NUMBER, the LuaSyntaxError of an ERROR, else None.
    `starts`, `ends`: byte offsets. `lines`: the line Lua counts once it has read the token, from 1.
    `newline_ends`: the offset behind each line break of the source; ``\\r\\n`` and ``\\n\\r`` are one break.
    """

    kinds: list[str]
    values: list[bytes | float | Exception | None]
    starts: list[int]
    ends: list[int]
    lines: list[int]
    newline_ends: list[int]
