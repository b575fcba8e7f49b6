"""Records what a real redis-server 7.0.15 answers to library calls into tests/stdlib/recorded/.

    python -m tests.stdlib.record_libraries PORT        (from the project root)

The cases are the ones listed here and generated ones, the same in every run.
"""

from __future__ import annotations

import random
import re
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tests.record.resp import Connection
from tests.stdlib.recorded import PRELUDE, Case, lua_source, save, write_value

NULL = {"null": True}
FUNCTION = {"f": True}

NUMBERS = (0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -0.5, 1 / 3, 10.0, 127.0, 128.0, 255.0, 256.0, 32767.0, 65535.0,
           65536.0,
           -32.0, -33.0, -128.0, -129.0, -32768.0, -32769.0, 2.0**31 - 1, 2.0**31, -(2.0**31), -(2.0**31) - 1,
           2.0**32 - 1,
           2.0**32, 2.0**51, 2.0**52 + 1, 2.0**53, 2.0**63, -(2.0**63), 2.0**64, 1e15, 123456789.125, 1e16, 1e100, 1e-7,
           5e-324, 1e308, 3.4e38, 3.5e38, 1e-45, float("inf"), float("-inf"), float("nan"), 0.1,
           123456789012345.0)  # fmt: skip
STRINGS = (
    b"",
    b"a",
    b"key",
    b"1",
    b"1.5",
    b"0x10",
    b"x" * 31,
    b"x" * 32,
    b"\0",
    b'"\\/\b\f\n\r\t\x7f\x1f',
    b"\xc3\xa9\xff",
)


def repeated(text: bytes, count: int) -> dict[str, object]:
    """A long string, written short."""
    return {"rep": [text.hex(), count]}


def scalar(source: random.Random) -> object:
    choice = source.random()
    if choice < 0.4:
        return source.choice(NUMBERS) if source.random() < 0.7 else float(source.randrange(-300, 70000))
    if choice < 0.75:
        return (
            source.choice(STRINGS)
            if source.random() < 0.5
            else bytes(source.choices(range(256), k=source.randrange(5)))
        )
    return source.choice((True, False, NULL, None, FUNCTION))


def value(source: random.Random, depth: int = 3) -> object:
    """A scalar or a table: a list, a list with holes, a record or a mixture."""
    choice = source.random()
    if depth == 0 or choice < 0.45:
        return scalar(source)
    count = source.randrange(0, 6)
    items = [value(source, depth - 1) for _ in range(count)]
    if choice < 0.65:
        return [item for item in items if item is not None]
    if choice < 0.75:
        return {float(source.randrange(0, 14)): item for item in items}
    keys: list[object] = [source.choice((*STRINGS, b"name", b"id", b"email", b"age")) for _ in items]
    if choice < 0.8:
        keys = [source.choice((1.0, 2.0, 3.0, 1.5, -1.0, 1e10, b"a", b"b", True)) for _ in items]
    return dict(zip(keys, items, strict=True))


def mutated(source: random.Random, text: bytes, letters: bytes) -> bytes:
    """The text with a few bytes changed, or none."""
    data = bytearray(text)
    for _ in range(source.choice((0, 0, 1, 1, 2))):
        at = source.randrange(len(data) + 1)
        choice = source.random()
        if choice < 0.4:
            data.insert(at, source.choice(letters))
        elif choice < 0.8 and at < len(data):
            data[at] = source.choice(letters)
        else:
            del data[at : at + source.randrange(1, 4)]
    return bytes(data)


# cjson

JSON_NUMBERS = (b"0", b"1", b"-1", b"1.5", b"1e3", b"1E-3", b"01", b"-01", b"1.", b".5", b"-.5", b"+1", b"0x1F",
                b"-0x1p3",
                b"inf", b"-Inf", b"infinity", b"nan", b"-NaN", b"nan(1)", b"1e400", b"123456789012345678", b"-",
                b"1e", b"1e+",
                b"0x", b"0xg", b"-0", b"1.5.5", b"--1", b"1x", b"infx", b"nanx", b"i", b"N", b"3.", b"7e2.5",
                b"-inf1")  # fmt: skip
