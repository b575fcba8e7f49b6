"""What is wrong with a fixture, all of it at once (contract.CheckFixture).

The lines are carried out on a server of their own, so what is told is what Redis answers: a misspelt command, a number
that is none, a key of another type. A line that is refused is passed over, and the others go on. What was carried out
is remembered: where only the last lines have changed, only those are carried out again.
"""

from __future__ import annotations

import difflib
import re
from itertools import takewhile
from typing import Any, Final

from ferrous_vm.keyspace.arguments.words import Place, word_places
from ferrous_vm.keyspace.command_table import CommandTable, Row
from ferrous_vm.keyspace.encodings.fixtures import COMMENTS
from ferrous_vm.keyspace.later_commands import came_later, instead_on, later_command
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.printing import printed
from ferrous_vm.records import Record
from ferrous_vm.workbench.error_explanations import explain_command
from ferrous_vm.workbench.escapes import encode
from ferrous_vm.workbench.explaining import syntax_of, text_offsets
from ferrous_vm.workbench.records.editing import CheckFixture, Diagnostic, FixtureChecked, TextEdit
from ferrous_vm.workbench.workbench import UNBALANCED, Workbench

MOST_LINES: Final = 10_000
"""Lines that are read: so many take a browser half a second."""

MOST_FINDINGS: Final = 200

RULE: Final = "fixture"

UNKNOWN: Final = re.compile(r"ERR unknown (command|subcommand) '")
ARITY: Final = re.compile(r"ERR wrong number of arguments ")


class Finding(Record):
    """What is wrong with a line: between which of its bytes, and the word that would be right in their place."""

    message: str
    start: int
    end: int
    instead: str = ""


class Carried(Record):
    """A line that was carried out: where it began in the journal, and in which database."""

    text: bytes
    mark: int
    database: int
    finding: Finding | None


class FixtureCheck:
    """A server of its own, and the lines it has carried out."""

    def __init__(self, workbench: Workbench, clock: float | None) -> None:
        self.clock = clock
        self.carried: list[Carried] = []
        self.can_go_back = True
        """Whether the journal and the chosen database are all that the lines have changed."""
        self._server = workbench.beside()
        self._server.clock.held = clock
        self._client: Any = self._server.server.connect()

    def take_back(self, count: int) -> None:
        """Forget all lines but the first `count`."""
        if count < len(self.carried):
            first = self.carried[count]
            self._server.take_back(first.mark)
            self._client.execute(b"SELECT", b"%d" % first.database)
            del self.carried[count:]

    def carry_out(self, text: bytes) -> None:
        """Carry out one more line."""
        mark, database = int(self._server.journal.savepoint()), self._client.session.database.index
        self.carried.append(Carried(text, mark, database, self._finding(text)))

    def _finding(self, text: bytes) -> Finding | None:
        if not text.strip() or text.strip().startswith(COMMENTS):
            return None
        places = word_places(text)
        if not places:
            return None
        start, end = places[0].start, len(text.rstrip())
        if places[-1].end is None:
            return Finding(UNBALANCED, places[-1].start, end)
        words = [place.word for place in places]
        row = self._client.session.find_command(words)
        if row is not None and not (row.write or "readonly" in row.flags or row.name == b"select"):
            self.can_go_back = False
        reply = self._client.execute(*words)
        if self._client.session.closing:
            self._client = self._server.server.connect()
        if not isinstance(reply, ErrorReply):
            return None
        return _refusal(places, reply, self._client.session, start, end)


def _refusal(places: list[Place], reply: ErrorReply, session: Session, start: int, end: int) -> Finding:
    """What is told of a line that was refused, at the word that is wrong where that is known."""
    message = printed(reply.message)
    words = [place.word for place in places]
    unknown = UNKNOWN.match(message)
    if unknown:
        number = 0 if unknown[1] == "command" else 1
        server = session.keyspace.profile
        later = later_command(printed(b"|".join(words[: number + 1]).lower()), server.commands)
        if later is not None:
            shown = printed(b" ".join(words[: number + 1]).upper())
            sentence = f"{came_later(shown, later, server.title)} {instead_on(later, server.title)}".rstrip()
            return Finding(sentence, places[number].start, places[number].end or end)
        instead = _nearest(server.commands, words[:number], words[number])
        hint = f". Did you mean {instead}?" if instead else ""
        return Finding(
            message.partition(", with args")[0].rstrip(".") + hint,
            places[number].start,
            places[number].end or end,
            instead,
        )
    if ARITY.match(message):
        return Finding(f"{message}: {syntax_of(words, session.keyspace.profile)}", start, end)
    told, position = explain_command(words, reply, session)
    wrong = None if position is None else places[position]
    return Finding(f"{message}. {told.what}", wrong.start if wrong else start, (wrong and wrong.end) or end)


def _nearest(commands: CommandTable, container: list[bytes], name: bytes) -> str:
    """The command, or the subcommand, that is most like `name`; "" where none is."""
    table: dict[bytes, Row] = commands.by_name
    if container:
        table = table[container[0].lower()].subcommands
    found = difflib.get_close_matches(printed(name.lower()), map(printed, table), n=1, cutoff=0.6)
    return found[0].upper() if found else ""


def check(workbench: Workbench, request: CheckFixture) -> FixtureChecked:
    """All that is wrong with the lines. Nothing of them reaches the keyspace of the page."""
    source = encode(request.lines)
    lines = source.split(b"\n")
    former: FixtureCheck | None = workbench.fixture_check
    workbench.fixture_check = None  # An interrupt leaves none that is half done.
    if former is None or not former.can_go_back or former.clock != request.clock:
        former = FixtureCheck(workbench, request.clock)
    same = takewhile(lambda pair: pair[0].text == pair[1], zip(former.carried, lines, strict=False))
    former.take_back(sum(1 for _ in same))
    for text in lines[len(former.carried) : MOST_LINES]:
        former.carry_out(text)
    workbench.fixture_check = former
    return FixtureChecked(_diagnostics(former.carried, source))


def _diagnostics(carried: list[Carried], source: bytes) -> list[Diagnostic]:
    offset = text_offsets(source)
    diagnostics: list[Diagnostic] = []
    begin = 0
    for number, line in enumerate(carried, 1):
        finding = line.finding
        if finding is not None and len(diagnostics) < MOST_FINDINGS:
            start, end = offset(begin + finding.start), offset(begin + finding.end)
            edits = [TextEdit(start, end, finding.instead)] if finding.instead else []
            title = f"Change it to {finding.instead}" if edits else ""
            diagnostics.append(Diagnostic(RULE, "error", False, finding.message, start, end, number, title, edits))
        begin += len(line.text) + 1
    if begin <= len(source):
        end = source.find(b"\n", begin)
        place = offset(begin), offset(len(source) if end < 0 else end)
        message = f"While it is typed a fixture is checked up to here: {len(carried):,} lines. A run carries out all."
        diagnostics.append(Diagnostic(RULE, "info", False, message, *place, len(carried) + 1, "", []))
    return diagnostics
