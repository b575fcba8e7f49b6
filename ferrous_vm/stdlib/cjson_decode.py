"""JSON as Lua values exactly as lua_cjson.c 2.1.0 in Redis reads it, positions in errors included.

Most texts are read by Python's own `json` (`cjson_quick`). What that is not sure about, mistakes above all, is read
here token by token as the C code does. Nothing recurses: a stack of unfinished containers stands for the C stack, and
its limits are C's own.
"""

from __future__ import annotations

import re
from typing import Any, Final, final

from ferrous_vm.errors import LuaError
from ferrous_vm.limits import STACK_SLOTS
from ferrous_vm.stdlib.cjson_settings import NULL, Settings
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.numbers import text_to_number
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table, make_readonly, set_metatable

Value = Any

OBJECT_BEGIN: Final = b"T_OBJ_BEGIN"
OBJECT_END: Final = b"T_OBJ_END"
ARRAY_BEGIN: Final = b"T_ARR_BEGIN"
ARRAY_END: Final = b"T_ARR_END"
STRING: Final = b"T_STRING"
NUMBER: Final = b"T_NUMBER"
BOOLEAN: Final = b"T_BOOLEAN"
NULL_TOKEN: Final = b"T_NULL"
COLON: Final = b"T_COLON"
COMMA: Final = b"T_COMMA"
END: Final = b"T_END"
INVALID_TOKEN: Final = b"invalid token"
INVALID_NUMBER: Final = b"invalid number"
INVALID_ESCAPE: Final = b"invalid escape code"
INVALID_UNICODE: Final = b"invalid unicode escape code"
UNFINISHED_STRING: Final = b"unexpected end of string"

Token = tuple[bytes, Value, int]
"""What was found (as error messages name it), its value, and the index it is at."""

_PUNCTUATION: Final = {
    0x7B: OBJECT_BEGIN, 0x7D: OBJECT_END, 0x5B: ARRAY_BEGIN, 0x5D: ARRAY_END, 0x2C: COMMA, 0x3A: COLON,
}  # fmt: skip
_WORDS: Final = (
    (b"true", BOOLEAN, TRUE),
    (b"false", BOOLEAN, FALSE),
    (b"null", NULL_TOKEN, NULL),
)
_VALUES: Final = frozenset((STRING, NUMBER, BOOLEAN, NULL_TOKEN))

_WHITE: Final = re.compile(rb"[ \t\n\r]*")
_PLAIN_TEXT: Final = re.compile(rb'[^"\\\x00]*')
_STRTOD: Final = re.compile(
    rb"[-+]?(?:0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][-+]?[0-9]+)?"
    rb"|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
    rb"|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?|[nN][aA][nN](?:\([0-9A-Za-z_]*\))?)"
)
"""What glibc's strtod takes from the front of a text."""
_HEX_DIGITS: Final = re.compile(rb"[0-9a-fA-F]{4}")

_SIMPLE_ESCAPES: Final = {
    0x22: b'"', 0x5C: b"\\", 0x2F: b"/", 0x62: b"\b", 0x74: b"\t", 0x6E: b"\n", 0x66: b"\f", 0x72: b"\r",
}  # fmt: skip


class _Mistake(Exception):
    """The text has no token here: what was found instead, and where (`json_set_token_error`)."""

    def __init__(self, found: bytes, index: int) -> None:
        super().__init__(found)
        self.found = found
        self.index = index


