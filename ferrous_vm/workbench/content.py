"""What a stored value holds: its elements for the page, and the commands that make it again.

In: the value objects of `ferrous_vm.keyspace`. One reader a type, in one table; the diff, the browser and the export
all read through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import gmtime, strftime
from typing import Any, Final, NamedTuple

from ferrous_vm.keyspace.encodings import fixtures
from ferrous_vm.keyspace.types.stream_ids import GREATEST, id_text
from ferrous_vm.workbench.escapes import argument

_YEAR_10000 = 253_402_300_800
"""In Unix seconds."""

Element = tuple[bytes, bytes]
"""What names an element, and its value; for a type that has no values, or no names, that is empty."""


class Kind(NamedTuple):
    """How one type is read."""

    columns: tuple[str, ...]
    """The titles of an element's name and value; one title where an element is only one of the two."""
    elements: Callable[[Any], Iterable[Element]]


def type_name(value: Any) -> str:
    """What TYPE answers."""
    return "string" if isinstance(value, (int, bytes, bytearray)) else value.type_name.decode()


def encoding(database: Any, key: bytes) -> str:
    """What OBJECT ENCODING answers of a key of the database."""
    value = database.entries[key]
    if database.thresholds.profile.predecessor is not None:  # its rules are more, which the first reply does not need
        from ferrous_vm.keyspace.commands.object import encoding_name

        return encoding_name(database, key, value).decode()
    if isinstance(value, int):
        return "int"
    if isinstance(value, bytes):
        return "embstr" if len(value) <= 44 else "raw"
    name: bytes = value.encoding()
    return name.decode()


def size(value: Any) -> int:
    """Elements of a collection, bytes of a string."""
    return len(str(value)) if isinstance(value, int) else len(value)


def elements(value: Any) -> Iterable[Element]:
    """The elements in the order Redis shows them."""
    return KINDS[type_name(value)].elements(value)


def columns(value: Any) -> list[str]:
    """The titles of what `row` answers."""
    titles = list(KINDS[type_name(value)].columns)
    return [*titles, "expires"] if type(value).__name__ == "TimedHash" else titles


def row(value: Any, element: Element) -> list[str]:
    """One element as fields, as many as there are columns."""
    name, content = element
    titles = KINDS[type_name(value)].columns
    if type(value).__name__ == "TimedHash":
        end = ends(value).get(name)
        return [argument(name), argument(content), "" if end is None else instant(end)]
    return [argument(content)] if titles == ("value",) else [argument(name), argument(content)][: len(titles)]


def ends(value: Any) -> dict[bytes, int]:
    """The fields of a hash that have an end, in Unix milliseconds."""
    return value.timing.ends if type(value).__name__ == "TimedHash" else {}


def instant(milliseconds: int) -> str:
    """A Unix time in milliseconds as a date of ISO 8601; one far beyond its years as the number."""
    seconds, rest = divmod(milliseconds, 1000)
    if seconds >= _YEAR_10000:
        return str(milliseconds)
    return f"{strftime('%Y-%m-%dT%H:%M:%S', gmtime(seconds))}.{rest:03}Z"


def recreation(key: bytes, value: Any, expiry: int | None) -> list[str]:
    """The lines of commands that make `key` again. `expiry` is in Unix milliseconds."""
    return [line(command) for command in fixtures.recreation(key, value, expiry)]


def line(command: Iterable[bytes]) -> str:
    """A command as a line that redis-cli reads back."""
    return " ".join(map(word, command))


_QUOTED: Final = frozenset(" \"'\\")
"""Characters that stand in a word only where it is quoted."""


def word(value: bytes) -> str:
    """One argument of a line: bare where that is safe, else quoted."""
    text = argument(value)
    if text.startswith('"'):
        return text
    if text and _QUOTED.isdisjoint(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(value: Any) -> bytes:
    return b"%d" % value if isinstance(value, int) else bytes(value)


def _stream_elements(stream: Any) -> Iterable[Element]:
    return ((id_text(identifier), line(words).encode()) for identifier, words in stream.range(0, GREATEST))


KINDS: dict[str, Kind] = {
    "string": Kind(("value",), lambda s: [(b"", _text(s))]),
    "hash": Kind(("field", "value"), lambda h: h.fields.items()),
    "list": Kind(("index", "value"), lambda values: ((b"%d" % index, value) for index, value in enumerate(values))),
    "set": Kind(("member",), lambda s: ((member, b"") for member in s.members())),
    "zset": Kind(("member", "score"), lambda z: z.scored()),
    "stream": Kind(("identifier", "fields and values"), _stream_elements),
}
"""Every type of value there is."""
