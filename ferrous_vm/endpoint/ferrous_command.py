"""FERROUS: what a server for tests can do that none for use has. Its clock is set, stopped and moved, its random
choices begin anew, calls of scripts are kept on a tape, and which lines of them are executed is counted.

It is no command of the server that is imitated: only an endpoint answers it, and no script. Its replies have the forms
of Redis's own containers, and its refusals their sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ferrous_vm.endpoint.clock import Clock
from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.admission import NO_LOGIN, with_names
from ferrous_vm.keyspace.arguments.parsing import integer, integer_in_range
from ferrous_vm.keyspace.replies import OK, ErrorReply, MapReply, Reply, Status
from ferrous_vm.keyspace.server.statistics import shortened
from ferrous_vm.server import Client, Server
from ferrous_vm.tape import Tape, Taped
from ferrous_vm.tape.works import file_of, link_to
from ferrous_vm.workbench.reply_views import view

if TYPE_CHECKING:
    from ferrous_vm.workbench.covered_files import CoveredFile
    from ferrous_vm.workbench.server_coverage import ServerCoverage

NAME: Final = b"ferrous"

LATEST: Final = 253_402_300_799_999
"""The last millisecond that a clock can be set to, in the year 9999."""

USUAL_COUNT: Final = 10
"""Calls that LIST tells where it is not told how many; so does SLOWLOG GET."""

_NOT_THERE: Final = b"ERR No such call on the tape"
_NOT_WHOLE: Final = b"ERR That call is not whole on the tape, or too long for a link"


class Desk:
    """What FERROUS changes of one server."""

    def __init__(self, server: Server) -> None:
        self.server: Final = server
        self.tape: Final = Tape(server)
        self.sources: list[Path] = []
        """Where the files are that scripts come from (COVERAGE)."""
        self._coverage: ServerCoverage | None = None

    @property
    def clock(self) -> Clock:
        """The server's clock, which can be moved from now on."""
        keyspace = self.server.keyspace
        if not isinstance(keyspace.clock, Clock):
            keyspace.clock = Clock(under=keyspace.clock)
        return keyspace.clock

    @property
    def coverage(self) -> ServerCoverage:
        """What was executed, once that is asked for: what counts is imported only then."""
        from ferrous_vm.workbench.server_coverage import ServerCoverage

        self._coverage = self._coverage or ServerCoverage()
        return self._coverage

    def covered(self) -> list[CoveredFile]:
        """What was executed, by file."""
        from ferrous_vm.workbench.covered_files import files_of

        return files_of(self.coverage.scripts(), self.sources)

    def now(self) -> int:
        """Unix time in milliseconds by the server's clock."""
        return self.server.keyspace.clock() // 1000

    @property
    def profile(self) -> str:
        """The server that is imitated."""
        return self.server.keyspace.profile.name


_EXTENSION: Final = "ferrous"


def desk_of(server: Server) -> Desk:
    """The desk of a server, the same each time."""
    extensions = server.keyspace.extensions
    desk: Desk = extensions.get(_EXTENSION) or extensions.setdefault(_EXTENSION, Desk(server))
    return desk


def answer(desk: Desk, client: Client, words: list[bytes]) -> Reply:
    """The reply to FERROUS, whatever its words are."""
    session = client.session
    if session.must_log_in:
        return NO_LOGIN
    sentences = session.keyspace.profile.sentences
    if session.user.is_restricted:
        return ErrorReply(with_names(sentences.denied_command, session.user.name, NAME))
    if session.subscribed and session.protocol == 2:
        return ErrorReply(sentences.subscribed % NAME)
    if session.queue is not None:
        return ErrorReply(with_names(sentences.no_multi, NAME))
    try:
        return _carry_out(desk, words)
    except CommandError as error:
        return ErrorReply(error.message)


def _carry_out(desk: Desk, words: list[bytes]) -> Reply:
    if len(words) == 1:
        raise CommandError(messages.WRONG_ARITY % NAME)
    if words[1].lower() == b"help":
        return _help()
    group = [row for row in ROWS if row.names[0].lower() == words[1].lower()]
    if not group:
        raise CommandError(messages.UNKNOWN_SUBCOMMAND % (messages.shown(words[1], 128), b"FERROUS"))
    for row in group:
        count = len(row.names)
        if [word.lower() for word in words[1 : 1 + count]] == [name.lower() for name in row.names]:
            given = words[1 + count :]
            if not row.least <= len(given) <= row.most:
                raise CommandError(messages.WRONG_ARITY % b"|".join((NAME, *row.names)).lower())
            return row.act(desk, given)
    if len(words) == 2:
        raise CommandError(messages.WRONG_ARITY % b"|".join((NAME, words[1].lower())))
    raise CommandError(messages.UNKNOWN_SUBCOMMAND % (messages.shown(words[2], 128), b"FERROUS"))


def _set(desk: Desk, given: list[bytes]) -> Reply:
    desk.clock.set(integer_in_range(given[0], 0, LATEST) * 1000)
    return OK


def _advance(desk: Desk, given: list[bytes]) -> Reply:
    later = integer(given[0])
    integer_in_range(b"%d" % (desk.now() + later), 0, LATEST)
    desk.clock.advance(later)
    return desk.now()


def _freeze(desk: Desk, given: list[bytes]) -> Reply:
    desk.clock.freeze()
    return desk.now()


def _run(desk: Desk, given: list[bytes]) -> Reply:
    desk.clock.run()
    return desk.now()


def _seed(desk: Desk, given: list[bytes]) -> Reply:
    desk.server.seed(integer(given[0]))
    return OK


def _start(desk: Desk, given: list[bytes]) -> Reply:
    desk.tape.start()
    return OK


def _stop(desk: Desk, given: list[bytes]) -> Reply:
    desk.tape.stop()
    return OK


