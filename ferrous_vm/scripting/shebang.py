"""The first line of a script or library: `#!lua flags=no-writes` and `#!lua name=mylib`.

In: the source. Out: flags and the part to compile, or library metadata; raises CommandError with Redis's sentence
(`evalExtractShebangFlags`, eval.c; `functionExtractLibMetaData`, functions.c).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.scripting.flags import FLAG_NAMES, ScriptFlag

_NAME: Final = re.compile(rb"[a-zA-Z0-9_]+").fullmatch

_LIBRARY: Final = re.compile(rb"#!\S*[ \t]+(?:.*[ \t])?name=", re.IGNORECASE).match

BAD_NAME: Final = (
    b"ERR %b names can only contain letters, numbers, or underscores(_) and must be at least one character long"
)
"""Redis says "Library names" of functions' names too."""


class ScriptHeader(NamedTuple):
    """What EVAL learns from a script before compiling it."""

    flags: ScriptFlag
    body: bytes
    """What to compile. After a shebang it begins with the line end, so that line numbers are the user's."""


class LibraryHeader(NamedTuple):
    """What FUNCTION LOAD learns from a library before compiling it."""

    name: bytes
    body: bytes


def is_library(source: bytes) -> bool:
    """Whether somebody means a library of functions by this, for its first line gives it a name; the page's
    `web/src/modes.js` says the same."""
    return _LIBRARY(source) is not None


def script_header(source: bytes, profile: Profile = REDIS_7_0_15) -> ScriptHeader:
    """The flags and body of an EVAL script, as the server reads it. Raises CommandError for a shebang it refuses."""
    if not source.startswith(b"#!") or not profile.reads_shebangs:
        return ScriptHeader(ScriptFlag.EVAL_COMPAT_MODE, source)
    shebang = _first_line(source)
    if shebang is None:
        raise CommandError(b"ERR Invalid script shebang")
    words = split_words(shebang)
    if not words:
        raise CommandError(b"ERR Invalid engine in script shebang")
    if profile.finds_engines:
        words = _with_engine_apart(words)
    if words[0] != b"#!lua":
        raise CommandError(b"ERR Unexpected engine in script shebang: " + words[0])
    flags = ScriptFlag.NONE
    for word in words[1:]:
        if not word.startswith(b"flags="):
            raise CommandError(b"ERR Unknown lua shebang option: " + word)
        listed = word[len(b"flags=") :]
        for name in listed.split(b",") if listed else ():
            if name not in FLAG_NAMES:
                raise CommandError(b"ERR Unexpected flag in script shebang: " + name)
            flags |= FLAG_NAMES[name]
    return ScriptHeader(flags, source[len(shebang) :])


def _with_engine_apart(words: list[bytes]) -> list[bytes]:
    """The words of a shebang that names an engine in any case, `#! lua` one without a name, which is Lua's if an option
    follows. Raises CommandError for an engine that is not Lua."""
    engine = words[0][2:]
    if engine.lower() != b"lua" and (engine or len(words) == 1):
        raise CommandError(b"ERR Could not find scripting engine '%b'" % engine)
    return [b"#!lua", *words[1:]]


def library_header(source: bytes) -> LibraryHeader:
    """The name and body of a FUNCTION library. Raises CommandError for metadata Redis refuses."""
    if not source.startswith(b"#!"):
        raise CommandError(b"ERR Missing library metadata")
    shebang = _first_line(source)
    words = split_words(shebang) if shebang is not None else None
    if not words or shebang is None:
        raise CommandError(b"ERR Invalid library metadata")
    engine = words[0][2:]
    name: bytes | None = None
    for word in words[1:]:
        if word[:5].lower() != b"name=":
            raise CommandError(b"ERR Invalid metadata value given: " + word)
        if name is not None:
            raise CommandError(b"ERR Invalid metadata value, name argument was given multiple times")
        name = word[5:]
    if name is None:
        raise CommandError(b"ERR Library name was not given")
    check_name(name)
    if engine.lower() != b"lua":
        raise CommandError(b"ERR Engine '%b' not found" % engine)
    return LibraryHeader(name, source[len(shebang) :])


def body_of(source: bytes) -> bytes:
    """What is compiled of a script or a library, whatever its shebang says."""
    shebang = _first_line(source) if source.startswith(b"#!") else b""
    return source[len(shebang or b"") :]


def check_name(name: bytes, said_of: bytes = b"Library") -> None:
    """Raise CommandError unless `name` may name a library or a function (`functionsVerifyName`)."""
    if _NAME(name) is None:
        raise CommandError(BAD_NAME % said_of)


def _first_line(source: bytes) -> bytes | None:
    """The first line without its end, or None if it has none before a NUL (`strchr`)."""
    line, end, _ = source.partition(b"\n")
    return line if end and b"\0" not in line else None
