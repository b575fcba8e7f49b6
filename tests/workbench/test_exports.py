"""What the page exports says the same call wherever it is pasted: shell lines are run, programs too, any bytes."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.server import Server
from ferrous_vm.workbench.exports import FORMS, go, java, javascript, python, shell
from ferrous_vm.workbench.exports.call import NamedCall
from pyodide_bridge.bridge import Bridge, to_json
from tests.keyspace.conftest import redis_port
from tests.record.resp import Connection

__all__ = ["redis_port"]

ECHO = (
    b"local all = {} for _, t in ipairs({KEYS, ARGV}) do for _, v in ipairs(t) do all[#all + 1] = v end end return all"
)

EVERY_BYTE = bytes(range(256))

TRICKY = [
    b"", b"plain", b"two words", b"it's", b'"quoted"', b"back\\slash", b"end\\", b"`tick`", b"${x}", b"$HOME",
    b"$(id)", b"!1", b"*", b"~", b"-x", b",", b"#", b"%s %d", b"line\nline\n", b"tab\t", b"\r\n",
    b"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x98", b"\xff\xfe", b"\x00", b"a\x00b", b"\x7f\x1b[31m", b"\\u0041",
    b"\\x41", b"\\n", b'"""', b"'''", b"\xe2\x80\xa8", b"\xef\xbb\xbfBOM", b"]]--", b"\x0012", b"\x01f", b"\xc3\xa9f",
    b'\\"', b"<script>", EVERY_BYTE,
]  # fmt: skip
"""What has a meaning in one of the languages, and every byte."""

RANDOM = random.Random(7)
VALUES = [*TRICKY, *(bytes(RANDOM.choices(range(256), k=12)) for _ in range(100))]
VALUES += [bytes(RANDOM.choices(b"\\\"'`${}x0un\n\r \x00\xff", k=12)) for _ in range(200)]


def call_of(
    script: bytes = ECHO, keys: list[bytes] | None = None, argv: list[bytes] | None = None, **more: Any
) -> NamedCall:
    return NamedCall(script, keys or [], argv or [], **{"name": "An example: 1", **more})


CALLS = {
    "nothing": call_of(),
    "readable": call_of(keys=[b"k"], argv=[value for value in TRICKY if b"\0" not in value and value.isascii()]),
    "all": call_of(keys=TRICKY[:9], argv=TRICKY[9:]),
    "script of quotes": call_of(b"-- ' \" \\ `${x}` \"\"\" ''' caf\xc3\xa9 ]]\n" + ECHO + b" -- \\", [b"k"], [b"v"]),
    "script of bytes": call_of(
        b"-- " + bytes(byte for byte in EVERY_BYTE if byte not in b"\0\n\r") + b"\n" + ECHO, [b"k"]
    ),
    "script with a return": call_of(b"-- a\r\n" + ECHO + b"\r\n", [b"k"]),
}


# redis-cli through a shell


def in_shell(text: str, port: int, directory: Path) -> list[bytes]:
    """What each line of redis-cli prints, run by a shell."""
    program = f'redis-cli() {{ command redis-cli -p {port} "$@"; printf "<end>"; }}\n{text}'
    done = subprocess.run(["bash", "-e", "-c", program], capture_output=True, check=True, cwd=directory)
    assert done.stderr == b""
    return done.stdout.split(b"<end>")[:-1]


def printed(call: NamedCall) -> bytes:
    """What redis-cli prints of the reply of ECHO where no terminal is."""
    return b"\n".join([*call.keys, *call.argv]) + b"\n"


@pytest.mark.oracle
@pytest.mark.parametrize("name", CALLS)
def test_lines_for_redis_cli_send_the_call(name: str, redis_port: int, tmp_path: Path) -> None:
    call = CALLS[name]
    server = Connection(redis_port)
    digest = call.sha1.encode()
    for write in (shell.write_eval, shell.write_evalsha):
        server.ask(b"SCRIPT", b"FLUSH")
        *_, output = in_shell(write(call), redis_port, tmp_path)
        assert output == printed(call)
        assert server.ask(b"SCRIPT", b"EXISTS", digest) == b"*1\r\n:1\r\n", "the script arrived as another one"
    *_, output = in_shell(shell.write_function(call), redis_port, tmp_path)
    assert output == printed(call)
    server.close()


@pytest.mark.oracle
@pytest.mark.parametrize("name", CALLS)
def test_a_file_for_redis_cli_sends_the_call_or_says_why_not(name: str, redis_port: int, tmp_path: Path) -> None:
    call = CALLS[name]
    (tmp_path / f"{call.snake_name}.lua").write_bytes(call.script)
    try:
        text = shell.write_eval_file(call)
    except shell.Unavailable:
        assert any(b"\0" in word for word in call.words)
        return
    assert in_shell(text, redis_port, tmp_path) == [printed(call)]


REFUSED = [
    (call_of(argv=[b"a\0"]), "NUL"),
    (call_of(keys=[b","]), "comma"),
    (call_of(keys=[b"-x"]), "hyphen"),
]


@pytest.mark.parametrize(("call", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_what_a_file_line_cannot_pass_is_told(call: NamedCall, reason: str) -> None:
    with pytest.raises(shell.Unavailable, match=reason):
        shell.write_eval_file(call)


@pytest.mark.host
@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary().filter(lambda value: b"\0" not in value), max_size=20))
def test_shell_words_arrive(values: list[bytes]) -> None:
    words = " ".join(shell.dollar_quoted(value) for value in values)
    done = subprocess.run(
        ["bash", "-c", f"for word in {words}; do printf '%s\\0' \"$word\"; done"], capture_output=True
    )
    assert done.stdout.split(b"\0")[:-1] == values


