"""Source bytes to tokens (Lua 5.1 manual section 2.1, `llex.c`). Knows no grammar.

All of the source is read at once. A lexical error does not raise here: it ends the token list with an ERROR token, and
whoever reaches that token raises it, because a syntax error further up is the one Lua reports.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.records import MutableRecord, field
from ferrous_vm.syntax.chunk_name import short_source
from ferrous_vm.syntax.numeral import read_numeral

NAME = "<name>"
NUMBER = "<number>"
STRING = "<string>"
EOS = "<eof>"
ERROR = "<error>"

KEYWORDS = {
    word.encode("ascii"): word
    for word in (
        *("and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in"),
        *("local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while"),
    )
}

CHUNK_NAME_ROOM = 80
"""Bytes a chunk name may take in a syntax error, terminator included (`MAXSRC`, llex.c)."""

# White space, short comments and finished long comments, then one token. A string or long bracket that is not finished
# falls through to `broken`; any other byte is an operator or a symbol the parser will not expect. A [[ inside [[ ]] is
# text: Redis builds Lua without LUA_COMPAT_LSTR that refuses it. Lua looks for the next character with `strchr`, which
# also finds the NUL that ends its set: so a NUL byte passes for the second and third dot of ..., and for the E and the
# sign of a number.
_TOKEN = re.compile(
    rb"""
    (?: [ \t\v\f\r\n]+ | --(?!\[=*\[)[^\r\n]* | --\[(=*)\[.*?\]\1\] )*+
    (?: ([A-Za-z_][A-Za-z0-9_]*)
      | (\.?[0-9][0-9.]*(?:[Ee\0][+\-\0]?)?[A-Za-z0-9_]*)
      | ("[^"\\\r\n]*" | '[^'\\\r\n]*')
      | ("(?:[^"\\\r\n]++|\\(?:\r\n|\n\r|.))*+" | '(?:[^'\\\r\n]++|\\(?:\r\n|\n\r|.))*+')
      | (\[(=*)\[.*?\]\7\])
      | (["'] | \[[=\[] | --)
      | (\.[.\0][.\0]? | [=~<>]= | .)
      | (\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_NAME, _NUMBER, _PLAIN_STRING, _ESCAPED_STRING, _LONG_STRING, _BROKEN, _SYMBOL, _END = 2, 3, 4, 5, 6, 8, 9, 10

_LINE_BREAK = re.compile(rb"\r\n?|\n\r?")
_ESCAPE = re.compile(rb"\\(\r\n|\n\r|[0-9]{1,3}|.)", re.DOTALL)
_ESCAPES = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_UNFINISHED_STRING = re.compile(rb"""(["'])(?:(?!\1)[^\\\r\n]|\\(?:\r\n|\n\r|.))*+""", re.DOTALL)
_LONG_OPENING = re.compile(rb"\[=*")

_SYMBOLS = {bytes([byte]): chr(byte) for byte in range(256)}
_SYMBOLS |= {symbol.encode("ascii"): symbol for symbol in ("...", "..", "==", "~=", "<=", ">=")}
_SYMBOLS |= {b".\0": "..", b"..\0": "...", b".\0.": "...", b".\0\0": "..."}


class Tokens(MutableRecord):
    """The tokens of a source, as parallel lists; the last one is EOS or ERROR.

    `kinds`: NAME, NUMBER, STRING, EOS, ERROR, or the text of a keyword or operator.
    `values`: the bytes of a NAME or STRING, the float of a NUMBER, the LuaSyntaxError of an ERROR, else None.
    `starts`, `ends`: byte offsets. `lines`: the line Lua counts once it has read the token, from 1.
    `newline_ends`: the offset behind each line break of the source; ``\\r\\n`` and ``\\n\\r`` are one break.
    """

    source: bytes
    newline_ends: list[int]
    kinds: list[str] = field(factory=list)
    values: list[bytes | float | LuaSyntaxError | None] = field(factory=list)
    starts: list[int] = field(factory=list)
    ends: list[int] = field(factory=list)
    lines: list[int] = field(factory=list)

    def shown(self, index: int) -> bytes:
        """A token as messages show it (`txtToken`): a name, number or string as read, any other by its symbol.

        Lua formats it as a C string, so it stops at the first NUL byte.
        """
        kind = self.kinds[index]
        text = self.source[self.starts[index] : self.ends[index]]
        if kind in (NAME, NUMBER):
            return text
        if kind == STRING:
            value = self.values[index]
            assert isinstance(value, bytes)
            delimiter = text[: text.index(b"[", 1) + 1] if text.startswith(b"[") else text[:1]
            return (delimiter + value + delimiter.replace(b"[", b"]")).partition(b"\0")[0]
        if len(kind) == 1 and (kind < " " or kind == "\x7f"):
            return b"char(%d)" % ord(kind)
        return kind.encode("latin-1")


class _LexicalError(Exception):
    """`reason` at byte `offset`, `near` what was read of the token so far."""

    def __init__(self, reason: bytes, near: bytes, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.near = near
        self.offset = offset


def syntax_error(
    chunk_name: bytes, line: int, reason: bytes, near: bytes | None, span: tuple[int, int] | None = None
) -> LuaSyntaxError:
    """The error Lua reports for `reason` on `line`; `near` is the token it blames, None to blame none."""
    if near is not None:
        reason = b"%s near '%s'" % (reason, near.partition(b"\0")[0])
    return LuaSyntaxError(b"%s:%d: %s" % (short_source(chunk_name, CHUNK_NAME_ROOM), line, reason), line, span)


def tokenize(source: bytes, chunk_name: bytes) -> Tokens:
    """Every token of `source`. Never raises: what is no token becomes a final ERROR token."""
    tokens = Tokens(source, newline_ends(source))
    read_tokens(tokens, chunk_name)
    return tokens


def newline_ends(source: bytes) -> list[int]:
    """The offset behind each line break."""
    return [match.end() for match in _LINE_BREAK.finditer(source)]


def read_tokens(tokens: Tokens, chunk_name: bytes, end: int | None = None) -> None:
    """Append the tokens from the end of the last one on, up to EOS or ERROR; `end` stands for the end of the source."""
    source = tokens.source
    try:
        _read_tokens(tokens, len(source) if end is None else end)
    except _LexicalError as error:
        line = bisect_right(tokens.newline_ends, error.offset) + 1
        broken = _TOKEN.match(source, tokens.ends[-1] if tokens.ends else 0)
        assert broken is not None
        assert broken.lastindex is not None
        span = broken.start(broken.lastindex), error.offset
        tokens.kinds.append(ERROR)
        tokens.values.append(syntax_error(chunk_name, line, error.reason, error.near, span))
        tokens.starts.append(error.offset)
        tokens.ends.append(error.offset)
        tokens.lines.append(line)


def token_starts(source: bytes, position: int) -> Iterator[int]:
    """Where tokens begin from `position` on, which is the end of one; the last is that of EOS, or of what is broken."""
    for match in _TOKEN.finditer(source, position):
        group = match.lastindex
        assert group is not None
        yield match.start(group)
        if group in (_BROKEN, _END):
            break


def _read_tokens(tokens: Tokens, length: int) -> None:
    """Fill `tokens` to the end of its source, or raise a _LexicalError behind the last good token."""
    source = tokens.source
    kinds, values, starts, ends, lines = tokens.kinds, tokens.values, tokens.starts, tokens.ends, tokens.lines
    position = ends[-1] if ends else 0
    line = bisect_right(tokens.newline_ends, position) + 1
    breaks = iter([*tokens.newline_ends[line - 1 :], len(source) + 1])
    next_break = next(breaks)
    for match in _TOKEN.finditer(source, position, length):
        group = match.lastindex
        assert group is not None
        start, end = match.span(group)
        text = match[group]
        value: bytes | float | None = None
        if group == _NAME:
            kind = KEYWORDS.get(text, NAME)
            if kind is NAME:
                value = text
        elif group == _SYMBOL:
            kind = _SYMBOLS[text]
        elif group == _PLAIN_STRING:
            kind, value = STRING, text[1:-1]
        elif group == _NUMBER:
            kind, value = NUMBER, read_numeral(text.partition(b"\0")[0])
            if value is None:
                raise _LexicalError(b"malformed number", text, end)
        elif group == _ESCAPED_STRING:
            kind, value = STRING, _unescape(text[:1], text[1:-1], start + 1)
        elif group == _LONG_STRING:
            kind, value = STRING, _long_string(text)
        elif group == _BROKEN:
            raise _broken(source, start)
        else:
            kind = EOS
        while next_break <= end:
            line += 1
            next_break = next(breaks)
        kinds.append(kind)  # as a method of a list: so Python makes no call of it
        values.append(value)
        starts.append(start)
        ends.append(end)
        lines.append(line)
        if kind is EOS:
            break


def _unescape(delimiter: bytes, body: bytes, offset: int) -> bytes:
    """The value of a quoted string whose `body` stands at byte `offset` (`read_string`, llex.c)."""

    def denoted(match: re.Match[bytes]) -> bytes:
        escape = match[1]
        if escape.isdigit():
            code = int(escape)
            if code > 255:
                read = delimiter + _unescape(delimiter, body[: match.start()], offset)
                raise _LexicalError(b"escape sequence too large", read, offset + match.end())
            return bytes((code,))
        if escape[0] in b"\r\n":
            return b"\n"
        return _ESCAPES.get(escape, escape)

    return _ESCAPE.sub(denoted, body)


def _long_string(text: bytes) -> bytes:
    """The value of a bracketed string: no escapes, line breaks are newlines, one right at the beginning is skipped."""
    width = text.index(b"[", 1) + 1
    body = text[width:-width]
    if b"\r" in body:
        body = _LINE_BREAK.sub(b"\n", body)
    return body[1:] if body.startswith(b"\n") else body


def _broken(source: bytes, start: int) -> _LexicalError:
    """The error of a string or comment at `start` that does not end as it should."""
    if source.startswith(b"--", start):
        return _broken_long_bracket(source, start + 2, b"unfinished long comment")
    if source.startswith(b"[", start):
        return _broken_long_bracket(source, start, b"unfinished long string")
    unfinished = _UNFINISHED_STRING.match(source, start)
    assert unfinished is not None
    text, end = unfinished.group(), unfinished.end()
    value = _unescape(text[:1], text[1:], start + 1)
    if source[end:] in (b"", b"\\"):
        return _LexicalError(b"unfinished string", b"<eof>", len(source))
    return _LexicalError(b"unfinished string", text[:1] + value, end)


def _broken_long_bracket(source: bytes, start: int, unfinished: bytes) -> _LexicalError:
    """The error of a long bracket that opens at `start`: `read_long_string`."""
    opening = _LONG_OPENING.match(source, start)
    assert opening is not None
    if not source.startswith(b"[", opening.end()):
        return _LexicalError(b"invalid long string delimiter", opening.group(), opening.end())
    return _LexicalError(unfinished, b"<eof>", len(source))
