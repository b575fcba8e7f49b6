"""Where the time of a script goes, from the trace of a run: what was executed, how often, and by whose call.

The measure is the instruction: it is the same at every run, and nothing has to be timed. Commands are counted apart,
for one costs as much as many instructions.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ferrous_vm.bytecode.module import Prototype
from ferrous_vm.bytecode.opcodes import OPCODES
from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.parsing import integer
from ferrous_vm.machine.tracing import NOBODY, Activation, Trace
from ferrous_vm.printing import printed
from ferrous_vm.records import MutableRecord, field
from ferrous_vm.scripting.debugging import FIRST_MOMENT, DebugSession
from ferrous_vm.scripting.run import Issued
from ferrous_vm.server import Client, Server
from ferrous_vm.workbench.debugging import ask
from ferrous_vm.workbench.origins import INCOMPLETE
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.records.profiling import (
    CommandCost,
    DebugProfile,
    DebugProfileShown,
    FlameBar,
    FunctionProfile,
    LineProfile,
    ObjectCount,
)
from ferrous_vm.workbench.traced_runs import Pass
from ferrous_vm.workbench.workbench import Workbench

MOST_BARS: Final = 1_000
"""Bars of the flame chart, those that were met first."""

DEEPEST: Final = 60
"""Levels of it; what is deeper counts for the function at that level."""

MOST_FUNCTIONS: Final = 200
MOST_COMMANDS: Final = 100
"""Functions and commands that are listed, those first that cost most."""

MADE: Final = {"NEWTABLE": "table", "CLOSURE": "function", "CONCAT": "string"}
"""What instructions make."""


def show(workbench: Workbench, _: DebugProfile) -> DebugProfileShown | Failure:
    """Where the time of the script that is debugged goes."""
    return ask(workbench, lambda opened: profile(TimedPass(opened.session, workbench.keyspace)))


class TimedPass(Pass):
    """One more run of a script, with the time of its commands, and what is alive at its end."""

    def __init__(self, session: Any, keyspace: Any) -> None:
        self.spent: defaultdict[bytes, float] = defaultdict(float)
        """Seconds by name of the command, the instructions before each included."""
        self.live: dict[bytes, int] = {}
        self._last = time.perf_counter()
        super().__init__(session, keyspace, None, {})

    def command_ended(self, issued: Issued) -> None:
        """The script issued a command."""
        now = time.perf_counter()
        row = issued.row
        self.spent[row.full_name if row is not None else issued.argv[0]] += now - self._last
        super().command_ended(issued)
        self._last = time.perf_counter()

    def _run(self, runtime: Any, settings: Any) -> None:
        self._last = time.perf_counter()
        super()._run(runtime, settings)
        runtime.heap.collect()
        self.live = dict(runtime.heap.live_objects())


class Counts(NamedTuple):
    """What a trace says of the instructions of a script: by prototype and instruction, how often it was executed, and
    how often each conditional jump jumped."""

    executed: Counter[tuple[int, int]]
    jumped: Counter[tuple[int, int]]
    prototypes: list[Prototype]
    """By their number: the main function and all inside it, called or not."""


def counts_of(trace: Trace) -> Counts:
    """Counted once through."""
    prototypes = list(_with_inner(trace.activations[0].prototype)) if trace.activations else []
    number_of = {id(prototype): number for number, prototype in enumerate(prototypes)}
    numbers = [number_of.get(id(one.prototype), NOBODY) for one in trace.activations]
    executed: Counter[tuple[int, int]] = Counter()
    jumped: Counter[tuple[int, int]] = Counter()
    waiting: dict[int, tuple[int, int]] = {}
    """By activation, the target of the conditional jump it executed last, and its place."""
    for at, pc in zip(trace.activations_at, trace.pcs, strict=True):
        if at == NOBODY or numbers[at] == NOBODY:
            continue
        number = numbers[at]
        executed[number, pc] += 1
        before = waiting.pop(at, None)
        if before is not None and before[0] == pc:
            jumped[number, before[1]] += 1
        target = _target(prototypes[number], pc)
        if target is not None:
            waiting[at] = (target, pc)
    return Counts(executed, jumped, prototypes)


def _with_inner(main: Prototype) -> Iterator[Prototype]:
    waiting = [main]
    while waiting:
        prototype = waiting.pop(0)
        yield prototype
        waiting = [*prototype.prototypes, *waiting]


_TARGETS: Final = tuple(
    3 if opcode.name.startswith(("JUMP_EQ", "JUMP_NOT", "JUMP_L", "SET_JUMP", "TFORLOOP"))
    else 2 if opcode.name in ("JUMP_IF", "JUMP_IF_NOT", "FORLOOP")
    else 0
    for opcode in OPCODES
)  # fmt: skip
"""Which operand of an instruction is where it may jump; 0 for those that always do the same."""


def _target(prototype: Prototype, pc: int) -> int | None:
    instruction = prototype.code[pc]
    operand = _TARGETS[instruction[0]]
    return instruction[operand] if operand else None


def lines_of(counts: Counts, commands: dict[int, int]) -> list[LineProfile]:
    """All lines with code, in their order. `commands` counts those of each line."""
    lines: dict[int, LineProfile] = {}
    found: dict[int, list[Any]] = {}
    for number, prototype in enumerate(counts.prototypes):
        seen: dict[int, int] = {}
        for pc, line in enumerate(prototype.lines):
            if pc == len(prototype.code) - 1 and pc:  # the RETURN that the compiler puts at every end
                continue
            count = counts.executed[number, pc]
            entry = found.setdefault(line, [0, 0, 0, []])
            seen[line] = max(seen.get(line, 0), count)
            entry[1] += count
            entry[2] += count if OPCODES[prototype.code[pc][0]].name in MADE else 0
            if _target(prototype, pc) is not None:
                jumped = counts.jumped[number, pc]
                entry[3].append([count - jumped, jumped])
        for line, count in seen.items():
            found[line][0] += count
    for line in sorted(found):
        count, instructions, made, branches = found[line]
        lines[line] = LineProfile(line, count, instructions, commands.get(line, 0), made, branches)
    return list(lines.values())


class _Node(MutableRecord):
    """A function in the place where it was called."""

    name: str
    line: int
    own: int = 0
    commands: int = 0
    calls: int = 0
    inside: dict[tuple[str, int], _Node] = field(factory=dict)


def profile(passed: TimedPass) -> DebugProfileShown:
    """What a pass tells."""
    trace = passed.origins.trace
    counts = counts_of(trace)
    of_lines: Counter[int] = Counter()
    of_activations: Counter[int] = Counter()
    for moment in passed.commands:
        line = trace.line(moment)
        if line is not None:
            of_lines[line] += 1
            of_activations[trace.activations_at[moment]] += 1
    own = Counter(trace.activations_at)
    root, functions = _tree(trace, own, of_activations)
    made = _made(counts)
    kinds = sorted({*made, *(kind.decode() for kind in passed.live)})
    instructions = sum(counts.executed.values())
    return DebugProfileShown(
        instructions=instructions,
        lines=lines_of(counts, of_lines),
        functions=functions,
        flame=list(_bars(root)),
        commands=_commands(passed),
        objects=[ObjectCount(kind, made[kind], passed.live.get(kind.encode(), 0)) for kind in kinds],
        note="" if trace.is_whole else INCOMPLETE.format(len(trace.pcs)),
    )


def _made(counts: Counts) -> Counter[str]:
    made: Counter[str] = Counter()
    for (number, pc), count in counts.executed.items():
        kind = MADE.get(OPCODES[counts.prototypes[number].code[pc][0]].name)
        if kind is not None:
            made[kind] += count
    return made


def _commands(passed: TimedPass) -> list[CommandCost]:
    found: Counter[bytes] = Counter()
    for issued in passed.commands.values():
        row = issued.row
        found[row.full_name if row is not None else issued.argv[0]] += 1
    spent = passed.spent
    names = sorted(found, key=lambda name: -found[name])[:MOST_COMMANDS]
    return [
        CommandCost(printed(name).upper().replace("|", " "), found[name], round(spent[name] * 1000, 3))
        for name in names
    ]


def _tree(trace: Trace, own: Counter[int], commands: Counter[int]) -> tuple[_Node, list[FunctionProfile]]:
    """The tree of calls, those of one function in one place as one, and what each function costs in all places."""
    root = _Node("", 0)
    nodes: list[_Node] = []
    depths: list[int] = []
    totals: Counter[tuple[str, int]] = Counter()
    functions: dict[tuple[str, int], list[int]] = {}
    keys = []
    for number, activation in enumerate(trace.activations):
        within = activation.within
        depth = 0 if within == NOBODY else depths[within] + 1
        parent = root if within == NOBODY else nodes[within]
        key = (_name_of(trace, activation), activation.prototype.defined_line)
        if depth >= DEEPEST:
            node = parent
        else:
            node = parent.inside.setdefault(key, _Node(*key))
        node.calls += depth < DEEPEST
        node.own += own[number]
        nodes.append(node)
        depths.append(depth)
        keys.append(key)
        entry = functions.setdefault(key, [0, 0, 0])
        entry[0] += 1
        entry[1] += own[number]
        entry[2] += commands[number]
    for number in range(len(trace.activations)):
        above: set[tuple[str, int]] = set()
        at = number
        while at != NOBODY and len(above) <= DEEPEST:
            if keys[at] not in above:
                above.add(keys[at])
                totals[keys[at]] += own[number]
            at = trace.activations[at].within
    shown = [
        FunctionProfile(name, line, calls, mine, totals[name, line], issued)
        for (name, line), (calls, mine, issued) in functions.items()
    ]
    return root, sorted(shown, key=lambda one: -one.own)[:MOST_FUNCTIONS]


def _name_of(trace: Trace, activation: Activation) -> str:
    """What its caller calls it."""
    line = activation.prototype.defined_line
    if not line:
        return "main chunk"
    if activation.caller != NOBODY and activation.replaced == NOBODY:
        caller = trace.activations[activation.caller].prototype
        described = caller.descriptions[trace.pcs[activation.called_at]]
        if described and described[0] is not None:
            return printed(described[0].name)
    return f"function at line {line}"


def _bars(root: _Node) -> Iterator[FlameBar]:
    """The tree from above, each function beside those that its caller called."""
    total = _totals(root)
    waiting = [(node, 0, start) for node, start in _beside(root, 0, total)]
    count = 0
    while waiting and count < MOST_BARS:
        node, depth, start = waiting.pop(0)
        count += 1
        yield FlameBar(node.name, node.line, depth, start, total[id(node)], node.calls)
        waiting[:0] = [(inner, depth + 1, begin) for inner, begin in _beside(node, start, total)]


def _beside(node: _Node, start: int, total: dict[int, int]) -> list[tuple[_Node, int]]:
    found = []
    for inner in node.inside.values():
        found.append((inner, start))
        start += total[id(inner)]
    return found


def _totals(root: _Node) -> dict[int, int]:
    """Of each node its instructions with all it called; trees are as deep as `DEEPEST`."""
    order, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(node.inside.values())
    total: dict[int, int] = {}
    for node in reversed(order):
        total[id(node)] = node.own + sum(total[id(inner)] for inner in node.inside.values())
    return total


def call_again(server: Server, client: Client, argv: list[bytes]) -> TimedPass | None:
    """What an EVAL would do now, all of it taken back. None if the script may not run, which EVAL will tell."""
    try:
        count = integer(argv[2])
        session = DebugSession(
            server.scripting,
            client.session,
            argv[1],
            argv[3 : 3 + count],
            argv[3 + count :],
            read_only_command=argv[0] == b"EVAL_RO",
        )
    except CommandError:
        return None
    try:
        session.record(moments=FIRST_MOMENT)
        return TimedPass(session, server.keyspace)
    finally:
        session.abandon()
