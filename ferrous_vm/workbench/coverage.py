"""Which lines and branches of scripts were executed by calls of them, as lcov tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

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


class CoveredFunction(Record):
    """A function, and how often it was called."""

    line: int
    name: str
    calls: int


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
        return covered(self.lines())

    def functions(self) -> list[CoveredFunction]:
        """All functions, and how often each was called."""
        found: list[CoveredFunction] = []
        for number, prototype in enumerate(self._counts.prototypes if self._counts is not None else ()):
            line = prototype.defined_line
            name = f"function at line {line}" if line else "main chunk"
            name = f"{name} ({number})" if any(name == other.name for other in found) else name
            found.append(CoveredFunction(line or 1, name, self._counts.executed[number, 0] if self._counts else 0))
        return found

    def lcov(self, path: str) -> str:
        """A record of lcov's tracefile."""
        return lcov(path, self.functions(), self.lines())


def covered(lines: Sequence[LineProfile]) -> Covered:
    """How much of these lines was executed."""
    ways = [count for line in lines for branch in line.branches for count in branch]
    executed = sum(1 for line in lines if line.count)
    return Covered(len(lines), executed, len(ways), sum(1 for count in ways if count))


def lcov(path: str, functions: Sequence[CoveredFunction], lines: Sequence[LineProfile]) -> str:
    """A record of lcov's tracefile (geninfo(1), FILES)."""
    whole = covered(lines)
    return "\n".join([
        "TN:",
        f"SF:{path}",
        *(f"FN:{one.line},{one.name}" for one in functions),
        *(f"FNDA:{one.calls},{one.name}" for one in functions),
        *([f"FNF:{len(functions)}", f"FNH:{sum(1 for one in functions if one.calls)}"] if functions else []),
        *(
            f"BRDA:{line.line},{block},{way},{count if sum(branch) else '-'}"
            for line in lines
            for block, branch in enumerate(line.branches)
            for way, count in enumerate(branch)
        ),
        f"BRF:{whole.ways}",
        f"BRH:{whole.ways_taken}",
        *(f"DA:{line.line},{line.count}" for line in lines),
        f"LF:{whole.lines}",
        f"LH:{whole.lines_executed}",
        "end_of_record",
        "",
    ])  # fmt: skip
