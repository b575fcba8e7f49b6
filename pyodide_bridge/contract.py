"""Every message between the page and Python, once.

Text crosses and nothing else: a request and its answer are JSON objects whose `type` names one of these classes. The
page's TypeScript declarations are generated from this file (`make contract`), and a test holds them fresh.

Bytes are text in one of two forms (escapes.py). A *field* is what a person types or reads in one cell: plain text
stands for itself, and a field in double quotes is read with redis-cli's escapes. A *line* is a whole command as
redis-cli reads it. Times are Unix milliseconds unless they say seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# What the messages are made of


@dataclass(frozen=True, slots=True)
class Recreation:
    """How one key is made again: `lines` of commands, or none when the key is gone."""

    database: int
    key: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a text, and on which of its lines (from 1); `line` is null where there is none."""

    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class ReplyNode:
    """One value within a reply, outermost first; `depth` counts from 0.

    `label` tells its place in the aggregate around it. `text` is how redis-cli would print it alone, `resp` its bytes
    on the wire, or those of its header, as one field.
    """

    depth: int
    kind: str
    label: str
    text: str
    resp: str
    count: int


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A reply: as redis-cli prints it, and value by value. `bytes` is its length on the wire.

    A long reply is cut: `nodes` holds its beginning, and `omitted` says how many values are left out.
    """

    text: str
    is_error: bool
    bytes: int
    nodes: list[ReplyNode]
    omitted: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """What the script wrote with redis.log: `level` is 0 debug, 1 verbose, 2 notice, 3 warning."""

    level: int
    message: str
    line: int | None


@dataclass(frozen=True, slots=True)
class CommandTrace:
    """One Redis command the script issued. `command` is a line; `reply` is what redis-cli would print, cut when long.

    `milliseconds` counts from the command before, or from the script's beginning. `keys` are those it names.
    """

    line: int | None
    command: str
    reply: str
    is_error: bool
    is_write: bool
    keys: list[str]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class KeyAccess:
    """What the script did to one key, over all its commands. `slot` is its cluster hash slot."""

    key: str
    declared: bool
    reads: int
    writes: int
    slot: int


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the script's result that its reply does not carry: where (`[2][1]`), what it was, what was sent."""

    path: str
    before: str
    after: str
    message: str


@dataclass(frozen=True, slots=True)
class ElementChange:
    """An element of a key before and after; null where it was, or is, not there."""

    element: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class KeyChange:
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


@dataclass(frozen=True, slots=True)
class KeySummary:
    """One key in the browser; `size` counts elements, of a string bytes."""

    key: str
    kind: str
    encoding: str
    size: int
    expiry: int | None


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace the text between two offsets; offsets count UTF-16 units, as JavaScript does."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something the linter found between two offsets of the script. `fix_title` is empty where it offers no fix."""

    rule: str
    severity: Literal["error", "warning", "info"]
    message: str
    start: int
    end: int
    line: int
    fix_title: str
    fix_edits: list[TextEdit]


@dataclass(frozen=True, slots=True)
class RuleReference:
    """A rule of the linter: why it speaks, and its page with an example."""

    name: str
    reason: str
    documentation: str


@dataclass(frozen=True, slots=True)
class CommandReference:
    """A Redis command as its documentation describes it; `allowed` says whether scripts may call it."""

    name: str
    syntax: str
    summary: str
    since: str
    group: str
    complexity: str
    allowed: bool
    writes: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """The call of the page in one form of export. `text` is empty where that form cannot carry it; `note` says why."""

    form: str
    title: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class DebugValue:
    """A Lua value of a script that is debugged. `token` names it to DebugExpand; null when there is no more to see.

    `size` counts the bytes of a string, the entries of a table.
    """

    kind: str
    text: str
    token: str | None
    size: int | None


@dataclass(frozen=True, slots=True)
class DebugVariable:
    """A local, an upvalue, or an entry of a table: then the name is its key, as text."""

    name: str
    value: DebugValue


@dataclass(frozen=True, slots=True)
class DebugFrame:
    """One level of the call stack; `line` is null for a function that is not Lua's."""

    function: str
    line: int | None
    locals: list[DebugVariable]
    upvalues: list[DebugVariable]


@dataclass(frozen=True, slots=True)
class KeyspaceState:
    """The keyspace after a request: how many keys, how the changed ones are made again, and what can be taken back.

    `undoable` names the acts that Undo takes back, the last one last.
    """

    keys: int
    recreations: list[Recreation]
    undoable: list[str]