JSON_STRINGS = (b'""', b'"a"', b'"key"', b'"\\n\\t\\"\\\\\\/\\b\\f\\r"', b'"\\u0041"', b'"\\u00e9"', b'"\\u20ac"',
                b'"\\ud83d\\ude00"', b'"\\ud83d"', b'"\\ude00"', b'"\\ud83d\\u0041"', b'"\\ud83dx"', b'"\\u00"',
                b'"\\uzzzz"',
                b'"\\x"', b'"\\u0000"', b'"\xff\xfe"', b'"a\nb"', b'"unfinished', b'"\\', b'"\\"',
                b'"\\ud83d\\u"')  # fmt: skip
JSON_LETTERS = b'{}[],:"\\ \t\n0123456789+-.eExXtrufalsn\0I/'


ODD_TEXTS: tuple[Any, ...] = (b"", b"\0", b"\0\0", b"1\0", b" 1", b"1 2", b"[1]\0garbage", b"[1\0]", b"\xef\xbb\xbf1",
                              None, 12.0, True, [])  # fmt: skip


def json_text(source: random.Random, depth: int = 3) -> bytes:
    space = source.choice((b"", b"", b"", b" ", b"\n\t"))
    choice = source.random()
    if depth == 0 or choice < 0.5:
        if choice < 0.2:
            text = source.choice(JSON_NUMBERS[:6] if source.random() < 0.7 else JSON_NUMBERS)
        elif choice < 0.4:
            text = source.choice(JSON_STRINGS[:8] if source.random() < 0.7 else JSON_STRINGS)
        else:
            text = source.choice((b"true", b"false", b"null"))
    elif choice < 0.75:
        text = b"[" + b",".join(json_text(source, depth - 1) for _ in range(source.randrange(4))) + b"]"
    else:
        keys = [source.choice(JSON_STRINGS[:4]) for _ in range(source.randrange(4))]
        text = b"{" + b",".join(key + space + b":" + json_text(source, depth - 1) for key in keys) + b"}"
    return space + text + space


def cjson_settings(source: random.Random) -> list[tuple[str, list[Any]]]:
    if source.random() < 0.6:
        return []
    return [
        source.choice(
            (
                ("encode_sparse_array", [True]),
                ("encode_sparse_array", [True, 1.0, 3.0]),
                ("encode_sparse_array", [False, 0.0]),
                ("encode_max_depth", [2.0]),
                ("decode_max_depth", [2.0]),
                ("encode_number_precision", [3.0]),
                ("encode_keep_buffer", [False]),
                ("encode_invalid_numbers", [True]),
                ("encode_invalid_numbers", [b"null"]),
                ("decode_invalid_numbers", [False]),
            )
        )
    ]


