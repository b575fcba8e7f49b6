"""Where the keys of a run come from, the slots they lie in, and what clusters say to that (records/keys.py).

The script is run once more, traced, and all it did is taken back; nobody hears what it publishes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.slots import hash_tag, slot_of
from ferrous_vm.machine.origins import Place
from ferrous_vm.machine.provenance import Kind, Part, Provenance
from ferrous_vm.printing import printed
from ferrous_vm.records import MutableRecord, field, with_changes
from ferrous_vm.scripting.debugging import FIRST_MOMENT, DebugSession
from ferrous_vm.scripting.flags import FLAG_NAMES, ScriptFlag
from ferrous_vm.scripting.run import Issued
from ferrous_vm.scripting.shebang import script_header
from ferrous_vm.server import Client, Server
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.workbench.calls import Call, connect, read_call
from ferrous_vm.workbench.cutting import cut, cut_field
from ferrous_vm.workbench.debugged_calls import session_of
from ferrous_vm.workbench.hash_tags import in_one_slot
from ferrous_vm.workbench.key_targets import KeyFacts, verdicts
from ferrous_vm.workbench.key_uses import uses
from ferrous_vm.workbench.once_more import AS_IF_NOW, Which, once_more
from ferrous_vm.workbench.records.keys import KeyName, KeyOrigin, KeyReport, KeyReportShown, KeySource
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.traced_runs import Pass, command_text
from ferrous_vm.workbench.workbench import Workbench

MOST_KEYS: Final = 1_000
"""Keys that are told of, and followed back."""

MOST_MOMENTS: Final = 500_000
"""Moments of the script that are traced."""

LONGEST_KEY: Final = 1_000
"""Bytes of a key that are shown."""

LONGEST_TEXT: Final = 200
"""Characters of a command that is named."""

MOST_SOURCES: Final = 20
"""Things that one key was made of that are told."""

MOST_COMMANDS: Final = 10
"""Names of commands that are told of one key."""

ANOTHER_TIME: Final = "The clock is not held: names made of the time are those of another moment than in the run."
INCOMPLETE: Final = "The script was not followed to its end: there may be more keys."

_FLAGS: Final = re.compile(rb"\A(?:#![^\n]*\bflags=|\s*--!df\s+flags=)([^\s]*)")


class Use(MutableRecord):
    """What is known of one key: where it was named first, and by which commands it was."""

    moment: int = -1
    word: int = 0
    line: int | None = None
    commands: dict[str, None] = field(factory=dict)


class KeyPass(Pass):
    """One more run of a script, with the keys of its commands."""

    def __init__(self, session: DebugSession, keyspace: Any, call: Call) -> None:
        self.uses: dict[bytes, Use] = {key: Use() for key in call.keys}
        self.issued: set[bytes] = set()
        """The names of the commands it issued."""
        self._call = call
        self._tables: list[tuple[bytes, Any]] = []
        # A function gets both tables as its first two arguments, which are seen in the registers of its first moments.
        super().__init__(session, keyspace, None, {1: 0, 2: 1} if call.is_function else {}, MOST_MOMENTS)
        self.provenance = Provenance(self.origins, self._given())

    def _run(self, runtime: Any, settings: Any) -> None:
        if not self._call.is_function:
            names = (b"KEYS", b"ARGV")
            self._tables = [(name, dict.get(runtime.globals, LuaString(name))) for name in names]
        super()._run(runtime, settings)

    def _given(self) -> dict[int, tuple[bytes, list[bytes]]]:
        """KEYS and ARGV by their numbers in the trace."""
        inputs = {b"KEYS": self._call.keys, b"ARGV": self._call.argv}
        tables = self._tables
        if self._call.is_function:
            tables = list(zip(inputs, (self.tracer.captured.get(moment) for moment in (1, 2)), strict=True))
        return {
            self.tracer.table(table): (name, inputs[name])
            for name, table in tables
            if isinstance(table, Table) and table.length() == len(inputs[name])
        }

    def command_ended(self, issued: Issued) -> None:
        """The script issued a command."""
        super().command_ended(issued)
        row = issued.row
        if row is None:
            return
        self.issued.add(row.full_name)
        for word, _, _ in uses(row, issued.argv):
            use = self.uses.setdefault(issued.argv[word], Use())
            if use.moment < 0:
                use.moment, use.word, use.line = len(self.tracer.trace.pcs) - 1, word, issued.line
            use.commands[row.full_name.decode().upper().replace("|", " ")] = None

    def sources(self, key: bytes, use: Use) -> list[KeySource]:
        """What the key was made of, where it was named first."""
        trace = self.origins.trace
        found = trace.instruction(use.moment) if use.moment >= 0 else None
        if found is None:
            return []
        name = self.origins.function_called(use.moment)
        first = found[1][1] + 1 + (name in (b"pcall", b"xpcall"))
        place = Place(trace.activations_at[use.moment], first + use.word, use.moment)
        told = dict.fromkeys(self._source(part) for part in self.provenance.parts(place, LuaString(key)))
        return list(told)[:MOST_SOURCES]

    def _source(self, part: Part) -> KeySource:
        if part.kind is Kind.CONSTANT:
            return KeySource("literal", "the script", part.line)
        if part.kind is Kind.GIVEN:
            name = part.name.decode()
            return KeySource("KEYS" if name == "KEYS" else "ARGV", f"{name}[{part.key}]", part.line)
        if part.kind is Kind.DECODED:
            return KeySource("decoded", printed(part.name), part.line)
        issued = self.commands.get(part.moment) if part.kind is Kind.CALLED else None
        if issued is None:
            return KeySource("made", printed(part.name) or "the script", part.line)
        kind: Any = "time" if issued.argv[0].lower() == b"time" else "stored"
        return KeySource(kind, cut(command_text(issued), LONGEST_TEXT), part.line)


def show(workbench: Workbench, request: KeyReport) -> KeyReportShown | Failure:
    """The keys of a call. An interrupt leaves the keyspace as it was."""
    call = read_call(request)
    found = once_more(workbench, request, lambda: _report(workbench, call))
    if isinstance(found, Failure):
        return found
    shown, which = found
    if which is Which.OTHER:
        return shown if request.fresh else _noted(shown, AS_IF_NOW)
    is_of_time = request.clock is None and any(one.kind == "time" for key in shown.keys for one in key.sources)
    return _noted(shown, ANOTHER_TIME) if is_of_time else shown


def _noted(shown: KeyReportShown, note: str) -> KeyReportShown:
    return with_changes(shown, note=f"{note} {shown.note}".strip())


def _report(workbench: Workbench, call: Call) -> KeyReportShown:
    client = connect(workbench, call.protocol)
    try:
        return report_of(workbench.server, client, call, workbench.interrupts)
    finally:
        client.session.close()


def report_of(server: Server, client: Client, call: Call, interrupts: Any = None) -> KeyReportShown:
    """The keys of one more run, now, all of it taken back. Raises CommandError if the script may not run."""
    session = session_of(server, client, call, interrupts)
    try:
        session.record(moments=FIRST_MOMENT)
        return told(KeyPass(session, server.keyspace, call), call)
    finally:
        session.abandon()


def told(passed: KeyPass, call: Call) -> KeyReportShown:
    """What a run says of its keys."""
    keys, declared = list(passed.uses), set(call.keys)
    undeclared = [key for key in keys if key not in declared]
    slots = set(map(slot_of, keys))
    names = in_one_slot(keys) if len(slots) > 1 else []
    return KeyReportShown(
        keys=[_origin(passed, key, key in declared) for key in keys[:MOST_KEYS]],
        all=len(keys),
        undeclared=len(undeclared),
        slots=len(slots),
        proposal=[
            KeyName(cut_field(key, LONGEST_KEY), cut_field(name, LONGEST_KEY))
            for key, name in list(zip(keys, names, strict=False))[:MOST_KEYS]
        ],
        verdicts=verdicts(facts_of(call, undeclared, passed)),
        note="" if passed.origins.trace.is_whole else INCOMPLETE,
    )


def _origin(passed: KeyPass, key: bytes, declared: bool) -> KeyOrigin:
    use, tag = passed.uses[key], hash_tag(key)
    return KeyOrigin(
        key=cut_field(key, LONGEST_KEY),
        declared=declared,
        slot=slot_of(key),
        tag=None if tag is None else cut_field(tag, LONGEST_KEY),
        commands=list(use.commands)[:MOST_COMMANDS],
        line=use.line,
        sources=passed.sources(key, use),
    )


def facts_of(call: Call, undeclared: Iterable[bytes], passed: KeyPass) -> KeyFacts:
    """What the rules of servers go by, of a call and the keys that were used without being declared."""
    declared = set(map(slot_of, call.keys))
    others = [slot_of(key) for key in undeclared]
    marks = _FLAGS.search(call.script)
    words, flags = set(marks[1].split(b",")) if marks else set(), _flags(call)
    return KeyFacts(
        declared_slots=len(declared),
        undeclared=len(others),
        elsewhere=sum(slot not in declared for slot in others) if declared or len(set(others)) > 1 else 0,
        stays=not flags & (ScriptFlag.EVAL_COMPAT_MODE | ScriptFlag.ALLOW_CROSS_SLOT),
        locks_keys=b"allow-key-locking" in words,
        allows_undeclared=b"allow-undeclared-keys" in words,
        words=3 + len(call.keys) + len(call.argv),
        lists_keys=b"keys" in passed.issued,
        flushes=not passed.issued.isdisjoint((b"flushdb", b"flushall")),
        no_cluster=ScriptFlag.NO_CLUSTER in flags,
        is_whole=passed.origins.trace.is_whole,
    )


def _flags(call: Call) -> ScriptFlag:
    """The flags of a script's shebang, or those of a function as the library's text has them."""
    if call.is_function:
        named = (flag for name, flag in FLAG_NAMES.items() if name in call.script)
        return reduce(or_, named, ScriptFlag.NONE)
    try:
        return script_header(call.script).flags
    except CommandError:
        return ScriptFlag.EVAL_COMPAT_MODE