def _list(desk: Desk, given: list[bytes]) -> Reply:
    count = integer_in_range(given[0], -1, 2**63 - 1) if given else USUAL_COUNT
    newest = list(reversed(desk.tape.kept.all()))
    return [_line(call) for call in (newest if count < 0 else newest[:count])]


def _line(call: Taped) -> Reply:
    """A call as SLOWLOG GET tells one, with its script's name rather than its text, and its reply."""
    words = shortened([call.words[0], call.name, *call.words[2:]])
    return [call.number, call.at // 1000, call.took, words, call.client, _text(call)]


def _text(call: Taped) -> bytes:
    """The reply as redis-cli prints it."""
    return view(call.reply).text.encode()


def _show(desk: Desk, given: list[bytes]) -> Reply:
    call = _taped(desk, given[0])
    return MapReply([
        (b"number", call.number),
        (b"milliseconds", call.at // 1000),
        (b"microseconds-taken", call.took),
        (b"client", call.client),
        (b"words", list(call.words)),
        (b"script", call.source),
        (b"keys", list(call.keys)),
        (b"arguments", list(call.argv)),
        (b"seed", call.seed),
        (b"before", [line.encode() for line in call.before.splitlines()]),
        (b"after", [line.encode() for line in call.after.splitlines()]),
        (b"keys-left-out", call.left_out),
        (b"reply", _text(call)),
    ])  # fmt: skip


def _link(desk: Desk, given: list[bytes]) -> Reply:
    fragment = link_to(_taped(desk, given[0]), desk.profile)
    if not fragment:
        raise CommandError(_NOT_WHOLE)
    return b"".join(given[1:]) + fragment


def _export(desk: Desk, given: list[bytes]) -> Reply:
    return file_of(desk.tape.kept.all(), desk.profile)


def _forget(desk: Desk, given: list[bytes]) -> Reply:
    desk.tape.kept.forget()
    return OK


def _cover(desk: Desk, given: list[bytes]) -> Reply:
    desk.coverage.watch(desk.server)
    return OK


def _uncover(desk: Desk, given: list[bytes]) -> Reply:
    desk.coverage.leave(desk.server)
    return OK


def _report(desk: Desk, given: list[bytes]) -> Reply:
    return [file.in_words().encode() for file in desk.covered()]


def _lcov(desk: Desk, given: list[bytes]) -> Reply:
    return "".join(file.lcov() for file in desk.covered()).encode("utf-8", "surrogateescape")


def _forget_coverage(desk: Desk, given: list[bytes]) -> Reply:
    desk.coverage.forget()
    return OK


def _taped(desk: Desk, number: bytes) -> Taped:
    call = desk.tape.kept.call(integer(number))
    if call is None:
        raise CommandError(_NOT_THERE)
    return call


class _Row(NamedTuple):
    """One subcommand: its words, how many arguments it takes, what it does, and how HELP describes both."""

    names: tuple[bytes, ...]
    least: int
    most: int
    act: Callable[[Desk, list[bytes]], Reply]
    arguments: bytes
    told: bytes


ROWS: Final = (
    _Row((b"CLOCK", b"GET"), 0, 0, lambda desk, given: desk.now(), b"", b"Return the server's time in milliseconds."),
    _Row((b"CLOCK", b"SET"), 1, 1, _set, b" <unix-time-milliseconds>", b"Set the server's time."),
    _Row((b"CLOCK", b"ADVANCE"), 1, 1, _advance, b" <milliseconds>", b"Let time pass, and return the time."),
    _Row((b"CLOCK", b"FREEZE"), 0, 0, _freeze, b"", b"Let the clock stand still, and return the time."),
    _Row((b"CLOCK", b"RUN"), 0, 0, _run, b"", b"Let the clock go on from where it stands, and return the time."),
    _Row((b"SEED",), 1, 1, _seed, b" <number>", b"Begin the server's random choices anew."),
    _Row((b"TAPE", b"START"), 0, 0, _start, b"", b"Keep every call of a script from now on."),
    _Row((b"TAPE", b"STOP"), 0, 0, _stop, b"", b"Keep no more calls; what is on the tape stays."),
    _Row((b"TAPE", b"LIST"), 0, 1, _list, b" [<count>]", b"Return the last calls (default: 10, -1 all), newest first."),
    _Row((b"TAPE", b"SHOW"), 1, 1, _show, b" <number>", b"Return a call with the keys that it touched."),
    _Row((b"TAPE", b"LINK"), 1, 2, _link, b" <number> [<address>]", b"Return a link that opens a call in the page."),
    _Row((b"TAPE", b"EXPORT"), 0, 0, _export, b"", b"Return the calls as a file for the page and for ferrous test."),
    _Row((b"TAPE", b"FORGET"), 0, 0, _forget, b"", b"Forget what is on the tape."),
    _Row((b"COVERAGE", b"START"), 0, 0, _cover, b"", b"Count which lines of scripts are executed from now on."),
    _Row((b"COVERAGE", b"STOP"), 0, 0, _uncover, b"", b"Count no more; what was counted stays."),
    _Row((b"COVERAGE", b"REPORT"), 0, 0, _report, b"", b"Return a line for each file: what of it was executed."),
    _Row((b"COVERAGE", b"EXPORT"), 0, 0, _lcov, b"", b"Return what was executed as a tracefile of lcov."),
    _Row((b"COVERAGE", b"FORGET"), 0, 0, _forget_coverage, b"", b"Nothing was executed yet."),
)


def _help() -> Reply:
    lines = [b"FERROUS <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"]
    for row in ROWS:
        lines += [b" ".join(row.names) + row.arguments, b"    " + row.told]
    return [Status(line) for line in (*lines, b"HELP", b"    Print this help.")]