def cjson_cases(source: random.Random) -> Iterator[Case]:
    for _ in range(700):
        yield cjson_settings(source), "encode", [value(source)]
    for _ in range(900):
        yield cjson_settings(source), "decode", [mutated(source, json_text(source), JSON_LETTERS)]
    for number in JSON_NUMBERS:
        for settings in ([], [("decode_invalid_numbers", [False])]):
            for form in (b"%b", b"[%b]", b'{"a":%b}'):
                yield settings, "decode", [form % (number,)]
    for string in JSON_STRINGS:
        for form in (b"%b", b"[%b]", b'{"a":%b}', b"{%b:1}"):
            yield [], "decode", [form % (string,)]
    options: tuple[object, ...] = (
        None,
        True,
        False,
        b"on",
        b"off",
        b"null",
        b"x",
        0.0,
        1.0,
        5.0,
        14.0,
        15.0,
        2.0**31,
        b"7",
        [],
    )
    for name in ("encode_sparse_array", "encode_max_depth", "decode_max_depth", "encode_number_precision",
                 "encode_keep_buffer", "encode_invalid_numbers", "decode_invalid_numbers"):  # fmt: skip
        yield [], name, []
        for option in options:
            yield [], name, [option]
            yield [(name, [option])], name, []
        yield [], name, [None, None]
        yield [], name, [True, 3.0, 4.0]
        yield [], name, [True, -1.0]
        yield [], name, [None, 5.0, b"x"]
        yield [], name, [None, None, None, None]
    for arguments in ([], [None], [None, None], [1.0, 2.0], [{"deep": 1000}], [{"deep": 1001}]):
        yield [], "encode", arguments
    yield [("encode_max_depth", [100000.0])], "encode", [{"deep": 9000}]
    for depth in (1000, 1001):
        for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
            yield [], "decode", [opening * depth + b"1" + closing * depth]
    for opening in (b"[", b'{"a":', b'[{"a":'):
        yield [("decode_max_depth", [100000.0])], "decode", [repeated(opening, 9000)]
    for whole in ODD_TEXTS:
        yield [], "decode", [whole]
    yield [], "decode", []
    yield [], "decode", [b"1", b"2"]
    for count in (3, 4, 9, 16, 17, 33, 100):
        yield [], "decode", [b"{" + b",".join(b'"k%d":%d' % (i, i) for i in range(count)) + b"}"]
        yield [], "encode", [{b"key%d" % i: float(i) for i in range(count)}]
        yield [], "encode", [{float(i): float(i) for i in range(count, 0, -1)}]
    for big in (2.0**31 - 1, 2.0**31, 1e10, 1e300):
        yield [], "encode", [{big: 1.0}]
        yield [], "encode", [{1.0: 1.0, big: 1.0}]
        yield [("encode_sparse_array", [True])], "encode", [{1.0: 1.0, big: 1.0, 2.0: 2.0}]


# cmsgpack


ODD_DATA: tuple[Any, ...] = (b"\x81\xc0\x01", b"\x81\xcb\x7f\xf8\0\0\0\0\0\0\x01", b"\x81\x01\xc0", b"\x93\x01\xc0\x03",
                             b"\x82\xa1a\x01\xa1a\x02", b"\x84\x01\x01\x02\xc0\x03\x03\x02\x02", None, 1.0, [],
                             True)  # fmt: skip


def packed(source: random.Random, depth: int = 3) -> bytes:
    """Bytes that are MessagePack, mostly."""
    choice = source.random()
    if depth and choice < 0.3:
        count = source.randrange(4)
        is_map = source.random() < 0.5
        head = source.choice((bytes([(0x80 if is_map else 0x90) | count]), struct.pack(">BH",
        0xDE if is_map else 0xDC, count),
                              struct.pack(">BI", 0xDF if is_map else 0xDD, count)))  # fmt: skip
        return head + b"".join(packed(source, depth - 1) for _ in range(count * (2 if is_map else 1)))
    if choice < 0.5:
        text = source.choice(STRINGS[:6])
        return source.choice((struct.pack(">BB", 0xD9, len(text)), struct.pack(">BH", 0xDA, len(text)),
                              struct.pack(">BI", 0xDB, len(text)), bytes([0xA0 | len(text)]))) + text  # fmt: skip
    if choice < 0.8:
        code, size = source.choice(
            ((0xCC, 1), (0xCD, 2), (0xCE, 4), (0xCF, 8), (0xD0, 1), (0xD1, 2), (0xD2, 4), (0xD3, 8))
        )
        return bytes([code]) + bytes(source.choice((0, 1, 127, 128, 255)) for _ in range(size))
    if choice < 0.9:
        return source.choice(
            (struct.pack(">Bf", 0xCA, 1.5), struct.pack(">Bd", 0xCB, 0.1), struct.pack(">Bd", 0xCB, 1e300))
        )
    return bytes([source.choice((0xC0, 0xC2, 0xC3, 0x05, 0x7F, 0xE0, 0xFF, 0xC1, 0xC4, 0xC7, 0xD4))])