# Requests and their answers


@dataclass(frozen=True, slots=True)
class Hello:
    """Who are you? The first request, sent when the worker has loaded."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """Answers Hello."""

    engine_version: str
    redis_version: str
    python_version: str


@dataclass(frozen=True, slots=True)
class Run:
    """Run a script. `keys` and `argv` are fields, `fixture` lines.

    `fresh`: begin with an empty keyspace and the fixture, rather than with the keyspace as it is. `dry`: take every
    change back at the end. `clock` holds the server's clock at so many seconds, null lets it go; `seed` feeds the
    server's random choices. Whatever interrupts the run, the keyspace is then as it was before.
    """

    script: str
    keys: list[str]
    argv: list[str]
    fixture: str = ""
    fresh: bool = True
    dry: bool = False
    mode: Literal["EVAL", "EVAL_RO", "EVALSHA"] = "EVAL"
    protocol: Literal[2, 3] = 2
    clock: float | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """Answers Run. `outcome`: "ok"; "error", an error reply; "fixture", that failed and nothing ran; "interrupted".

    `problem` is where the error is in the script, or in the fixture. `now` is the server's clock.
    """

    outcome: Literal["ok", "error", "fixture", "interrupted"]
    reply: ReplyView | None
    problem: Problem | None
    changes: list[KeyChange]
    log: list[LogLine]
    trace: list[CommandTrace]
    trace_omitted: int
    accesses: list[KeyAccess]
    losses: list[Loss]
    milliseconds: float
    sha1: str
    now: int
    keyspace: KeyspaceState


@dataclass(frozen=True, slots=True)
class Console:
    """A line typed at the console's prompt."""

    line: str
    protocol: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class ConsoleReply:
    """Answers Console: what redis-cli prints, and its next prompt."""

    text: str
    is_error: bool
    prompt: str
    keyspace: KeyspaceState


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last act that changed the keyspace: a run, the fixture before it, a console command, a load."""


@dataclass(frozen=True, slots=True)
class Undone:
    """Answers Undo; `what` names what was taken back, and is empty when there was nothing."""

    what: str
    keyspace: KeyspaceState


@dataclass(frozen=True, slots=True)
class Load:
    """Carry out `lines` of commands; `fresh` empties the keyspace first. On a problem everything is as it was."""

    lines: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """Answers Load."""

    problem: Problem | None
    keyspace: KeyspaceState


@dataclass(frozen=True, slots=True)
class Browse:
    """Keys of a database, sorted, from `offset` on: whose name contains `search`, and of the type `kind` unless ""."""

    database: int
    search: str
    kind: str
    offset: int
    limit: int


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Answers Browse. `total` counts the keys found; `databases` lists those that hold keys."""

    total: int
    rows: list[KeySummary]
    databases: list[int]
    now: int


@dataclass(frozen=True, slots=True)
class Inspect:
    """The content of one key (a field), from element `offset` on."""

    database: int
    key: str
    offset: int
    limit: int


@dataclass(frozen=True, slots=True)
class KeyContent:
    """Answers Inspect. `summary` is null when there is no such key; `rows` have the fields `columns` names."""

    summary: KeySummary | None
    columns: list[str]
    rows: list[list[str]]
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Lint:
    """What is wrong with a script, without running it."""

    script: str


@dataclass(frozen=True, slots=True)
class Linted:
    """Answers Lint, in the order of the script."""

    diagnostics: list[Diagnostic]


@dataclass(frozen=True, slots=True)
class Reference:
    """What the editor can explain: asked once."""


@dataclass(frozen=True, slots=True)
class ReferenceBook:
    """Answers Reference."""

    commands: list[CommandReference]
    rules: list[RuleReference]


