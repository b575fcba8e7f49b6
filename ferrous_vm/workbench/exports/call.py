"""What is exported: a script and its arguments, and the names that programs give it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.workbench.calls import Call
from ferrous_vm.workbench.records.exporting import ExportedTest

_WORDS = re.compile(r"[A-Za-z0-9]+")
_SHEBANG_FLAGS = re.compile(rb"#!lua[ \t]+flags=([a-z,-]*)[ \t\r]*")


class NamedCall(Call):
    """A call, what the person at the page called it, and the tests of its script."""

    name: str = "script"
    tests: Sequence[ExportedTest] = ()
    profile: Profile = REDIS_7_0_15
    """The server that the tests were made on."""

    @property
    def snake_name(self) -> str:
        """`Release a lock` as `release_a_lock`: for Redis functions, Python and files."""
        name = "_".join(word.lower() for word in _WORDS.findall(self.name)) or "script"
        return name if name[0].isalpha() else f"script_{name}"

    @property
    def camel_name(self) -> str:
        """`Release a lock` as `releaseALock`: for JavaScript, Go, Java and PHP."""
        first, *others = self.snake_name.split("_")
        return first + "".join(word.capitalize() for word in others)

    @property
    def pascal_name(self) -> str:
        """`Release a lock` as `ReleaseALock`: for classes of Java and C#."""
        return self.camel_name[0].upper() + self.camel_name[1:]

    @property
    def body(self) -> bytes:
        """The script without its shebang line; the line end stays."""
        return self.script[len(self.script.partition(b"\n")[0]) :] if self.script.startswith(b"#!") else self.script

    @property
    def flags(self) -> list[str] | None:
        """The flags of the shebang; None where there is none, and Redis finds out what the script does."""
        found = _SHEBANG_FLAGS.match(self.script)
        if not found:
            return [] if self.script.startswith(b"#!") else None
        return found[1].decode().split(",") if found[1] else []


class Unavailable(ValueError):
    """A form cannot carry the call; the message says why, and what to use instead."""


def readable(value: bytes) -> str | None:
    """`value` as text that a source file and the clipboard keep as it is, tabs and line feeds among it; else None."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(character.isprintable() or character in "\n\t" for character in text) else None


def single_quoted(text: str) -> str:
    """`text` between single quotes, in which PHP and Ruby read no escapes but those of the two characters."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def escaped(value: bytes, special: bytes) -> str:
    r"""`value` in printable ASCII as in C: a backslash before the `special` characters, \xNN for what is none."""
    return "".join(f"\\{chr(byte)}" if byte in special else _visible(byte) for byte in value)


def _visible(byte: int) -> str:
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}"