def cmsgpack_cases(source: random.Random) -> Iterator[Case]:
    for _ in range(700):
        yield [], "pack", [value(source) for _ in range(source.choice((1, 1, 1, 2, 3)))]
    for number in NUMBERS:
        yield [], "pack", [number]
    for size in (31, 32, 255, 256, 65535, 65536):
        yield [], "pack", [b"x" * size] if size < 1000 else [[b"x" * 300]]
    for count in (15, 16, 17, 300):
        yield [], "pack", [[float(i) for i in range(count)]]
        yield [], "pack", [{b"k%d" % i: float(i) for i in range(count)}]
    for depth in (15, 16, 17, 18, 30):
        yield [], "pack", [{"deep": depth}]
    yield [], "pack", []
    for arguments in (
        [None],
        [None, None],
        [{True: 1.0}],
        [{b"a": NULL, 1.5: FUNCTION}],
        [{2.0**31: 1.0}],
        [{2.0: 1.0}],
    ):
        yield [], "pack", arguments
    for _ in range(700):
        data = mutated(source, b"".join(packed(source) for _ in range(source.choice((1, 1, 2, 3)))), bytes(range(256)))
        choice = source.random()
        if choice < 0.6:
            yield [], "unpack", [data]
        elif choice < 0.8:
            yield [], "unpack_one", [data, *([float(source.randrange(-1, 12))] if source.random() < 0.7 else [])]
        else:
            offset = [float(source.randrange(-1, 8))] if source.random() < 0.5 else []
            yield [], "unpack_limit", [data, float(source.randrange(-1, 5)), *offset]
    for opening in (b"\x91", b"\x81\xa1a", b"\x81", b"\x91\x81\xa1a"):
        yield [], "unpack", [repeated(opening, 9000)]
        yield [], "unpack", [opening * 300 + b"\x01"]
    yield [], "unpack", [repeated(b"\1", 7990)]
    yield [], "unpack", [repeated(b"\1", 8000)]
    yield [], "unpack_limit", [repeated(b"\1", 8100), 7990.0]
    yield [], "unpack_limit", [repeated(b"\1", 8100), 7998.0]
    yield [], "unpack_limit", [repeated(b"\1", 8100), 7999.0]
    yield [], "unpack_limit", [repeated(b"\1", 8100), 8000.0]
    for whole in ODD_DATA:
        for name in ("unpack", "unpack_one", "unpack_limit"):
            yield [], name, [whole]
            yield [], name, [whole, 1.0]
    for name in ("unpack", "unpack_one", "unpack_limit"):
        yield [], name, []
        yield [], name, [b"\x01\x02\x03", 1e10]
        yield [], name, [b"\x01\x02\x03", 1.0, 2.0, 3.0]
        yield [], name, [b"\x01\x02\x03", b"x"]
        yield [], name, [b"\x01\x02\x03", 1.0, b"x"]


# struct

OPTIONS = (b"b", b"B", b"h", b"H", b"l", b"L", b"T", b"i", b"I", b"i1", b"i2", b"i3", b"i8", b"i9", b"i16", b"i32",
           b"I3", b"I8", b"I16",
           b"i0",
           b"f", b"d", b"x", b"s", b"c0", b"c1", b"c5", b"c", b"<", b">", b"!", b"!1", b"!2", b"!4", b"!8", b"!16",
           b"=", b" ", b"z",
           b"i33",
           b"!3", b"!0", b"c99999999999", b"\x00", b"%", b"\xe9", b"5")  # fmt: skip


