"""The debugger: one recorded script, walked both ways, and the Lua values seen at each moment."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record, field
from ferrous_vm.workbench.records.calling import ScriptRun
from ferrous_vm.workbench.records.keyspace import ChangeCounts, KeyChange, KeyspaceState
from ferrous_vm.workbench.records.problems import Problem
from ferrous_vm.workbench.records.replies import ReplyView
from ferrous_vm.workbench.records.running import CommandTrace, ErrorExplanation, LogLine, StackLevel


class DebugValue(Record):
    """A Lua value of a script that is debugged. `token` names it to DebugExpand; null when there is no more to see.

    `size` counts the bytes of a string, the entries of a table.
    """

    kind: str
    text: str
    token: str | None
    size: int | None


class DebugVariable(Record):
    """A local, an upvalue, or an entry of a table: then the name is its key, as text.

    `changed`: it is not what it was at the moment shown before.
    """

    name: str
    value: DebugValue
    changed: bool = False


class DebugFrame(Record):
    """One level of the call stack; `line` is null for a function that is not Lua's, or of another text than the script,
    `varargs` what `...` is."""

    function: str
    line: int | None
    locals: list[DebugVariable]
    upvalues: list[DebugVariable]
    varargs: list[DebugVariable]


class Debug(ScriptRun):
    """Debug a script. It is recorded, to its end or as far as limits and Stop let it, and shown at its beginning: after
    `patience` seconds at the latest, and the recording pauses; null: when it is at its end.

    One script is debugged at a time. Until DebugEnd the keyspace is as at the moment shown; whatever else would change
    it (Run, Undo, Load) ends the session first, and takes back what the script did. Console works on the keyspace of
    that moment: what writes begins a new recording there, and what no script could issue is refused.

    `again`: record the last run once more, from where it began, if it is that of this call and nothing but it has
    changed the keyspace since: all it does is taken back at the end. Otherwise `note` says which run it is.
    """

    patience: float | None = None
    again: bool = False


class LineBreakpoint(Record):
    """A script stops where it begins `line`: if a `condition`, which is a Lua expression, holds there, and from the
    `hits`th time on that it does (0: always). With a `log` it does not stop, but that text is told, what stands between
    { and } being Lua expressions. One that fails is told, and there it stops."""

    line: int
    condition: str = ""
    hits: int = 0
    log: str = ""


class KeyBreakpoint(Record):
    """A script stops before each command that does that with `key`: read it, change it, or find it expired."""

    key: str
    on: Literal["read", "written", "expired", "touched"]


class ChangeBreakpoint(Record):
    """A script stops where the value of `expression` is another than at the line before, in the function that is
    defined on line `function` (0: the script itself; -1: wherever it can be evaluated)."""

    expression: str
    function: int


class Breakpoints(Record):
    """Where a script that is debugged stops. `errors`: before each step that raises one, or one that nobody catches."""

    lines: list[LineBreakpoint] = field(factory=list)
    keys: list[KeyBreakpoint] = field(factory=list)
    changes: list[ChangeBreakpoint] = field(factory=list)
    errors: Literal["none", "uncaught", "all"] = "none"


class DebugHits(Record):
    """All that breakpoints meet in a recorded script: evaluated there, and taken back. And where the script stops by
    itself, with redis.breakpoint(), and what it shows its debugger, with redis.debug(...)."""

    breakpoints: Breakpoints


class DebugHit(Record):
    """One of them: the moment, the line that comes next, and what is to be said: the text of a log or of redis.debug,
    or why it stops."""

    moment: int
    line: int | None
    text: str
    is_log: bool
    is_error: bool


class DebugHitList(Record):
    """Answers DebugHits: the first of them, and how many there are. `is_whole`: all places were looked at. If the
    search was interrupted, it is gone on with when this is asked again."""

    hits: list[DebugHit]
    count: int
    is_whole: bool
    is_interrupted: bool


Lane = Literal["commands", "errors", "log", "breakpoints", "writes"]
"""What ticks of the timeline stand for; "writes" are the commands that change one key."""


class DebugMove(Record):
    """Go elsewhere, forwards or `backwards`. `into` goes to the next place where Lua begins a line; `over` to the next
    of this function or its callers, `out` of its callers, `same line` of this line; `continue` to the next of
    the `breakpoints`, at which the others stop too. Where there is none, it is the end, or the beginning.
    `moment` goes to the moment `moment`, or the nearest there is, `command` to where the command of that number is
    about to be issued, `log` to where the log's line of that number is about to be written, and `error` to where the
    last error is about to be raised. `tick` goes to the next of the ticks of `lane`, those of `key` where it is
    "writes"; with a `moment` to the one that is nearest to it. Interrupted, it is a moment on the way.

    `record` stays where it is, and goes on with a recording that pauses: for `moment` milliseconds, after which it
    pauses again, as it does where it is interrupted. Others go on with it where they may lead beyond what is recorded.

    `known` is the `number` of the last answer, if nothing that was told in this session has been forgotten since: what
    it told is not told again. 0 asks for all.
    """

    how: Literal["into", "over", "out", "same line", "continue", "moment", "command", "log", "error", "tick", "record"]
    backwards: bool
    breakpoints: Breakpoints
    moment: int
    known: int = 0
    lane: Lane = "commands"
    key: str = ""


class DebugTimeline(Record):
    """When what happened in a recorded script, between the moments `first` and `last`: counted in so many `buckets`.
    `key` is the one whose writes are counted."""

    first: int
    last: int
    buckets: int
    key: str
    breakpoints: Breakpoints


class DebugLane(Record):
    """One kind of what happens, each a tick at the moment before it: `count` in all of the recording, `counts` for each
    bucket. `is_whole`: not all places could be looked at."""

    name: Lane
    count: int
    counts: list[int]
    is_whole: bool


class DebugTimelineShown(Record):
    """Answers DebugTimeline. The moments from `first` to `last` are divided evenly: one that is n after `first` is in
    the bucket n * buckets // (last - first + 1). There are no more buckets than moments. `keys` are those that commands
    of the script change, the most often changed first; `key` the one that was asked about, or the first of them where
    no command changes it."""

    first: int
    last: int
    lanes: list[DebugLane]
    keys: list[str]
    key: str


class LastChange(Record):
    """What the last command issued so far changed: its number, 0 for none; the first of `count` keys."""

    command: int
    changes: list[KeyChange]
    count: int


class DebugMoment(Record):
    """Answers Debug and DebugMove: the script between two of its steps. `number` counts the answers of a session.

    `outcome`: "open"; or "fixture" or "error" when nothing could be debugged, and `problem` tells why. Moments count
    from 1 to `last`; `ended` tells why there are no more: the script ended there, or the recording was as long as it
    may be, kept as much memory, was interrupted, or pauses there. `finished`: the script has ended here, and `reply` is
    its reply, `explanation` what an error in it means, and `stack` where the script raised that. `changes` and `log`
    are those so far, the first keys only; `changed` counts all of these. `commands_issued` commands were issued so far,
    of `commands_total` that were recorded; the last are shown, without the first `commands_omitted`. `frames` are the
    innermost of `depth`.

    `stopped` says which breakpoints it stands at, a call of redis.breakpoint() among them, or which tick of a lane.

    What was told before in the session is told again only if it is not `known`: of `commands` there are those alone
    that were not told, a change is null where the last answer had the same in its place, and so is the log as a whole,
    and `last_change`.

    `seed` is what the recording's random choices are fed with. `again`: it is the last run once more, and all it
    does is taken back. `note`: what is to be known of it besides, "" for nothing.
    """

    number: int
    outcome: Literal["open", "fixture", "error"]
    problem: Problem | None
    moment: int
    last: int
    ended: Literal["script", "moments", "time", "memory", "interrupt", "pause"]
    finished: bool
    line: int | None
    depth: int
    stopped: str
    frames: list[DebugFrame]
    commands: list[CommandTrace]
    commands_omitted: int
    commands_issued: int
    commands_total: int
    last_change: LastChange | None
    changes: list[KeyChange | None]
    changed: ChangeCounts
    log: list[LogLine] | None
    log_omitted: int
    reply: ReplyView | None
    explanation: ErrorExplanation | None
    stack: list[StackLevel]
    now: int
    keys: int
    seed: int
    again: bool
    note: str


class CodeLines(Record):
    """On which lines of a script a debugger may stop."""

    script: str


class LinesWithCode(Record):
    """Answers CodeLines: the lines that have code, in their order; none where the script does not compile."""

    lines: list[int]


class DebugExpand(Record):
    """What is inside the value `token`, from entry (of a string: byte) `offset` on."""

    token: str
    offset: int


class DebugContent(Record):
    """Answers DebugExpand; `more` tells whether there are entries behind these."""

    entries: list[DebugVariable]
    more: bool


class DebugEnd(Record):
    """End the session. Where the script has finished, what it did is kept, unless that is to be taken back; elsewhere
    all is taken back."""

    take_back: bool = False


class DebugEnded(Record):
    """Answers DebugEnd."""

    kept: bool
    keyspace: KeyspaceState


ANSWERS: dict[type, type] = {
    CodeLines: LinesWithCode,
    Debug: DebugMoment,
    DebugMove: DebugMoment,
    DebugHits: DebugHitList,
    DebugTimeline: DebugTimelineShown,
    DebugExpand: DebugContent,
    DebugEnd: DebugEnded,
}