@dataclass(frozen=True, slots=True)
class RunTest:
    """Run a script on a keyspace of its own and compare what it does with what is expected.

    `reply` is the text redis-cli prints, `keyspace` lines that make the keyspace expected afterwards; null where
    nothing is expected. Without a `clock` the computer's is taken; without a `seed` it is 0.
    """

    script: str
    keys: list[str]
    argv: list[str]
    fixture: str
    reply: str | None = None
    keyspace: str | None = None
    mode: Literal["EVAL", "EVAL_RO", "EVALSHA"] = "EVAL"
    protocol: Literal[2, 3] = 2
    clock: float | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class TestRan:
    """Answers RunTest. `outcome` besides passed and failed: what stopped it, the fixture or the lines expected.

    `reply` and `keyspace` are what came, in the form a test expects them. In `differences` the side before is what was
    expected. `problem` is where the fixture, or the expected keyspace, failed.
    """

    outcome: Literal["passed", "failed", "fixture", "expectation", "interrupted"]
    reply: str
    reply_matches: bool
    differences: list[KeyChange]
    omitted: int
    keyspace: str
    problem: Problem | None
    clock: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Export:
    """The call of a script as text for elsewhere. `keys` and `argv` are fields; `name` is what it is called."""

    script: str
    keys: list[str]
    argv: list[str]
    name: str
    mode: Literal["EVAL", "EVAL_RO", "EVALSHA"] = "EVAL"
    protocol: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class Exported:
    """Answers Export: every form in order; `file_name` is what they call the file of the script."""

    snippets: list[Snippet]
    file_name: str


@dataclass(frozen=True, slots=True)
class Debug:
    """Debug a script; its fields are those of Run. It is recorded to its end, and shown at its beginning.

    One script is debugged at a time. Until DebugEnd the keyspace is as at the moment shown; whatever else would change
    it (Run, Console, Undo, Load) ends the session first, and takes back what the script did.
    """

    script: str
    keys: list[str]
    argv: list[str]
    fixture: str = ""
    fresh: bool = True
    mode: Literal["EVAL", "EVAL_RO", "EVALSHA"] = "EVAL"
    protocol: Literal[2, 3] = 2
    clock: float | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class DebugMove:
    """Go elsewhere. `line`, `over` and `out` step to another line; `line back` undoes `line`; `run` goes on to the next
    of the lines `breakpoints`, or to the end; `moment` goes to the moment `moment`, or the nearest there is."""

    how: Literal["line", "over", "out", "line back", "run", "moment"]
    breakpoints: list[int]
    moment: int


@dataclass(frozen=True, slots=True)
class DebugMoment:
    """Answers Debug and DebugMove: the script between two of its steps.

    `outcome`: "open"; or "fixture" or "error" when nothing could be debugged, and `problem` tells why. Moments count
    from 1 to `last`; `complete` tells whether the script ends there, or merely the recording. `finished`: it has ended
    here, and `reply` is its reply. `commands`, `changes` and `log` are those so far, the last commands only;
    `command_moments` are those after the first commands of the whole run. `frames` are the innermost of `depth`.
    """

    outcome: Literal["open", "fixture", "error"]
    problem: Problem | None
    moment: int
    last: int
    complete: bool
    finished: bool
    line: int | None
    depth: int
    frames: list[DebugFrame]
    commands: list[CommandTrace]
    commands_omitted: int
    command_moments: list[int]
    changes: list[KeyChange]
    log: list[LogLine]
    reply: ReplyView | None
    now: int
    keys: int


@dataclass(frozen=True, slots=True)
class DebugExpand:
    """What is inside the value `token`, from entry (of a string: byte) `offset` on."""

    token: str
    offset: int


@dataclass(frozen=True, slots=True)
class DebugContent:
    """Answers DebugExpand; `more` tells whether there are entries behind these."""

    entries: list[DebugVariable]
    more: bool


@dataclass(frozen=True, slots=True)
class DebugEnd:
    """End the session. Where the script has finished, what it did is kept; elsewhere all is taken back."""


@dataclass(frozen=True, slots=True)
class DebugEnded:
    """Answers DebugEnd."""

    kept: bool
    keyspace: KeyspaceState


@dataclass(frozen=True, slots=True)
class Failure:
    """The request could not be understood or carried out; `message` is for the person at the page."""

    message: str


REQUESTS: dict[type, type] = {
    Hello: Welcome,
    Run: Ran,
    Console: ConsoleReply,
    Undo: Undone,
    Load: Loaded,
    Browse: KeyPage,
    Inspect: KeyContent,
    Lint: Linted,
    Reference: ReferenceBook,
    RunTest: TestRan,
    Export: Exported,
    Debug: DebugMoment,
    DebugMove: DebugMoment,
    DebugExpand: DebugContent,
    DebugEnd: DebugEnded,
}
"""Each request and what answers it, unless a Failure does."""


def messages() -> list[type]:
    """Every dataclass of the contract, in the order they are written."""
    return [item for item in globals().values() if isinstance(item, type) and hasattr(item, "__dataclass_fields__")]
