"""Redis's line debugger over a `Client`: SCRIPT DEBUG YES or SYNC, EVAL, and then the commands of `redis-cli --ldb`.

    client.execute(b"SCRIPT", b"DEBUG", b"YES")
    client.execute(b"EVAL", script, b"0")       # [* Stopped at 1, ...]
    client.execute(b"s"), client.execute(b"print", b"x"), client.execute(b"back"), client.execute(b"who", b"key")

It answers as redis-server 7.0.15 does, but for this: the script is recorded when it begins, so it is walked both ways,
and `eval` and `redis` are tried on the moment and taken back. The session ends with the script; then its reply follows.
While a script is debugged others are told that the server is busy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

from ferrous_vm import engines
from ferrous_vm.errors import CommandError, EvaluationFailed, LuaSyntaxError, TracePoint
from ferrous_vm.keyspace.arguments.parsing import integer, keyword
from ferrous_vm.keyspace.command_table import arity_matches
from ferrous_vm.keyspace.replies import ErrorReply, Reply, Several, Status, encode
from ferrous_vm.keyspace.session import Session
from ferrous_vm.machine.evaluation import CHUNK_NAME
from ferrous_vm.machine.inspection import Level
from ferrous_vm.scripting import run
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.scripting.error_tables import placed_reply
from ferrous_vm.scripting.eval_commands import check_key_count
from ferrous_vm.scripting.host import SCRIPT_CHUNK, Scripting
from ferrous_vm.scripting.line_debugger_text import command_text, reply_text, value_text
from ferrous_vm.scripting.run import Issued
from ferrous_vm.values.natives import Value
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.origins import Asking
from ferrous_vm.workbench.records.origins import DebugOrigin

MOST_BREAKPOINTS: Final = 64
"""`LDB_BREAKPOINTS_MAX`."""

FIRST_LENGTH: Final = 256
LEAST_LENGTH: Final = 60
"""Bytes of values and replies that are shown at first, and at least (`LDB_MAX_LEN_DEFAULT`)."""

EVAL_CHUNK: Final = b"@ldb_eval"

END: Final = Status(b"<endsession>")
BUSY: Final = ErrorReply(b"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.")
NOT_BY_SHA: Final = ErrorReply(b"ERR Please use EVAL instead of EVALSHA for debugging")
MOST_WORDS: Final = 1024
LONGEST_WORD: Final = 1024
"""Words of what is typed, and bytes of each: more, or none, is a protocol error (`ldbReplParseCommand`)."""

PROTOCOL_ERROR: Final = b"ERR protocol error"
ABORTED: Final = b"ERR script aborted for user request"
UNKNOWN: Final = b"<error> Unknown Redis Lua debugger command or wrong number of arguments."
TRIMMED: Final = b"<hint> The above reply was trimmed. Use 'maxlen 0' to disable trimming."

HELP: Final = b"""\
Redis Lua debugger help:
[h]elp               Show this help.
[s]tep               Run current line and stop again.
[n]ext               Alias for step.
[c]ontinue           Run till next breakpoint.
[l]ist               List source code around current line.
[l]ist [line]        List source code around [line].
                     line = 0 means: current position.
[l]ist [line] [ctx]  In this form [ctx] specifies how many lines
                     to show before/after [line].
[w]hole              List all source code. Alias for 'list 1 1000000'.
[p]rint              Show all the local variables.
[p]rint <var>        Show the value of the specified variable.
                     Can also show global vars KEYS and ARGV.
[b]reak              Show all breakpoints.
[b]reak <line>       Add a breakpoint to the specified line.
[b]reak -<line>      Remove breakpoint from the specified line.
[b]reak 0            Remove all breakpoints.
[t]race              Show a backtrace.
[e]val <code>        Execute some Lua code (in a different callframe).
[r]edis <cmd>        Execute a Redis command.
[m]axlen [len]       Trim logged Redis replies and Lua var dumps to len.
                     Specifying zero as <len> means unlimited.
[a]bort              Stop the execution of the script. In sync
                     mode dataset changes will be retained.

Debugger functions you can call from Lua scripts:
redis.debug()        Produce logs in the debugger console.
redis.breakpoint()   Stop execution like if there was a breakpoint in the
                     next line of code.