class _Reader:
    """Reads tokens (`json_next_token`); `at` is where the next one is looked for. The text ends at its first NUL."""

    __slots__ = ("at", "lenient", "text")

    def __init__(self, text: bytes, lenient: bool) -> None:
        self.text = text
        self.at = 0
        self.lenient = lenient

    def token(self) -> Token:
        """The next token; its name is a mistake's if there is none."""
        white = _WHITE.match(self.text, self.at)
        assert white is not None
        self.at = start = white.end()
        if start >= len(self.text):
            return END, None, start
        code = self.text[start]
        punctuation = _PUNCTUATION.get(code)
        if punctuation is not None:
            self.at = start + 1
            return punctuation, None, start
        try:
            if code == 0x22:
                return STRING, self._string(start + 1), start
            return self._word_or_number(start, code)
        except _Mistake as mistake:
            self.at = mistake.index
            return mistake.found, None, mistake.index

    def _word_or_number(self, start: int, code: int) -> Token:
        if code == 0x2D or 0x30 <= code <= 0x39:
            if not self.lenient and self._is_invalid_number(start):
                raise _Mistake(INVALID_NUMBER, start)
            return NUMBER, self._number(start), start
        for word, name, value in _WORDS:
            if self.text.startswith(word, start):
                self.at = start + len(word)
                return name, value, start
        if code in b"+iInN" and self.lenient and self._is_invalid_number(start):
            return NUMBER, self._number(start), start
        raise _Mistake(INVALID_TOKEN, start)

    def _is_invalid_number(self, start: int) -> bool:
        """Is this a number strtod reads and JSON does not know (`json_is_invalid_number`)?"""
        body = self.text[start : start + 4]
        if body.startswith(b"+"):
            return True
        body = body.removeprefix(b"-")[:3]
        if body.startswith(b"0"):
            return body[1:2].isdigit() or body[1:2] in (b"x", b"X")
        return body.lower() in (b"inf", b"nan")

    def _number(self, start: int) -> float:
        found = _STRTOD.match(self.text, start)
        number = None if found is None else text_to_number(found.group())
        if found is None or number is None:
            raise _Mistake(INVALID_NUMBER, start)
        self.at = found.end()
        return number

    def _string(self, start: int) -> LuaString:
        """The string whose text begins at `start`, behind the quote."""
        text = self.text
        pieces: list[bytes] = []
        at = start
        while True:
            plain = _PLAIN_TEXT.match(text, at)
            assert plain is not None
            pieces.append(plain.group())
            at = plain.end()
            if at >= len(text):
                raise _Mistake(UNFINISHED_STRING, at)
            if text[at] == 0x22:
                self.at = at + 1
                return LuaString(b"".join(pieces))
            escaped = text[at + 1] if at + 1 < len(text) else 0
            simple = _SIMPLE_ESCAPES.get(escaped)
            if simple is not None:
                pieces.append(simple)
                at += 2
            elif escaped == 0x75:  # u
                character, at = self._unicode(at)
                pieces.append(character)
            else:
                raise _Mistake(INVALID_ESCAPE, at)

    def _unicode(self, start: int) -> tuple[bytes, int]:
        """The character of the ``\\u`` escape at `start` in UTF-8, and the index after it."""
        code = self._hexadecimal(start)
        end = start + 6
        if 0xD800 <= code <= 0xDFFF:
            if code >= 0xDC00 or self.text[end : end + 2] != b"\\u":
                raise _Mistake(INVALID_UNICODE, start)
            low = self._hexadecimal(end, start)
            if not 0xDC00 <= low <= 0xDFFF:
                raise _Mistake(INVALID_UNICODE, start)
            code = 0x10000 + ((code & 0x3FF) << 10 | low & 0x3FF)
            end += 6
        return chr(code).encode(), end

    def _hexadecimal(self, escape: int, blamed: int | None = None) -> int:
        digits = _HEX_DIGITS.match(self.text, escape + 2)
        if digits is None:
            raise _Mistake(INVALID_UNICODE, escape if blamed is None else blamed)
        return int(digits.group(), 16)


def _expected(what: bytes, token: Token) -> LuaError:
    message = b"Expected %b but found %b at character %d" % (what, token[0], token[2] + 1)
    return LuaError(LuaString(message), level=1)


@final
class _Array:
    """An array being read."""

    __slots__ = ("items",)
    slots = 1
    """Values C keeps on its stack meanwhile: the table."""

    def __init__(self) -> None:
        self.items: list[Value] = []

    def table(self) -> Table:
        return Table.of_items(self.items)