def struct_cases(source: random.Random) -> Iterator[Case]:
    def form(count: int) -> bytes:
        usual = OPTIONS[:35]
        return b"".join(source.choice(usual if source.random() < 0.95 else OPTIONS) for _ in range(count))

    for _ in range(700):
        text = form(source.randrange(1, 6))
        arguments: list[object] = []
        for letter in re.findall(b"[a-zA-Z]", text):
            if letter in b"sc":
                arguments.append(source.choice((b"", b"a", b"abcdef", b"a\0b", 12.0)))
            elif letter != b"x":
                arguments.append(source.choice((*NUMBERS[:45], b"5")))
            if source.random() < 0.02:
                arguments[-1:] = [source.choice((None, b"x", True))]
        if source.random() < 0.04:
            arguments = arguments[:-1]
        yield [], "pack", [text, *arguments]
    for _ in range(700):
        data = bytes(source.choice((0, 1, 2, 5, 127, 128, 255)) for _ in range(source.randrange(0, 40)))
        offset = [source.choice((1.0, 2.0, 5.0, 0.0, -1.0, 41.0, 1e10, None))] if source.random() < 0.3 else []
        text = form(source.randrange(1, 5))
        if source.random() < 0.15:
            text = source.choice((b"Bc0", b"bc0c0", b"c1c0", b"sc0", b"dc0", b"Bc0s", b"c0"))
        yield [], "unpack", [text, data, *offset]
    for option in OPTIONS:
        for text in (option, b"b" + option, b"!8b" + option + b"i"):
            yield [], "size", [text]
    yield [], "unpack", [repeated(b"b", 7990), repeated(b"x", 9000)]
    yield [], "unpack", [repeated(b"b", 7996), repeated(b"x", 9000)]
    yield [], "unpack", [repeated(b"b", 7997), repeated(b"x", 9000)]
    yield [], "unpack", [repeated(b"b", 7996), repeated(b"x", 9000), 1.0]
    for name in ("pack", "unpack", "size"):
        few: Any
        for few in ([], [None], [b""], [5.0], [b"b"], [b"", b""], [b"b", None], [b"b", 1.0], [[]]):
            yield [], name, few


# bit


def bit_cases(source: random.Random) -> Iterator[Case]:
    names = ("tobit", "bnot", "band", "bor", "bxor", "lshift", "rshift", "arshift", "rol", "ror", "bswap", "tohex")
    numbers = (*NUMBERS, 2.0**51 + 0.5, 1e20, 4503599627370497.5, -1.5, 0xDEADBEEF, 31.0, 32.0, 33.0, -4.0, 9.0,
    b"12", b"0xff",
               b"x", None, True, b"", b" 7 ")  # fmt: skip
    for name in names:
        for count in range(4):
            for _ in range(45):
                yield [], name, [source.choice(numbers) for _ in range(count)]
                if count == 0:
                    break


CASES: dict[str, Callable[[random.Random], Iterator[Case]]] = {
    "cjson": cjson_cases,
    "cmsgpack": cmsgpack_cases,
    "struct": struct_cases,
    "bit": bit_cases,
}


def script(library: str, case: Case) -> str:
    """Lua that answers a case in one line."""
    settings, function, arguments = case
    table = "cjson.new()" if library == "cjson" else library
    calls = [f"local library={table}"]
    for name, values in settings:
        calls.append(f"pcall(library.{name},{','.join(map(lua_source, values))})")
    calls.append(
        f"return report(pcall(function() return library.{function}({','.join(map(lua_source, arguments))}) end))"
    )
    return PRELUDE + " ".join(calls)


def record(connection: Connection, library: str) -> list[Any]:
    recorded = []
    for settings, function, arguments in CASES[library](random.Random(library)):
        written: Case = (
            [(name, [write_value(item) for item in values]) for name, values in settings],
            function,
            [write_value(argument) for argument in arguments],
        )
        reply = connection.ask(b"EVAL", script(library, written).encode("latin-1"), b"0")
        assert reply.startswith(b"$"), reply
        answer = reply.split(b"\r\n", 1)[1][:-2].decode("latin-1")
        answer = re.sub(
            r"^error: bad argument (#\d+) to '\w+' \((.*)\)$", r"error: bad argument \1 (\2)", answer, flags=re.DOTALL
        )
        if "}=" not in answer:  # the order of tables as keys depends on their addresses
            recorded.append([*written, answer])
    return recorded


def main(port: int) -> None:
    connection = Connection(port)
    for library in CASES:
        save(library, record(connection, library))


if __name__ == "__main__":
    main(int(sys.argv[1]))
