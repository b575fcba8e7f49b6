"""The keyspace: what changed, what is in it, and the acts that change it."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record, field
from ferrous_vm.workbench.records.problems import Problem


class Recreation(Record):
    """How one key is made again: `lines` of commands, or none when the key is gone.

    It crosses beside the answers, and the page does not look at it: web/src/worker/keeper.js does.
    """

    database: int
    key: str
    lines: list[str]


class DoneAct(Record):
    """Something that changed the keyspace: a run, the fixture before it, a console command, a load. No other act has
    its number, and it keeps it when it is taken back and done again."""

    number: int
    name: str


class KeyspaceState(Record):
    """The keyspace after a request: how many keys there are, how many of them changed, and what can be taken back.

    `undoable` are the acts that Undo takes back, `redoable` those that Redo does again, each with the next one last.
    `prompt` is the console's, empty while it reads messages, and `arrived` those it was sent meanwhile, as redis-cli
    prints them. `clock` is where the server's clock is held, in seconds, null while it goes; it stands at `now`, and
    the next key expires at `next_expiry`, both in milliseconds.
    """

    keys: int
    changed: int
    undoable: list[DoneAct]
    redoable: list[DoneAct]
    prompt: str
    arrived: str
    clock: float | None
    now: int
    next_expiry: int | None


class Difference(Record):
    """One place where two long values differ: the way to it in a structure (``.user.tags[2]``), or ``byte 512``. The
    sides are null where nothing stands there; `lead` and `tail` are the bytes around it."""

    place: str
    before: str | None
    after: str | None
    lead: str = ""
    tail: str = ""


class ElementChange(Record):
    """An element of a key before and after; null where it was, or is, not there.

    With a `form` both values are long: `before` and `after` are their sizes, `places` where they differ, as what they
    were taken for, and `more` says that there are others. JSON and MessagePack without a place differ in writing only.
    """

    element: str
    before: str | None
    after: str | None
    form: Literal["", "text", "binary", "JSON", "MessagePack"] = ""
    places: list[Difference] = field(factory=list)
    more: str = ""


class KeyChange(Record):
    """What a run did to one key. Types are null where the key did not exist, expiries where it does not expire.

    Only the first elements are listed; `omitted` says how many more changed.
    """

    database: int
    key: str
    type_before: str | None
    type_after: str | None
    expiry_before: int | None
    expiry_after: int | None
    elements: list[ElementChange]
    omitted: int


class ChangeCounts(Record):
    """Keys that changed, and how many of them are new or gone."""

    keys: int
    created: int
    deleted: int


class MoreChanges(Record):
    """More of what the last run changed, from key `offset` on, of those whose names hold `search`."""

    search: str
    offset: int


class ChangePart(Record):
    """Answers MoreChanges. `total` keys are meant, `omitted` of them come behind these. `is_gone`: the keyspace is no
    longer as the run left it, and nobody can tell."""

    changes: list[KeyChange]
    total: int
    omitted: int
    is_gone: bool


class KeySummary(Record):
    """One key in the browser; `size` counts elements, of a string bytes.

    Of the kind "namespace" it is the beginning that several keys share, up to a colon, and `size` counts the keys.
    """

    key: str
    kind: str
    encoding: str
    size: int
    expiry: int | None


class Undo(Record):
    """Take back the last act that changed the keyspace."""


class Undone(Record):
    """Answers Undo; `what` names what was taken back, and is empty when there was nothing."""

    what: str
    keyspace: KeyspaceState


class Redo(Record):
    """Do again the act that Undo took back last: what it did then, not what it would do now. A new act forgets it."""


class Redone(Record):
    """Answers Redo; `what` names what was done again, and is empty when there was nothing."""

    what: str
    keyspace: KeyspaceState


class SetClock(Record):
    """Hold the server's clock at so many seconds, or let it go (null): keys whose time has come then are gone. That is
    an act, while keys that expire as time goes by are nobody's."""

    clock: float | None


class ClockSet(Record):
    """Answers SetClock."""

    keyspace: KeyspaceState


class Load(Record):
    """Carry out `lines` of commands; `fresh` empties the keyspace first. On a problem everything is as it was.

    Without `undoable` this is how the keyspace begins: neither it nor what was before can be taken back.
    """

    lines: bytes
    fresh: bool
    undoable: bool = True


class Loaded(Record):
    """Answers Load."""

    problem: Problem | None
    keyspace: KeyspaceState


class Browse(Record):
    """Keys of a database, sorted, from `offset` on: whose name contains `search`, or matches it where it is a pattern
    like that of KEYS, and of the type `kind` unless "". With `in_values` also keys that hold the text, in an element or
    the name of one. With a `namespace` (a field; "" for the outermost) what stands directly within it: the namespaces,
    then the keys.
    """

    database: int
    search: str
    kind: str
    offset: int
    limit: int
    namespace: str | None = None
    in_values: bool = False


class KeyPage(Record):
    """Answers Browse. `total` counts the keys found; `databases` lists those that hold keys."""

    total: int
    rows: list[KeySummary]
    databases: list[int]
    now: int


class Inspect(Record):
    """The content of one key (a field), from element `offset` on of those that hold the text `search`."""

    database: int
    key: str
    offset: int
    limit: int
    search: str = ""


class KeyRow(Record):
    """An element: what `columns` names of it, and the number that Look knows it by. One that is not `whole` is cut."""

    fields: list[str]
    place: int
    whole: bool


class KeyContent(Record):
    """Answers Inspect. `summary` is null when there is no such key; `found` counts the elements that hold the text."""

    summary: KeySummary | None
    columns: list[str]
    rows: list[KeyRow]
    found: int
    lines: list[str]


class SaveRdb(Record):
    """The keyspace and the function libraries as an RDB file."""


class RdbFile(Record):
    """Answers SaveRdb."""

    content: bytes


class LoadRdb(Record):
    """Hold what the RDB file `content` holds, and nothing else. Loaded answers it."""

    content: bytes


class Compare(Record):
    """How the keyspace differs from the one that `lines` make."""

    lines: bytes


class Compared(Record):
    """Answers Compare; the side before is that of the lines. `omitted` counts the keys that are not listed.

    `problem` is where a line failed: then nothing was compared. `now` is the server's clock.
    """

    differences: list[KeyChange]
    omitted: int
    problem: Problem | None
    now: int


ANSWERS: dict[type, type] = {
    Undo: Undone,
    Redo: Redone,
    SetClock: ClockSet,
    Load: Loaded,
    Browse: KeyPage,
    Inspect: KeyContent,
    SaveRdb: RdbFile,
    LoadRdb: Loaded,
    Compare: Compared,
    MoreChanges: ChangePart,
}
