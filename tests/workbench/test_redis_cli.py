"""Replies as redis-cli prints them, and command lines as it reads them; the oracle tests ask redis-cli itself."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.workbench import escapes, redis_cli, resp

REPLIES = [
    (b"+OK\r\n", "OK"),
    (b"-ERR x\r\n", "(error) ERR x"),
    (b":-7\r\n", "(integer) -7"),
    (b"$3\r\na\nb\r\n", r'"a\nb"'),
    (b'$5\r\n\x00"\\\xc3\xa9\r\n', r'"\x00\"\\\xc3\xa9"'),
    (b"$-1\r\n", "(nil)"),
    (b"*-1\r\n", "(nil)"),
    (b"_\r\n", "(nil)"),
    (b"*0\r\n", "(empty array)"),
    (b"%0\r\n", "(empty hash)"),
    (b"~0\r\n", "(empty set)"),
    (b",3.14\r\n", "(double) 3.14"),
    (b"#t\r\n", "(true)"),
    (b"#f\r\n", "(false)"),
    (b"=7\r\ntxt:abc\r\n", "abc"),
    (b"+a\x00b\r\n", "a"),
    (b"*2\r\n*2\r\n:1\r\n:2\r\n*1\r\n$-1\r\n", "1) 1) (integer) 1\n   2) (integer) 2\n2) 1) (nil)"),
    (
        b"*10\r\n" + b"*1\r\n:1\r\n" + b":0\r\n" * 8 + b"*2\r\n:1\r\n:2\r\n",
        " 1) 1) (integer) 1\n"
        + "".join(f" {n}) (integer) 0\n" for n in range(2, 10))
        + "10) 1) (integer) 1\n    2) (integer) 2",
    ),
    (
        b"%2\r\n+a\r\n:1\r\n+b\r\n*2\r\n:1\r\n:2\r\n",
        "1# a => (integer) 1\n2# b => \n   1) (integer) 1\n   2) (integer) 2",
    ),
    (b"%1\r\n+a\r\n%1\r\n+b\r\n~1\r\n:1\r\n", "1# a => 1# b => 1~ (integer) 1"),
    (b"%1\r\n+a\r\n*1\r\n*2\r\n:1\r\n:2\r\n", "1# a => \n   1) 1) (integer) 1\n      2) (integer) 2"),
    (b"%1\r\n*2\r\n:1\r\n:2\r\n+v\r\n", "1# 1) (integer) 1\n   2) (integer) 2 => v"),
    (b"%1\r\n+a\r\n=7\r\ntxt:a\nb\r\n", "1# a => a\nb"),
]

LINES = [
    (b"SET k v", [b"SET", b"k", b"v"]),
    (b"  SET\t'a b'  \"c d\" ", [b"SET", b"a b", b"c d"]),
    (rb'ECHO "\x00\xff\n\"\\\q\xzz"', [b"ECHO", b'\x00\xff\n"\\qxzz']),
    (rb"ECHO 'it\'s \n'", [b"ECHO", b"it's \\n"]),
    (b'ECHO a"b c"', [b"ECHO", b"ab c"]),
    (b"", []),
    (b'SET k ""', [b"SET", b"k", b""]),
]

needs_redis_cli = pytest.mark.skipif(shutil.which("redis-cli") is None, reason="redis-cli is not installed")


@pytest.mark.parametrize(("reply", "text"), REPLIES)
def test_reply_is_printed_as_redis_cli_prints_it(reply: bytes, text: str) -> None:
    assert redis_cli.format_reply(resp.parse(reply)) == text


@pytest.mark.parametrize(("line", "arguments"), LINES)
def test_line_is_split_as_redis_cli_splits_it(line: bytes, arguments: list[bytes]) -> None:
    assert split_words(line) == arguments


@pytest.mark.parametrize("line", [b'SET "k', b"SET 'k", b'SET "k"v', b"SET 'k'v"])
def test_unbalanced_quotes_are_refused(line: bytes) -> None:
    assert split_words(line) is None


@given(st.binary())
def test_quoted_bytes_are_read_back(value: bytes) -> None:
    assert split_words(escapes.quote(value).encode()) == [value]


@given(st.binary())
def test_a_field_is_read_back(value: bytes) -> None:
    assert escapes.read_argument(escapes.argument(value)) == value


@given(st.text().map(str.encode))
def test_a_field_of_text_is_read_back(value: bytes) -> None:
    assert escapes.read_argument(escapes.argument(value)) == value


def test_nesting_exhausts_no_stack() -> None:
    depth = 20_000
    node = resp.parse(b"*1\r\n" * depth + b":1\r\n")
    assert redis_cli.format_reply(node) == "1) " * depth + "(integer) 1"


@needs_redis_cli
@pytest.mark.oracle
@pytest.mark.parametrize(("reply", "text"), REPLIES)
def test_redis_cli_itself_prints_so(reply: bytes, text: str) -> None:
    assert ask_redis_cli(reply, b"QUESTION") == text.encode()


@needs_redis_cli
@pytest.mark.oracle
@pytest.mark.parametrize(("line", "arguments"), [row for row in LINES if row[1]])
def test_redis_cli_itself_splits_so(line: bytes, arguments: list[bytes]) -> None:
    asked: list[bytes] = []
    ask_redis_cli(b"+OK\r\n", line, asked)
    wanted = b"*%d\r\n" % len(arguments) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in arguments)
    assert wanted in b"".join(asked)


def ask_redis_cli(reply: bytes, line: bytes, asked: list[bytes] | None = None) -> bytes:
    """What redis-cli prints when a server answers `reply` to the command `line`; what it sent goes to `asked`."""

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            while request := connection.recv(65536):
                if asked is not None:
                    asked.append(request)
                connection.sendall(b"*0\r\n" if request.startswith(b"*2\r\n$7\r\nCOMMAND") else reply)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        port = str(listener.getsockname()[1])
        done = subprocess.run(
            ["redis-cli", "--no-raw", "-p", port], input=line + b"\n", capture_output=True, timeout=10, check=True
        )
    return done.stdout.removesuffix(b"\n")
