"""One run of one script or function: who called it, what it may do, and how its commands are carried out.

`ScriptRun.command` is Redis's `scriptCall` (script.c): a script's command passes these checks, in this order, and then
takes the same way as a client's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from sys import getrecursionlimit, setrecursionlimit
from threading import get_ident
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, Protocol

from ferrous_vm.errors import TracePoint
from ferrous_vm.keyspace.access import access_log
from ferrous_vm.keyspace.access.denials import Reason
from ferrous_vm.keyspace.access.permissions import denial
from ferrous_vm.keyspace.admission import with_names
from ferrous_vm.keyspace.arguments.readings import COMMAND
from ferrous_vm.keyspace.command_table import Row, arity_matches
from ferrous_vm.keyspace.execute import ROOM, call, call_timed, unknown_command
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.keyspace.profiles.sentences import Sentences
from ferrous_vm.keyspace.replies import ErrorReply, Reply
from ferrous_vm.keyspace.server import memory_limit
from ferrous_vm.keyspace.session import Session
from ferrous_vm.scripting.conversion import replies_to_lua
from ferrous_vm.scripting.error_tables import ERR, ERROR_TABLES, CallerPoint, ErrorForms
from ferrous_vm.scripting.flags import ScriptFlag
from ferrous_vm.values.lost import Lost
from ferrous_vm.values.natives import Value

if TYPE_CHECKING:
    from ferrous_vm.keyspace.refusals import Refusal

MAY_REPLICATE: Final = frozenset({b"pfcount", b"publish", b"spublish"})
"""Commands that count as writes in read-only scripts although they are none (`CMD_MAY_REPLICATE`, commands.def)."""

OUT_OF_MEMORY: Final = memory_limit.REFUSAL


def own_refusals(sentences: Sentences) -> frozenset[bytes]:
    """What a script is told without the server having been asked."""
    return frozenset((
        sentences.unknown_command, sentences.wrong_arity, sentences.not_allowed, READ_ONLY.message,
        sentences.script_denied_command, sentences.script_denied_key, sentences.script_denied_channel,
        sentences.script_denied_database,
    ))  # fmt: skip


READ_ONLY: Final = ErrorReply(b"ERR Write commands are not allowed from read-only scripts.")


class Issued(NamedTuple):
    """A command of a script: what Lua passed, the words that became of it, and the reply, which may be a refusal.

    `line` is the script's, None if not known. `protocol` is that of `redis.setresp`: so the reply becomes Lua.
    `refusal` is the word that the reply refuses, where it is one. `row` is the command in the table of the server, None
    where it has none of that name, and `profile` is the server.
    """

    arguments: tuple[Value, ...]
    argv: list[bytes]
    reply: Reply
    line: int | None
    protocol: int
    refusal: Refusal | None = None
    row: Row | None = None
    profile: Profile = REDIS_7_0_15


class Observer(Protocol):
    """Somebody who watches scripts run: a page that lists commands, a debugger."""

    def command_ended(self, issued: Issued) -> None:
        """A script's command was answered, or refused."""

    def arguments_refused(self, arguments: tuple[Value, ...], line: int | None, message: bytes) -> None:
        """redis.call or redis.pcall was given what can be no word of a command: it is told `message`."""

    def value_lost(self, lost: Lost, before: str, after: str, line: int | None) -> None:
        """A library function could not keep a value as it was."""

    def script_ended(self, results: tuple[Value, ...], protocol: int, line: int | None) -> None:
        """A script returned `results` on `line`, None if not known; the first becomes its reply.

        That is made as in `protocol` of redis.setresp.
        """

    def script_stopped(self, stack: Sequence[TracePoint]) -> None:
        """An error, a limit or an interrupt ended a script where `stack` says, innermost level first."""


class Recorder(Protocol):
    """Somebody who keeps the calls of scripts."""

    def prepare(self) -> None:
        """A script is about to run: here random choices may begin anew."""

    def record(self, run: ScriptRun, source: bytes, call: Callable[[], Reply]) -> Reply:
        """The reply that `call` answers: it is the run of the script, or of a function of the library, `source`."""


