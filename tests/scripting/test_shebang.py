"""Shebang lines and library metadata, as redis-server 7.0.15 reads them."""

from __future__ import annotations

import pytest

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.scripting.flags import ScriptFlag
from ferrous_vm.scripting.shebang import BAD_NAME, library_header, script_header

ACCEPTED_SCRIPTS = {
    b"return 1": (ScriptFlag.EVAL_COMPAT_MODE, b"return 1"),
    b"#!lua\nreturn 1": (ScriptFlag.NONE, b"\nreturn 1"),
    b"#!lua flags=\nreturn 1": (ScriptFlag.NONE, b"\nreturn 1"),
    b"#!lua flags=no-writes,allow-stale\nx": (ScriptFlag.NO_WRITES | ScriptFlag.ALLOW_STALE, b"\nx"),
    b"#!lua  flags=no-writes\t\nx": (ScriptFlag.NO_WRITES, b"\nx"),
    b"#!lua 'flags=allow-oom'\nx": (ScriptFlag.ALLOW_OOM, b"\nx"),
    b'#!lua flags="no-cluster"\nx': (ScriptFlag.NO_CLUSTER, b"\nx"),
    b"#!lua flags=allow-cross-slot-keys\r\nx": (ScriptFlag.ALLOW_CROSS_SLOT, b"\nx"),
    b"#!lua flags=no-writes flags=allow-oom\nx": (ScriptFlag.NO_WRITES | ScriptFlag.ALLOW_OOM, b"\nx"),
}


@pytest.mark.parametrize("source", ACCEPTED_SCRIPTS)
def test_script_shebang(source: bytes) -> None:
    assert script_header(source) == ACCEPTED_SCRIPTS[source]


REFUSED_SCRIPTS = {
    b"#!lua": b"ERR Invalid script shebang",
    b"#!lua\0\nreturn 1": b"ERR Invalid script shebang",
    b'#!lua "x\nreturn 1': b"ERR Invalid engine in script shebang",
    b"#!js\nreturn 1": b"ERR Unexpected engine in script shebang: #!js",
    b"#!\nreturn 1": b"ERR Unexpected engine in script shebang: #!",
    b"#!LUA\nreturn 1": b"ERR Unexpected engine in script shebang: #!LUA",
    b"#!lua name=x\nreturn 1": b"ERR Unknown lua shebang option: name=x",
    b"#!lua flags=bad\nreturn 1": b"ERR Unexpected flag in script shebang: bad",
    b"#!lua flags=No-Writes\nreturn 1": b"ERR Unexpected flag in script shebang: No-Writes",
    b"#!lua flags=no-writes,\nreturn 1": b"ERR Unexpected flag in script shebang: ",
    b"#!lua flags=,\nreturn 1": b"ERR Unexpected flag in script shebang: ",
}


@pytest.mark.parametrize("source", REFUSED_SCRIPTS)
def test_refused_script_shebang(source: bytes) -> None:
    with pytest.raises(CommandError) as caught:
        script_header(source)
    assert caught.value.message == REFUSED_SCRIPTS[source]


def test_library_metadata() -> None:
    assert library_header(b"#!lua name=mylib\nreturn 1") == (b"mylib", b"\nreturn 1")
    assert library_header(b"#!LUA NAME=a_1\nx") == (b"a_1", b"\nx")


REFUSED_LIBRARIES = {
    b"x": b"ERR Missing library metadata",
    b"#!lua name=a": b"ERR Invalid library metadata",
    b"#!lua name='q\nx": b"ERR Invalid library metadata",
    b"#!lua\nx": b"ERR Library name was not given",
    b"#!\nx": b"ERR Library name was not given",
    b"#!js\nx": b"ERR Library name was not given",
    b"#!lua name=a name=b\nx": b"ERR Invalid metadata value, name argument was given multiple times",
    b"#!js x=y\nx": b"ERR Invalid metadata value given: x=y",
    b"#!lua name=a-b\nx": BAD_NAME % b"Library",
    b"#!lua name=\nx": BAD_NAME % b"Library",
    b"#!js name=\nx": BAD_NAME % b"Library",
    b"#!js name=a\nx": b"ERR Engine 'js' not found",
    b"#! name=x\nx": b"ERR Engine '' not found",
}


@pytest.mark.parametrize("source", REFUSED_LIBRARIES)
def test_refused_library_metadata(source: bytes) -> None:
    with pytest.raises(CommandError) as caught:
        library_header(source)
    assert caught.value.message == REFUSED_LIBRARIES[source]


SPLIT: dict[bytes, list[bytes] | None] = {
    b"": [],
    b"  set\tk  v ": [b"set", b"k", b"v"],
    b'set k "a b\\x41\\n\\q\\\\"': [b"set", b"k", b"a bA\nq\\"],
    b"set 'it\\'s' '\\n'": [b"set", b"it's", b"\\n"],
    b'a"b c"': [b"ab c"],
    b'""': [b""],
    b'"a"b': None,
    b'"a': None,
    b"'a": None,
    b"a\0b": [b"a"],
    b"a\vb": [b"a\vb"],
    b'"\\x4"': [b"x4"],
}


@pytest.mark.parametrize("line", SPLIT)
def test_words(line: bytes) -> None:
    assert split_words(line) == SPLIT[line]