Ferrous has besides (what eval and redis change is taken back at once):
back                 Take the last line back and stop there.
who <name> [element] Who wrote the variable, or the key, and where from.""".splitlines()

NUMBER: Final = range(-(2**63), 2**63)
_WRITTEN: Final = re.compile(rb"0|-?[1-9][0-9]{0,18}")
_LEADING: Final = re.compile(rb"\s*([+-]?)([0-9]+)")


def switch(host: Scripting, session: Session, mode: bytes) -> None:
    """SCRIPT DEBUG of a connection: `mode` is yes, sync or no."""
    keyspace = session.keyspace
    if keyspace.debugger is None:
        keyspace.debugger = LineDebugger(host)
    keyspace.debugger.switch(session, mode)


class LineDebugger:
    """That of one server: which connections debug, and the session of the one that does now."""

    def __init__(self, host: Scripting) -> None:
        self._host = host
        self._modes: dict[int, bytes] = {}
        """By the id of a client, what it said."""
        self._dialogue: Dialogue | None = None

    def switch(self, session: Session, mode: bytes) -> None:
        """A connection says whether it debugs."""
        if mode == b"no":
            self._modes.pop(session.client_id, None)
        else:
            self._modes[session.client_id] = mode
        if not self._modes:
            session.keyspace.debugger = None

    def forget(self, session: Session) -> None:
        """A connection has ended: nobody waits for it. What it debugs goes on as if nobody did."""
        dialogue = self._dialogue
        if dialogue is not None and dialogue.client is session:
            self._dialogue = None
            dialogue.let_go()
        self.switch(session, b"no")

    def take(self, session: Session, argv: list[bytes]) -> Reply | None:
        """The reply to a command of a client that is the debugger's business; None for one that is the server's."""
        dialogue = self._dialogue
        if dialogue is not None:
            return self._answer(lambda: dialogue.command(argv)) if dialogue.client is session else BUSY
        mode = self._modes.get(session.client_id)
        if mode is None or not argv or session.queue is not None:
            return None
        name = keyword(argv[0])
        if name in (b"evalsha", b"evalsha_ro"):
            return NOT_BY_SHA
        row = session.find_command(argv)
        if name not in (b"eval", b"eval_ro") or row is None or not arity_matches(row, len(argv)):
            return None
        return self._answer(lambda: self._begin(session, mode, argv))

    def _begin(self, session: Session, mode: bytes, argv: list[bytes]) -> Reply:
        try:
            count = integer(argv[2])
            check_key_count(count, argv)
            debugged = DebugSession(
                self._host,
                session,
                argv[1],
                argv[3 : 3 + count],
                argv[3 + count :],
                read_only_command=keyword(argv[0]) == b"eval_ro",
            )
        except CommandError as error:
            return self._end(session, [], ErrorReply(error.message))
        self._dialogue = Dialogue(debugged, session, argv[1], mode, self._end)
        return self._dialogue.begin()

    def _answer(self, act: Callable[[], Reply]) -> Reply:
        """Whatever ends it but an answer ends the session; all is then as before it."""
        try:
            return act()
        except BaseException:
            dialogue, self._dialogue = self._dialogue, None
            if dialogue is not None:
                dialogue.debugged.abandon()
            raise

    def _end(self, session: Session, logs: list[bytes], reply: Reply) -> Reply:
        """The last answer, and the reply of the script; a server then closes the connection."""
        self._dialogue = None
        self.switch(session, b"no")
        session.closing = True
        return Several(([*_statuses(logs), END], reply))


class Dialogue:
    """One script that is debugged by `client`."""

    def __init__(
        self,
        debugged: DebugSession,
        client: Session,
        source: bytes,
        mode: bytes,
        end: Callable[[Session, list[bytes], Reply], Reply],
    ) -> None:
        self.debugged = debugged
        self.client = client
        self._mode = mode
        self._end_with = end
        whole = source.rstrip(b"\r\n")
        self._lines = whole.split(b"\n") if whole else []
        self._breakpoints: list[int] = []
        self._logs: list[bytes] = []
        self._length = FIRST_LENGTH
        self._hinted = False
        self._stops_next = False
        """Whether redis.breakpoint() was called by what was typed."""

    def begin(self) -> Reply:
        """Stops before the first line."""
        self.debugged.record()
        return self._stopped("step over", self.debugged.moment, tells_commands=False)

    def command(self, argv: list[bytes]) -> Reply:
        """The answer to what is typed."""
        self._logs = []
        if len(argv) > MOST_WORDS or not all(1 <= len(word) <= LONGEST_WORD for word in argv):
            return self._fail(PROTOCOL_ERROR)
        act = _COMMANDS.get(keyword(argv[0])) if argv else None
        if act is None:
            self._log(UNKNOWN)
            return _statuses(self._logs)
        moved = act(self, argv)
        return _statuses(self._logs) if moved is None else moved

    def let_go(self) -> None:
        """Nobody is there any more: what is kept is kept to the end of the script, as in `ldbRepl`."""
        debugged = self.debugged
        if self._mode == b"sync":
            debugged.go_to(debugged.last)
            debugged.end()
        else:
            debugged.abandon()

    # What is told

    def _log(self, line: bytes) -> None:
        self._logs.append(line)

    def _log_cut(self, line: bytes) -> None:
        is_long = self._length and len(line) > self._length
        self._log(line[: self._length] + b" ..." if is_long else line)
        if is_long and not self._hinted:
            self._hinted = True
            self._log(TRIMMED)

    def _log_line(self, number: int) -> None:
        is_current = number == self.debugged.line
        mark = b"->" if is_current else b"  "
        mark += b"#" if number in self._breakpoints else b" "
        inside = 1 <= number <= len(self._lines)
        text = self._lines[number - 1] if inside else b"<out of range source code line>"
        self._log(b"%s%-3d %s" % (mark, number, text))

    def _log_around(self, around: int, context: int) -> None:
        for number in range(max(1, around - context), min(len(self._lines), around + context) + 1):
            self._log_line(number)

    def _log_command(self, issued: Issued) -> None:
        self._log(b"<redis> " + command_text(issued.argv))
        self._log_reply(issued.reply, issued.protocol)

    def _log_reply(self, reply: Reply, protocol: int) -> None:
        if isinstance(reply, ErrorReply):
            is_own = reply.message in run.own_refusals(self.client.keyspace.profile.sentences)
            self._log(b"<error> " + (reply.message.removeprefix(b"ERR ") if is_own else b"-" + reply.message))
            if is_own:
                return
        self._log_cut(b"<reply> " + reply_text(encode(reply, protocol)))

    # Moves

    def _stopped(self, reason: str, since: int, tells_commands: bool) -> Reply:
        """What happened since a moment, and where the script stands now; at its end, the end."""
        debugged = self.debugged
        found: list[tuple[int, Callable[[], None]]] = []
        for shown in debugged.events.shown(since, debugged.moment):
            found.append((shown.moment, partial(self._log, b"<debug> line %d: %s" % (shown.line, shown.text))))
        if tells_commands:
            for moment, issued in zip(debugged.command_moments, debugged.issued, strict=False):
                if since < moment <= debugged.moment:
                    found.append((moment, partial(self._log_command, issued)))
        for _, tell in sorted(found, key=lambda one: one[0]):
            tell()
        if debugged.finished:
            return self._finish(debugged.reply())
        line = debugged.line or 0
        self._log(b"* Stopped at %d, stop reason = %s" % (line, reason.encode()))
        self._log_line(line)
        return _statuses(self._logs)

    def _finish(self, reply: Reply) -> Reply:
        if self._mode == b"sync":
            self.debugged.leave()
        else:
            self.debugged.abandon()
        return self._end_with(self.client, self._logs, reply)

    def _reason(self, since: int) -> str:
        """Why it stops here, `redis.breakpoint()` called since a moment or not."""
        called = any(since < moment <= self.debugged.moment for moment in self.debugged.events.breakpoints)
        asked, self._stops_next = self._stops_next, False
        if called or asked:
            return "redis.breakpoint() called"
        return "break point" if self.debugged.line in self._breakpoints else "step over"

    def step(self, argv: list[bytes]) -> Reply:
        """To the next line event."""
        since = self.debugged.moment
        self.debugged.move("into")
        return self._stopped(self._reason(since), since, tells_commands=True)

    def go_on(self, argv: list[bytes]) -> Reply:
        """To the next line with a breakpoint, or the line after redis.breakpoint()."""
        debugged = self.debugged
        since = debugged.moment
        how = "into" if self._stops_next else "continue"
        debugged.move(how, breakpoints=frozenset(self._breakpoints), hits=debugged.called_stops)
        return self._stopped(self._reason(since), since, tells_commands=False)

    def back(self, argv: list[bytes]) -> Reply | None:
        """To the line event before this one."""
        since = self.debugged.moment
        self.debugged.move("into", backwards=True)
        if self.debugged.moment == since:
            self._log(b"<error> This is the first line.")
            return None
        return self._stopped("step back", since, tells_commands=False)

    def abort(self, argv: list[bytes]) -> Reply:
        """Ends the script here."""
        return self._fail(ABORTED)

    def _fail(self, message: bytes) -> Reply:
        """Ends the script here with an error."""
        name = self.debugged.name
        line = self.debugged.line
        return self._finish(placed_reply(message, None if line is None else TracePoint(SCRIPT_CHUNK, line), name))

    # Looks

    def show_help(self, argv: list[bytes]) -> None:
        """All commands."""
        self._logs += HELP

    def show_source(self, argv: list[bytes]) -> None:
        """The source around a line."""
        wanted = _number(argv[1]) if len(argv) > 1 else 0
        context = _number(argv[2]) if len(argv) > 2 else 5
        self._log_around(wanted if wanted > 0 else self.debugged.line or 0, context)

    def show_all(self, argv: list[bytes]) -> None:
        """All of the source."""
        self._log_around(1, len(self._lines))

    def show_values(self, argv: list[bytes]) -> None:
        """A variable, or all local variables."""
        name = argv[1] if len(argv) == 2 else None
        texts = self.debugged.levels(lambda levels: _texts(levels, name))
        if not texts and name in (b"KEYS", b"ARGV"):
            texts = [self.debugged.evaluate(name, _first_text, _NO_FRAME)]
        for text in texts:
            self._log_cut(b"<value> " + text)
        if not texts:
            self._log(b"No such variable." if name is not None else b"No local variables in the current context.")

    def breaks(self, argv: list[bytes]) -> None:
        """Shows, sets and removes breakpoints."""
        if len(argv) == 1:
            if not self._breakpoints:
                self._log(b"No breakpoints set. Use 'b <line>' to add one.")
                return
            self._log(b"%d breakpoints set:" % len(self._breakpoints))
            for line in self._breakpoints:
                self._log_line(line)
        for word in argv[1:]:
            self._break(word)

    def _break(self, word: bytes) -> None:
        line = _whole_number(word)
        if line is None:
            self._log(b"Invalid argument:'%s'" % word)
        elif line == 0:
            self._breakpoints.clear()
            self._log(b"All breakpoints removed.")
        elif line < 0:
            found = _int(-line) in self._breakpoints
            if found:
                self._breakpoints.remove(_int(-line))
            self._log(b"Breakpoint removed." if found else b"No breakpoint in the specified line.")
        elif len(self._breakpoints) >= MOST_BREAKPOINTS:
            self._log(b"Too many breakpoints set.")
        elif not 0 < _int(line) <= len(self._lines) or _int(line) in self._breakpoints:
            self._log(b"Wrong line number.")
        else:
            self._breakpoints.append(_int(line))
            self._log_around(_int(line), 1)

    def trace(self, argv: list[bytes]) -> None:
        """The call stack."""
        for number, level in enumerate(
            self.debugged.levels(lambda levels: [one._replace(variables=[]) for one in levels])
        ):
            if level.chunk_name == SCRIPT_CHUNK and level.line is not None:
                name = b"top level" if level.name is None or level.replaced_its_caller else level.name
                self._log(b"%s %s:" % (b"From" if number else b"In", name))
                self._log_line(level.line)

    def maxlen(self, argv: list[bytes]) -> None:
        """How much of values and replies is shown."""
        if len(argv) == 2:
            self._hinted = True
            wanted = _number(argv[1])
            self._length = LEAST_LENGTH if wanted != 0 and wanted <= LEAST_LENGTH else wanted
        what = b"truncated at %d bytes." % self._length if self._length else b"unlimited."
        self._log(b"<value> replies are " + what)

    # Tries

    def evaluate(self, argv: list[bytes]) -> None:
        """Lua code, which sees globals alone."""
        code = b" ".join(argv[1:])
        events = self.debugged.events
        try:
            tell = partial(self._log_cut, b"<retval> " + self.debugged.evaluate(_form(code), _first_text, _NO_FRAME))
        except LuaSyntaxError as error:
            self._log(b"<error> " + error.message)
            return
        except EvaluationFailed as error:
            sentence = error.sentence.replace(CHUNK_NAME[1:] + b":", EVAL_CHUNK[1:] + b":", 1)
            tell = partial(self._log, b"<error> " + sentence)
        for text in events.aside:
            self._log(b"<debug> line %d: %s" % (self.debugged.line or 0, text))
        self._stops_next = self._stops_next or events.asked_aside
        tell()

    def issue(self, argv: list[bytes]) -> None:
        """A command."""
        if len(argv) == 1:
            self._log(UNKNOWN)
            return
        self._log(b"<redis> " + command_text(argv[1:]))
        self._log_reply(self.debugged.try_command(argv[1:]), self.debugged.protocol)

    def who(self, argv: list[bytes]) -> None:
        """Who wrote a variable of the innermost function, or a key."""
        if len(argv) not in (2, 3):
            self._log(UNKNOWN)
            return
        name = argument(argv[1])
        held = self.debugged.levels(lambda levels: [variable for variable, _ in levels[0].variables] if levels else [])
        if argv[1] in held:
            asked = DebugOrigin(of="variable", name=name, path=[argument(word) for word in argv[2:]])
        else:
            database = self.client.database.index
            element = argument(argv[2]) if len(argv) == 3 else None
            asked = DebugOrigin(of="key", name=name, database=database, element=element)
        answer = Asking(self.debugged, self.client.keyspace, asked).answer()
        for write in answer.writes:
            when = {"last": "last: ", "next": "next: ", "": ""}[write.when]
            by = f" by {write.command}" if write.command else ""
            where = ", from ".join(f"line {place.line}" for place in write.stack)
            self._log(f"<who> {when}{write.text}{by}, {where}".encode())
        for link in answer.links:
            self._log(f"<from> {'' if link.line is None else f'line {link.line}: '}{link.text}".encode())
        if answer.problem or not (answer.writes or answer.links):
            self._log(f"<who> {answer.problem or 'Nothing is known of it.'}".encode())


_NO_FRAME: Final = 1_000_000
"""A level that there is not: an expression sees globals alone."""

_Act = Callable[[Dialogue, list[bytes]], Reply | None]

_COMMANDS: Final[dict[bytes, _Act]] = {
    name: act
    for names, act in {
        b"h help": Dialogue.show_help,
        b"s step n next": Dialogue.step,
        b"c continue": Dialogue.go_on,
        b"t trace": Dialogue.trace,
        b"m maxlen": Dialogue.maxlen,
        b"b break": Dialogue.breaks,
        b"e eval": Dialogue.evaluate,
        b"a abort": Dialogue.abort,
        b"r redis": Dialogue.issue,
        b"p print": Dialogue.show_values,
        b"l list": Dialogue.show_source,
        b"w whole": Dialogue.show_all,
        b"back": Dialogue.back,
        b"who": Dialogue.who,
    }.items()
    for name in names.split()
}


def _statuses(lines: list[bytes]) -> list[Any]:
    return [Status(line) for line in lines]


def _texts(levels: Sequence[Level], name: bytes | None) -> list[bytes]:
    """The variables of the innermost level; with a name the value of the first that is called so, if there is one."""
    if name is None:
        return [
            b"%s = %s" % (variable, value_text(value)) for variable, value in (levels[0].variables if levels else [])
        ]
    found = (value for level in levels for variable, value in level.variables if variable == name)
    return [value_text(value) for value in islice(found, 1)]


def _first_text(values: tuple[Value, ...]) -> bytes:
    return value_text(values[0] if values else None)


def _form(code: bytes) -> bytes:
    """The code as an expression if it is one, else as it is. Raises LuaSyntaxError."""
    try:
        engines.compile_resolved(engines.resolve_source(b"return " + code, EVAL_CHUNK))
        return b"return " + code
    except LuaSyntaxError:
        engines.compile_resolved(engines.resolve_source(code, EVAL_CHUNK))
        return code


def _whole_number(word: bytes) -> int | None:
    """`string2l`: an integer that is all of the word, written as Redis writes it."""
    number = int(word) if _WRITTEN.fullmatch(word) else None
    return number if number is not None and number in NUMBER else None


def _number(word: bytes) -> int:
    """`atoi`: the number the word begins with, or 0. It saturates as a long, of which the lower half is an int."""
    found = _LEADING.match(word)
    if found is None:
        return 0
    digits = found[2].lstrip(b"0")[:20] or b"0"
    return _int(min(max(int(found[1] + digits), NUMBER.start), NUMBER.stop - 1))


def _int(number: int) -> int:
    """What of a long an int holds."""
    return (number + 2**31) % 2**32 - 2**31