class ScriptRun:
    """The state of a running script (`scriptRunCtx`, script.h)."""

    __slots__ = (
        "argv", "began", "by_spelling", "call", "caller", "caller_point", "conversions", "current_line", "ended_by",
        "errors", "guarded", "has_written", "inner_errors", "is_eval", "kill", "may_cross_slots", "name", "observer",
        "raised_limit", "read_only", "recursion_limit", "sentences", "session", "short_of_memory", "thread", "to_lua",
    )  # fmt: skip

    def __init__(
        self,
        name: bytes,
        caller: Session,
        session: Session,
        *,
        read_only: bool,
        flags: ScriptFlag,
        observer: Observer | None = None,
        current_line: Callable[[], int | None] = lambda: None,
        errors: ErrorForms = ERROR_TABLES,
        caller_point: CallerPoint = lambda: None,
        argv: list[bytes] | None = None,
        is_eval: bool = True,
        kill: Callable[[bytes], bool] = lambda sentence: False,
    ) -> None:
        self.name = name
        """The script's SHA-1 in hex, or the function's name: what error replies call it."""
        self.caller = caller
        self.sentences = caller.keyspace.profile.sentences
        self.by_spelling = caller.keyspace.commands.by_spelling
        self.session = session
        """The script's own client: it starts in the caller's database, with RESP2."""
        self.read_only = read_only
        self.short_of_memory = (
            ScriptFlag.ALLOW_OOM not in flags
            and caller.keyspace.thresholds.memory > 0
            and caller.keyspace.out_of_memory
        )
        """The memory limit holds: until its first write the script may call nothing that needs memory."""
        self.may_cross_slots = bool(flags & (ScriptFlag.EVAL_COMPAT_MODE | ScriptFlag.ALLOW_CROSS_SLOT))
        """On a node of a cluster: whether its keys may be of several slots of this node, declared or not."""
        self.guarded = (
            read_only or self.short_of_memory or caller.user.is_restricted or caller.keyspace.cluster is not None
        )
        """Commands must pass `_refusal`."""
        self.argv = argv or []
        self.ended_by: str | None = None
        """The limit that ended it, as LimitExceeded names it."""
        """The words of the command that runs it."""
        self.is_eval = is_eval
        """It is a script, and no function of a library."""
        self.kill = kill
        """From any thread: ends the run as soon as may be, with a sentence; answers whether it still goes on."""
        self.has_written = False
        """It has called a command that writes: Redis kills it no more (`SCRIPT_WRITE_DIRTY`)."""
        self.began = monotonic()
        self.thread = get_ident()
        self.inner_errors: list[ErrorReply] = []
        """The errors that stand inside the reply of the script, once it has ended."""
        self.observer = observer
        self.current_line = current_line
        self.errors = errors
        self.caller_point = caller_point
        self.conversions = replies_to_lua(caller.keyspace.profile)
        """What makes Lua values of replies, by protocol and type."""
        self.to_lua = self.conversions[2]
        self.recursion_limit = self.raised_limit = 0
        """Python's limit on calls within each other while Lua runs, and while a command does; see `make_room`."""
        follow = caller.keyspace.follow
        self.call = follow or (call_timed if caller.keyspace.statistics.times_all else call)
        session.user = caller.user
        session.database = caller.database
        session.protocol = 2

    def set_protocol(self, protocol: int) -> None:
        """`redis.setresp`: 2 or 3, for the rest of this run."""
        self.session.protocol = protocol
        self.to_lua = self.conversions[protocol]

    def make_room(self) -> int:
        """The limit under which commands of this run have the depth that they need (`execute.ROOM`)."""
        self.recursion_limit = getrecursionlimit()
        self.raised_limit = self.recursion_limit + ROOM
        return self.raised_limit

    def leave_room(self) -> None:
        """Lua goes on under its own limit."""
        try:
            setrecursionlimit(self.recursion_limit)
        except RecursionError:  # it has come to the very end of it, where Python refuses to set it
            setrecursionlimit(self.recursion_limit + 1)

    def hold(self, lock: AbstractContextManager[object]) -> None:
        """From its next command on the script holds a lock while it carries one out."""
        carried_out = self.call

        def call(session: Session, row: Row, argv: list[bytes]) -> Reply:
            with lock:
                return carried_out(session, row, argv)

        self.call = call

    def end_soon(self, end: Callable[[], NoReturn]) -> None:
        """The run is to end where its command returns, or at the latest where the next begins: `end` raises that."""

        def ended(session: Session, row: Row, argv: list[bytes]) -> NoReturn:
            end()

        self.call = ended
        self.to_lua = _Ended(end)

    def command(self, argv: list[bytes], arguments: tuple[Value, ...]) -> Any:
        """Carry out a command of the script, whose words were made of `arguments`.

        What it may not do is an ErrorReply, as what the command refuses is.
        """
        row = self.by_spelling[argv[0]]
        if row is None or row.handler is None or row.subcommands:
            row = self.session.find_command(argv)
        if row is None:
            reply: Any = self._reject(None, self._refusal_of_unanswered(argv))
        else:
            arity, argc = row.arity, len(argv)
            if argc != arity and (arity > 0 or argc < -arity):
                reply = self._reject(row, ErrorReply(self.worded(self.sentences.wrong_arity)))
            elif row.noscript and not self.session.keyspace.scripts_may_all:
                reply = self._reject(row, ErrorReply(self.worded(self.sentences.not_allowed)))
            elif self.guarded and (refusal := self._refusal(row, argv)) is not None:
                reply = self._reject(row, refusal)
            else:
                if row.write:
                    self.has_written = True
                reply = self.call(self.session, row, argv)
        if self.observer is not None:
            refused = _refused(self.session, row, argv, reply) if type(reply) is ErrorReply else None
            line, protocol = self.current_line(), self.session.protocol
            profile = self.session.keyspace.profile
            self.observer.command_ended(Issued(arguments, argv, reply, line, protocol, refused, row, profile))
        return reply

    def value_lost(self, lost: Lost, before: str, after: str) -> None:
        """Tell what a library function lost."""
        if self.observer is not None:
            self.observer.value_lost(lost, before, after, self.current_line())

    def stopped(self, stack: Sequence[TracePoint]) -> None:
        """Tell where the script was ended."""
        if self.observer is not None:
            self.observer.script_stopped(stack)

    def worded(self, sentence: bytes) -> bytes:
        """A refusal as the script sees it: some servers say the place."""
        return self.errors.placed(sentence, self.caller_point)

    def refuse(self, arguments: tuple[Value, ...]) -> None:
        """Tell that no command can be made of `arguments`."""
        if self.observer is not None:
            message = self.sentences.bad_argument if arguments else self.sentences.no_argument
            told: Any = self.errors.table(self.worded(message)).get(ERR)
            self.observer.arguments_refused(arguments, self.current_line(), bytes(told))

    def _reject(self, row: Row | None, refusal: ErrorReply) -> ErrorReply:
        self.session.keyspace.statistics.reject(row, refusal)
        return refusal

    def count_inner_errors(self, command: bytes) -> None:
        """Once the script that `command` ran has ended, INFO counts the errors that stand inside its reply."""
        if self.inner_errors:
            self.caller.statistics.fail_inside(
                self.caller.keyspace.commands.by_name[command.lower()], self.inner_errors
            )

    def _refusal_of_unanswered(self, argv: list[bytes]) -> ErrorReply:
        """Why a command that nothing here answers may not run: if Redis has it, its checks come first."""
        sentences = self.session.keyspace.profile.sentences
        by_name = self.session.keyspace.commands.by_name
        row = by_name.get(argv[0].lower())
        if row is not None and row.subcommands and len(argv) > 1:
            row = row.subcommands.get(argv[1].lower())
        if row is None:
            container = by_name.get(argv[0].lower())
            if container is not None and self.session.keyspace.profile.names_subcommands_to_scripts:
                return unknown_command(self.session, argv)
            unknown = argv[0] if len(argv) == 1 or argv[0].lower() not in by_name else argv[1]
            return ErrorReply(self.worded(sentences.unknown_command), unknown, COMMAND)
        if not arity_matches(row, len(argv)):
            return ErrorReply(self.worded(sentences.wrong_arity))
        return ErrorReply(self.worded(sentences.not_allowed if row.noscript else sentences.unknown_command))

    def _denied(self, reason: Reason, row: Row) -> bytes:
        """How a denial is worded."""
        sentences = self.sentences
        if reason is Reason.DATABASE:
            return sentences.script_denied_database
        if reason is not Reason.COMMAND:
            return sentences.script_denied_key if reason is Reason.KEY else sentences.script_denied_channel
        return with_names(sentences.script_denied_command, self.caller.user.name, row.full_name)

    def _refusal(self, row: Row, argv: list[bytes]) -> ErrorReply | None:
        """Why this run may not carry out a command that other runs may (`scriptVerifyACL` and those after it)."""
        lacks_memory = self.short_of_memory and row.needs_memory
        if lacks_memory and self.caller.keyspace.profile.asks_memory_first:
            return OUT_OF_MEMORY
        user = self.caller.user
        denied = denial(user, row, argv, self.session.database) if user.is_restricted else None
        if denied is not None:
            access_log.note(self.caller, row, denied.reason, denied.object(row, argv), in_script=True)
            return ErrorReply(self.worded(self._denied(denied.reason, row)))
        if self.read_only and (row.write or row.full_name in MAY_REPLICATE):
            return READ_ONLY
        if lacks_memory:
            return OUT_OF_MEMORY
        if row.write:
            self.short_of_memory = False
        cluster = self.caller.keyspace.cluster
        if cluster is None:
            return None
        from ferrous_vm.keyspace.cluster_refusals import script_refusal

        return script_refusal(cluster, self.caller, row, argv, may_cross_slots=self.may_cross_slots)


def _refused(session: Session, row: Row | None, argv: list[bytes], reply: ErrorReply) -> Refusal | None:
    from ferrous_vm.keyspace.refusals import refusal_of

    return refusal_of(session, row, argv, reply)


class _Ended(dict[type, Any]):
    """Converts no reply any more: whoever asks for a conversion ends the run."""

    def __init__(self, end: Callable[[], NoReturn]) -> None:
        super().__init__()
        self._end = end

    def __missing__(self, kind: type) -> NoReturn:
        self._end()
