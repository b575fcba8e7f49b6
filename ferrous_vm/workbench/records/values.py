"""A value looked at closely, and changed where it is seen."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.keyspace import KeyspaceState


class Look(Record):
    """What the bytes of one value may mean.

    Of the last reply the value with the number `place`, the whole of it being 0; or of `key` (a field) the element with
    the number `place`, counted as Inspect without a search counts them.
    """

    of: Literal["reply", "key"]
    place: int
    database: int = 0
    key: str = ""


class ValueForm(Record):
    """A value as text of one kind, cut where it is too long: `omitted` characters of it are left out."""

    name: Literal["Text", "JSON", "MessagePack", "Hex"]
    text: str
    omitted: int


class Looked(Record):
    """Answers Look: the forms that make sense of the value, the one that says most first. None where there is no such
    value."""

    forms: list[ValueForm]


class EditKey(Record):
    """Change a key where it is seen, as one act that Undo takes back. `key`, `element` and `value` are fields.

    create: a key of the type `kind` with one element. add, set, remove: an element, which `element` names: a field, a
    member, the index of a list, an identifier of a stream. `renamed` is what a field or member is called from now on,
    null for as before. expire: `value` milliseconds from now, "" for never. rename: to `value`, which is no key yet.
    """

    database: int
    key: str
    how: Literal["create", "add", "set", "remove", "expire", "delete", "rename"]
    kind: str = ""
    element: str = ""
    value: str = ""
    renamed: str | None = None


class KeyEdited(Record):
    """Answers EditKey; with a `problem` (a sentence of Redis, as a rule) everything is as it was."""

    problem: str
    keyspace: KeyspaceState


ANSWERS: dict[type, type] = {Look: Looked, EditKey: KeyEdited}
