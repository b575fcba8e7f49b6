"""Which lines and branches of scripts were executed by calls of them, as lcov tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ferrous_vm.records import Record
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.server import Client, Server
from ferrous_vm.workbench.profiling import CountedPass, Counts, call_again, counts_of, lines_of
from ferrous_vm.workbench.records.profiling import LineProfile


class Covered(Record):
    """How much of a script was executed."""

    lines: int
    lines_executed: int
    ways: int
    """Those of conditions: each has two."""
    ways_taken: int


class Coverage:
    """What was executed of one script, in all calls together."""

    def __init__(self) -> None:
        self._counts: Counts | None = None

    def add_call(self, server: Server, client: Client, argv: list[bytes], source: bytes) -> None:
        """What an EVAL, or an FCALL of a function of the library `source`, will do, before it is carried out."""

        def count(session: DebugSession) -> Counts:
            return counts_of(CountedPass(session, server.keyspace))

        counts = call_again(server, client, argv, count, source)
        if counts is not None:
            self.add(counts)

    def add(self, counts: Counts) -> None:
        """One call more."""
        before = self._counts
        if before is None or len(before.prototypes) != len(counts.prototypes):
            before = Counts(Counter(), Counter(), counts.prototypes)
        self._counts = Counts(before.executed + counts.executed, before.jumped + counts.jumped, counts.prototypes)

    def lines(self) -> list[LineProfile]:
        """The lines with code."""
        return [] if self._counts is None else lines_of(self._counts, {}, {})

    def covered(self) -> Covered:
        """In numbers."""
        lines = self.lines()
        ways = [count for line in lines for branch in line.branches for count in branch]
        executed = sum(1 for line in lines if line.count)
        return Covered(len(lines), executed, len(ways), sum(1 for count in ways if count))

    def lcov(self, path: str) -> str:
        """A record of lcov's tracefile."""
        return "\n".join(
            ["TN:", f"SF:{path}", *self._functions(), *self._branches(), *self._lines(), "end_of_record", ""]
        )

    def _functions(self) -> Iterator[str]:
        if self._counts is None:
            return
        calls: list[tuple[int, str]] = []
        for number, prototype in enumerate(self._counts.prototypes):
            line = prototype.defined_line
            name = f"function at line {line}" if line else "main chunk"
            name = f"{name} ({number})" if any(name == other for _, other in calls) else name
            calls.append((self._counts.executed[number, 0], name))
            yield f"FN:{line or 1},{name}"
        for count, name in calls:
            yield f"FNDA:{count},{name}"
        yield f"FNF:{len(calls)}"
        yield f"FNH:{sum(1 for count, _ in calls if count)}"

    def _branches(self) -> Iterator[str]:
        for line in self.lines():
            for block, branch in enumerate(line.branches):
                for way, count in enumerate(branch):
                    yield f"BRDA:{line.line},{block},{way},{count if sum(branch) else '-'}"
        covered = self.covered()
        yield f"BRF:{covered.ways}"
        yield f"BRH:{covered.ways_taken}"

    def _lines(self) -> Iterator[str]:
        for line in self.lines():
            yield f"DA:{line.line},{line.count}"
        covered = self.covered()
        yield f"LF:{covered.lines}"
        yield f"LH:{covered.lines_executed}"