@given(st.lists(st.binary()))
def test_quoted_input_is_read_back(values: list[bytes]) -> None:
    for value in values:
        word = shell.redis_quoted(value)
        plain = word[1:-1].replace("'\\''", "'") if word.startswith("'") else word
        assert split_words(plain.encode()) == [value]


# Functions


WRITES = b"return redis.call('SET', KEYS[1], 1)"
FUNCTIONS = [
    (call_of(b"return {KEYS[1], ARGV[1], ...}", [b"k"], [b"a"]), b"*2\r\n$1\r\nk\r\n$1\r\na\r\n"),
    (call_of(b"#!lua flags=no-writes\n" + WRITES, [b"k"]), b"-ERR Write commands are not allowed"),
    (call_of(b"#!lua flags=allow-oom,no-cluster\n" + WRITES, [b"k"]), b"+OK\r\n"),
    (call_of(b"#!lua\nreturn 5 -- a comment at the end"), b":5\r\n"),
    (call_of(WRITES, [b"k"], mode="EVAL_RO"), b"-ERR Write commands are not allowed"),
    (call_of(b"return 5", name="9 lives"), b":5\r\n"),
    (call_of(b"", name="\u00e9t\u00e9"), b"$-1\r\n"),
]


@pytest.mark.parametrize(("call", "reply"), FUNCTIONS)
def test_a_script_becomes_a_function(call: NamedCall, reply: bytes) -> None:
    client = Server().connect()
    assert client.execute_resp(b"FUNCTION", b"LOAD", shell.library(call)).startswith(b"$")
    assert client.execute_resp(b"FCALL", call.snake_name.encode(), *call.words).startswith(reply)


@pytest.mark.oracle
@pytest.mark.parametrize("name", CALLS)
def test_the_program_runs_with_redis_py_itself(name: str, redis_port: int) -> None:
    pytest.importorskip("redis")
    program = python.write_redis_py(CALLS[name]).replace("redis.Redis(", f"redis.Redis(port={redis_port}")
    variables: dict[str, Any] = {}
    exec(program.replace("print(reply)", ""), variables)
    assert variables["reply"] == [*CALLS[name].keys, *CALLS[name].argv]


@pytest.mark.host
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_literals_of_javascript() -> None:
    literals = [write(value) for value in VALUES for write in (javascript.literal, javascript.script_literal)]
    program = f"console.log(JSON.stringify([{', '.join(literals)}].map((v) => Buffer.from(v).toString('hex'))))"
    done = subprocess.run(["node", "--input-type=module"], input=program.encode(), capture_output=True, check=True)
    assert json.loads(done.stdout) == [value.hex() for value in VALUES for _ in range(2)]


# Literals of Go and Java, read by their specifications' rules


ESCAPE = re.compile(
    r"\\(?:u+(?P<unit>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2})|(?P<octal>[0-3][0-7]{2})|(?P<letter>[ntr\"\\]))"
)
LETTERS = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


def read_quoted(text: str, escapes: str, in_bytes: bool) -> bytes:
    """The bytes of a literal in double quotes; `escapes` lists those its language has."""
    assert text[0] == text[-1] == '"'
    out = bytearray()
    units = ""
    at, text = 0, text[1:-1]
    while at < len(text):
        assert text[at] not in '"\n\r', "the literal ends here"
        found = ESCAPE.match(text, at)
        if text[at] != "\\":
            character, at = text[at], at + 1
        else:
            assert found, f"no escape: {text[at : at + 4]}"
            assert found.lastgroup in escapes.split()
            at = found.end()
            if found["byte"]:
                out += bytes([int(found["byte"], 16)])
                continue
            digits = found["unit"] or found["octal"]
            character = LETTERS[found["letter"]] if found["letter"] else chr(int(digits, 16 if found["unit"] else 8))
        if in_bytes:
            out += character.encode()
        units += character
    return bytes(out) if in_bytes else units.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()


def test_literals_of_go() -> None:
    for value in VALUES:
        assert read_quoted(go.literal(value), "byte letter", True) == value
        text = go.script_literal(value)
        if text.startswith("`"):
            assert "\r" not in text, "Go drops carriage returns from raw strings"
            assert text[1:-1].encode() == value
        else:
            parts = [read_quoted(part, "byte letter", True) for part in text.split(" +\n\t")]
            assert b"".join(parts) == value


def test_literals_of_java() -> None:
    for value in VALUES:
        literal = java.bytes_literal(value)
        assert literal.isascii()
        quoted = literal.removesuffix(".getBytes(ISO_8859_1)")
        assert read_quoted(quoted, "unit octal letter", False).decode().encode("latin-1") == value


def test_literals_of_python() -> None:
    for value in VALUES:
        for literal in (python.literal(value), python.script_literal(value)):
            found = eval(compile(literal.encode(), "literal", "eval"))
            assert (found if isinstance(found, bytes) else found.encode()) == value


# The whole answer


def test_the_bridge_answers_every_form() -> None:
    request = {"type": "Export", "script": "return 1", "keys": ["k"], "argv": ['"\\x00"'], "name": "Ünïcode ✓ 42!"}
    answer = json.loads(to_json(Bridge().answer(json.dumps(request))))
    assert answer["file_name"] == "n_code_42.lua"
    assert [snippet["form"] for snippet in answer["snippets"]] == list(FORMS)
    unavailable = [snippet["form"] for snippet in answer["snippets"] if not snippet["text"]]
    assert unavailable == ["file", "pytest", "jest"]


def test_a_bad_field_is_told() -> None:
    request = {"type": "Export", "script": "", "keys": ['"a"b"'], "argv": [], "name": ""}
    answer = json.loads(to_json(Bridge().answer(json.dumps(request))))
    assert answer["type"] == "Failure"
    assert answer["message"].startswith("KEYS[1]:")