_MARK: Final = LuaString(b"__is_cjson_array")


def _mark(table: Table) -> None:
    """Give a table a metatable that says that it is an array."""
    metatable = Table({_MARK: TRUE})
    make_readonly(metatable)
    set_metatable(table, metatable)


@final
class _Object:
    """An object being read; `key` is of the member whose value is being read."""

    __slots__ = ("key", "members")
    slots = 2
    """The table and the key."""

    def __init__(self) -> None:
        self.members = Table()
        self.key: Value = None


class _Decoder:
    """Reads one text. The methods that read a part answer whether the container on top is finished."""

    __slots__ = ("reader", "settings", "slots", "stack")

    def __init__(self, settings: Settings, text: bytes) -> None:
        self.settings = settings
        self.reader = _Reader(text, bool(settings.decode_invalid_numbers))
        self.stack: list[_Array | _Object] = []
        self.slots = 1

    def decode(self) -> Value:
        """The value of the whole text. Raises LuaError where it is not JSON."""
        token = self.reader.token()
        if token[0] in _VALUES:
            value = token[1]
        else:
            finished = self._open(token)
            while True:
                if not finished:
                    top = self.stack[-1]
                    finished = self._items() if type(top) is _Array else self._members(top)
                    continue
                done = self.stack.pop()
                self.slots -= done.slots
                if type(done) is _Array:
                    value = done.table()
                    if self.settings.decode_array_with_array_mt:
                        _mark(value)
                else:
                    value = done.members
                if not self.stack:
                    break
                finished = self._add(value)
        token = self.reader.token()
        if token[0] is not END:
            raise _expected(b"the end", token)
        return value

    def _open(self, token: Token) -> bool:
        """Begins the container the token opens; True if it is empty, and so finished."""
        if token[0] is not ARRAY_BEGIN and token[0] is not OBJECT_BEGIN:
            raise _expected(b"value", token)
        opened: _Array | _Object = _Array() if token[0] is ARRAY_BEGIN else _Object()
        depth = len(self.stack) + 1
        if depth > self.settings.decode_max_depth or self.slots + opened.slots + 1 > STACK_SLOTS:
            message = b"Found too many nested data structures (%d) at character %d" % (depth, self.reader.at)
            raise LuaError(LuaString(message), level=1)
        self.stack.append(opened)
        self.slots += opened.slots
        before = self.reader.at
        following = self.reader.token()[0]
        if following is (ARRAY_END if type(opened) is _Array else OBJECT_END):
            return True
        self.reader.at = before
        return False

    def _add(self, value: Value) -> bool:
        """Puts a value that was read into the container on top, and reads what follows it."""
        top = self.stack[-1]
        token = self.reader.token()
        if type(top) is _Array:
            top.items.append(value)
            if token[0] is ARRAY_END:
                return True
            if token[0] is not COMMA:
                raise _expected(b"comma or array end", token)
        else:
            top.members[top.key] = value
            if token[0] is OBJECT_END:
                return True
            if token[0] is not COMMA:
                raise _expected(b"comma or object end", token)
        return False

    def _items(self) -> bool:
        """Reads items until the array ends or a container begins in it."""
        while True:
            token = self.reader.token()
            if token[0] not in _VALUES:
                return self._open(token)
            if self._add(token[1]):
                return True

    def _members(self, members: _Object) -> bool:
        """Reads members until the object ends or a container begins in it."""
        reader = self.reader
        while True:
            token = reader.token()
            if token[0] is not STRING:
                raise _expected(b"object key string", token)
            members.key = token[1]
            token = reader.token()
            if token[0] is not COLON:
                raise _expected(b"colon", token)
            token = reader.token()
            if token[0] not in _VALUES:
                return self._open(token)
            if self._add(token[1]):
                return True


def read_exactly(settings: Settings, text: bytes) -> Value:
    """The value of a text without NUL. Raises LuaError with the place and what was expected there."""
    return _Decoder(settings, text).decode()
