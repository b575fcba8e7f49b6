"""The string library against the real lua5.1, on generated patterns, subjects, formats and arguments."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from ferrous_vm.stdlib import string
from tests.stdlib.driver import StubRuntime, call, outcome, show, to_lua
from tests.stdlib.lua_oracle import LUA, ask

pytestmark = pytest.mark.skipif(LUA is None, reason="lua5.1 is not installed: nothing to compare with")

CASES = 2500

_LIBRARY = StubRuntime().open(string.LIBRARY)

_ITEMS = (
    b"a", b"b", b".", b"%a", b"%d", b"%s", b"%W", b"%%", b"%.", b"[ab]", b"[^a]", b"[a-c]", b"[%a_]", b"[]]", b"[^%s,]",
    b"[%w-]", b"[a-]", b"\x80", b"[\x80-\xff]", b",", b" ", b"1", b"-", b"^", b"$", b"%u", b"%l", b"%x", b"%p",
    b"%c", b"%z", b"[%z]", b"[%]x]", b"[-a]", b"[^%z]",
)  # fmt: skip
_QUANTIFIERS = (b"", b"", b"", b"*", b"+", b"-", b"?")
_EXTRAS = (b"()", b"%b()", b"%bab", b"%f[%w]", b"%f[%W]", b"%f[a]", b"%f[^a]", b"%f[%z]", b"%f[%d]")
_MISTAKES = (b"[a", b"%", b"%b", b"%bx", b"%f", b"%fa", b"(", b")", b"%1", b"%9", b"%0", b"[", b"[^", b"[]",
             b"[%", b"[%]", b"\0", b"a\0b", b"()%1", b"(%1)", b"(()", b"[a\0]", b"%\0")  # fmt: skip
_SUBJECT_BYTES = b"aaaabbbc1 2,.()-]%^$_Z\x80\xff\0\n"


def _pattern(source: random.Random) -> bytes:
    parts = [b"^"] if source.random() < 0.2 else []
    opened = captures = 0
    for _ in range(source.randrange(1, 7)):
        choice = source.random()
        if choice < 0.12:
            parts.append(b"(")
            opened += 1
            captures += 1
        elif choice < 0.22 and opened:
            parts.append(b")")
            opened -= 1
        elif choice < 0.3:
            extra = source.choice(_EXTRAS)
            captures += extra == b"()"
            parts.append(extra)
        elif choice < 0.34 and captures:
            parts.append(b"%%%d" % source.randrange(1, captures + 1))
        elif choice < 0.36:
            parts.append(source.choice(_MISTAKES))
        else:
            parts.append(source.choice(_ITEMS) + source.choice(_QUANTIFIERS))
    parts += [b")"] * opened
    if source.random() < 0.2:
        parts.append(b"$")
    return b"".join(parts)


def _subject(source: random.Random) -> bytes:
    return bytes(source.choice(_SUBJECT_BYTES) for _ in range(source.randrange(0, 14)))


def _search(source: random.Random) -> list[object]:
    arguments: list[object] = [_subject(source), _pattern(source)]
    if source.random() < 0.4:
        arguments.append(source.randrange(-8, 18))
    return arguments


def _gmatch(source: random.Random) -> list[object]:
    return [_subject(source), _pattern(source)]


_REPLACEMENTS = (b"x", b"", b"<%0>", b"%1", b"%1%1", b"%2", b"%%", b"%", b"\\1\\", b"\\g<0>", b"a%xb", b"%0\0")


def _gsub_text(source: random.Random) -> list[object]:
    arguments: list[object] = [_subject(source), _pattern(source), source.choice(_REPLACEMENTS)]
    if source.random() < 0.3:
        arguments.append(source.randrange(-1, 4))
    return arguments


def _gsub_table(source: random.Random) -> list[object]:
    return [_subject(source), _pattern(source), {b"a": b"A", b"b": False, b"1": 7, b"": b"e", b"ab": True, 1: b"one"}]


def _gsub_function(source: random.Random) -> list[object]:
    return [_subject(source), _pattern(source), "reversed"]


_CONVERSIONS = b"cdiouxXeEfgGqs"
_NUMBERS = (0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 65.0, 1 / 3, 255.0, 1e15, 123456789.123, 1e16, 1e20, -1e20,
            2.0**53, 2.0**63, 2.0**64, 1e30, -(2.0**63), 1e-5, 5e-324, 1e308, float("inf"), float("-inf"), 100000.0,
            1234567.0)  # fmt: skip


def _format(source: random.Random) -> list[object]:
    form = b""
    arguments: list[object] = []
    for _ in range(source.randrange(1, 3)):
        flags = bytes(source.choice(b"-+ #0") for _ in range(source.choice((0, 0, 0, 1, 1, 2, 6))))
        width = source.choice((b"", b"", b"5", b"12", b"1", b"100"))
        precision = source.choice((b"", b"", b".", b".0", b".3", b".10", b".20", b".123"))
        conversion = bytes([source.choice(_CONVERSIONS)])
        if source.random() < 0.03:
            conversion = source.choice((b"", b"y", b"F", b"p", b"l", b"\0", b"%"))
        form += b"<%" + flags + width + precision + conversion + b">"
        if conversion in (b"s", b"q"):
            arguments.append(
                source.choice((b"", b"abc", b"a\0b", b'q"\\\r\n\0', b"x" * 99, b"y" * 100, b"z\0" * 60, 12.5))
            )
        else:
            arguments.append(source.choice(_NUMBERS))
        if source.random() < 0.03:
            arguments[-1] = source.choice((None, True, b"12", b"0x10", b"abc"))
    if source.random() < 0.05:
        arguments.pop()
    return [form, *arguments]


_POSITIONS = (
    0,
    1,
    2,
    3,
    4,
    7,
    -1,
    -2,
    -9,
    1.7,
    -1.7,
    1e10,
    -1e10,
    1e300,
    float("inf"),
    float("-inf"),
    None,
    b"2",
    b"x",
)


def _positions(source: random.Random) -> list[object]:
    return [
        source.choice((b"", b"a", b"abcd", b"\0\xff")),
        *(source.choice(_POSITIONS) for _ in range(source.randrange(3))),
    ]


def _all_matches(text: object, pattern: object) -> object:
    iterate = call(_LIBRARY.get(b"gmatch"), text, pattern)[0]
    found: list[bytes] = []
    while len(found) <= 200:
        results = (*call(iterate), None, None, None)[:3]
        if results[0] is None:
            break
        found.append("".join(show(result) for result in results).encode())
    return to_lua(b";".join(found))


def _reversed(a: object, b: object = None, *_: object) -> object:
    def text(value: object) -> bytes:
        return b"%d" % (value,) if type(value) is float else value  # type: ignore[return-value]

    return to_lua(b"".join((text(b), text(a))) if b is not None else b"".join((text(a), text(a))))


def _ours(function: str, arguments: Sequence[object]) -> str:
    values = [_reversed if argument == "reversed" else to_lua(argument) for argument in arguments]
    native = _all_matches if function == "all" else _LIBRARY.get(function.removeprefix("string.").encode())
    return outcome(native, *values).replace("\n", " ").replace("\r", " ")


@pytest.mark.parametrize(
    ("function", "generate"),
    [
        ("string.find", _search),
        ("string.match", _search),
        ("all", _gmatch),
        ("string.gsub", _gsub_text),
        ("string.gsub", _gsub_table),
        ("string.gsub", _gsub_function),
        ("string.format", _format),
        ("string.sub", _positions),
        ("string.byte", _positions),
    ],
)  # fmt: skip
def test_generated_calls_answer_as_lua(function: str, generate: Callable[[random.Random], list[object]]) -> None:
    source = random.Random(f"{function} {generate.__name__}")
    cases = [(function, generate(source)) for _ in range(CASES)]
    expected = ask(cases)
    different = [
        (arguments, answer, ours)
        for (_, arguments), answer in zip(cases, expected, strict=True)
        if (ours := _ours(function, arguments)) != answer
    ]
    assert different == []
