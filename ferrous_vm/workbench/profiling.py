"""Where the time of a script goes, from two runs of it: what was executed, how often, by whose call; how long it took.

What is counted, in instructions, is the same at every run. What is timed, in a run of its own that nothing slows much
(`timed_runs.py`), is this engine's time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeVar

from ferrous_vm.bytecode.module import Prototype
from ferrous_vm.bytecode.opcodes import OPCODES
from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.parsing import integer
from ferrous_vm.machine.profile import counting_tables
from ferrous_vm.machine.tracing import NOBODY, Activation, Trace
from ferrous_vm.printing import printed
from ferrous_vm.records import MutableRecord, field, with_changes
from ferrous_vm.scripting.debugging import FIRST_MOMENT, DebugSession
from ferrous_vm.server import Client, Server
from ferrous_vm.workbench.calls import connect, read_call
from ferrous_vm.workbench.cluster_calls import in_cluster, node_of
from ferrous_vm.workbench.debugged_calls import session_of
from ferrous_vm.workbench.debugging import ask
from ferrous_vm.workbench.once_more import ANOTHER, ANOTHER_TIME, AS_IF_NOW, Which, once_more
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
    RunProfile,
)
from ferrous_vm.workbench.timed_runs import TimedRun, command_name
from ferrous_vm.workbench.traced_runs import Pass
from ferrous_vm.workbench.workbench import Workbench

T = TypeVar("T")

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
    return ask(workbench, lambda opened: profile(opened.session, workbench.keyspace, workbench.timer))


def show_run(workbench: Workbench, request: RunProfile) -> DebugProfileShown | Failure:
    """Where the time of a run goes. An interrupt ends it with what it has, and leaves the keyspace as it was."""
    found = once_more(workbench, request, lambda: _of_call(workbench, request))
    if isinstance(found, Failure):
        return found
    (shown, asks_time), which = found
    notes = [ANOTHER if request.fresh else AS_IF_NOW] if which is Which.OTHER else []
    if which is not Which.OTHER and asks_time and request.clock is None:
        notes.append(ANOTHER_TIME)
    return with_changes(shown, note=" ".join(filter(None, [*notes, shown.note])))


def _of_call(workbench: Workbench, request: RunProfile) -> tuple[DebugProfileShown, bool]:
    """That of a call where the workbench stands, and whether it asks for the time. Raises CommandError."""
    call = read_call(request)
    with in_cluster(workbench, node_of(request.cluster, request.node, call.keys)):
        client = connect(workbench, call.protocol)
        try:
            session = session_of(workbench.server, client, call, workbench.interrupts)
            try:
                session.record(moments=FIRST_MOMENT)
                passed = CountedPass(session, workbench.keyspace)
                shown = profile_of(passed, session, workbench.timer)
                return shown, any(command_name(issued) == b"time" for issued in passed.commands.values())
            finally:
                session.abandon()
        finally:
            client.session.close()


class CountedPass(Pass):
    """One more run of a script, with what it makes, and what is alive at its end."""

    def __init__(self, session: DebugSession, keyspace: Any) -> None:
        self.tables: Counter[str] = Counter()
        """How many tables were made, by whomever."""
        self.live: dict[bytes, int] = {}
        super().__init__(session, keyspace, None, {})

    def _run(self, runtime: Any, settings: Any) -> None:
        with counting_tables(self.tables):
            super()._run(runtime, settings)
        runtime.heap.collect()
        self.live = dict(runtime.heap.live_objects())


class Counts(NamedTuple):
    """What a trace says of the instructions of a script: by prototype and instruction, how often it was executed, and
    how often each conditional jump jumped."""

    executed: Counter[tuple[int, int]]
    jumped: Counter[tuple[int, int]]
    prototypes: list[Prototype]
    """By their number: the main function and all inside it, called or not; of a library those inside."""


def counts_of(passed: Pass) -> Counts:
    """Counted once through."""
    trace = passed.origins.trace
    prototypes = list(with_inner(passed.main))
    if trace.activations and trace.activations[0].prototype is not passed.main:
        del prototypes[0]  # that of a library, which was run when it was loaded
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
        target = target_of(prototypes[number], pc)
        if target is not None:
            waiting[at] = (target, pc)
    return Counts(executed, jumped, prototypes)


def with_inner(main: Prototype) -> Iterator[Prototype]:
    """A function and all inside it, in the order of their numbers."""
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


def target_of(prototype: Prototype, pc: int) -> int | None:
    """Where a conditional jump leads; None for an instruction that always does the same."""
    instruction = prototype.code[pc]
    operand = _TARGETS[instruction[0]]
    return instruction[operand] if operand else None


def lines_of(counts: Counts, commands: dict[int, int], seconds: dict[int, float]) -> list[LineProfile]:
    """All lines with code, in their order. `commands` counts those of each line, `seconds` are what it took."""
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
            if target_of(prototype, pc) is not None:
                jumped = counts.jumped[number, pc]
                entry[3].append([count - jumped, jumped])
        for line, count in seen.items():
            found[line][0] += count
    for line in sorted(found):
        count, instructions, made, branches = found[line]
        milliseconds = _milliseconds(seconds.get(line, 0.0))
        lines[line] = LineProfile(line, count, instructions, commands.get(line, 0), made, branches, milliseconds)
    return list(lines.values())


class _Node(MutableRecord):
    """A function in the place where it was called."""

    name: str
    line: int
    own: int = 0
    seconds: float = 0.0
    calls: int = 0
    inside: dict[tuple[str, int], _Node] = field(factory=dict)


def profile(session: DebugSession, keyspace: Any, clock: Callable[[], float]) -> DebugProfileShown:
    """What two runs tell. `clock` is monotonic, in seconds."""
    return profile_of(CountedPass(session, keyspace), session, clock)


def profile_of(passed: CountedPass, session: DebugSession, clock: Callable[[], float]) -> DebugProfileShown:
    """The same, the first of them being done."""
    trace = passed.origins.trace
    timed = TimedRun(session, clock, len(trace.pcs), DEEPEST)
    counts = counts_of(passed)
    of_lines: Counter[int] = Counter()
    of_activations: Counter[int] = Counter()
    for moment in passed.commands:
        line = trace.line(moment)
        if line is not None:
            of_lines[line] += 1
            of_activations[trace.activations_at[moment]] += 1
    own = Counter(trace.activations_at)
    root, functions = _tree(trace, own, of_activations, timed)
    made = _made(counts)
    made["table"] = passed.tables["table"]
    seconds = timed.lines()
    kinds = sorted({*made, *(kind.decode() for kind in passed.live)})
    instructions = sum(counts.executed.values())
    return DebugProfileShown(
        instructions=instructions,
        milliseconds=_milliseconds(sum(seconds.values())),
        lines=lines_of(counts, of_lines, seconds),
        functions=functions,
        flame=list(_bars(root)),
        commands=_commands(passed, timed),
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


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _commands(passed: CountedPass, timed: TimedRun) -> list[CommandCost]:
    found = Counter(command_name(issued) for issued in passed.commands.values())
    spent = timed.commands
    names = sorted(found, key=lambda name: -spent[name])[:MOST_COMMANDS]
    return [
        CommandCost(printed(name).upper().replace("|", " "), found[name], _milliseconds(spent[name])) for name in names
    ]


def _tree(
    trace: Trace, own: Counter[int], commands: Counter[int], timed: TimedRun
) -> tuple[_Node, list[FunctionProfile]]:
    """The tree of calls, those of one function in one place as one, and what each function costs in all places."""
    root = _Node("", 0)
    nodes: list[_Node] = []
    depths: list[int] = []
    functions: dict[_Key, list[int]] = {}
    keys = []
    for number, activation in enumerate(trace.activations):
        within = activation.within
        depth = 0 if within == NOBODY else depths[within] + 1
        parent = root if within == NOBODY else nodes[within]
        key = _name_of(trace, activation)
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
    totals = _with_called(trace, keys, own)
    seconds, seconds_with_called = _add_time(root, timed)
    shown = [
        FunctionProfile(
            *key,
            calls,
            mine,
            totals[key],
            issued,
            _milliseconds(seconds[key]),
            _milliseconds(seconds_with_called[key]),
        )
        for key, (calls, mine, issued) in functions.items()
    ]
    return root, sorted(shown, key=lambda one: (-one.milliseconds, -one.own))[:MOST_FUNCTIONS]


def _with_called(trace: Trace, keys: list[_Key], own: Counter[int]) -> Counter[_Key]:
    """The instructions of each function and of all that it called. `keys` names the function of each activation."""
    around: list[frozenset[_Key]] = []
    inside: Counter[frozenset[_Key]] = Counter()
    for number, (activation, key) in enumerate(zip(trace.activations, keys, strict=True)):
        callers = frozenset() if activation.within == NOBODY else around[activation.within]
        # A recursion is in one and the same set, however deep it is.
        called = callers if key in callers else callers | {key}
        around.append(called if len(called) <= DEEPEST else callers)
        inside[called] += own[number]
    totals: Counter[_Key] = Counter()
    for called, count in inside.items():
        for key in called:
            totals[key] += count
    return totals


_Key = tuple[str, int]
"""A function: its name, and the line on which it is defined."""


def _add_time(root: _Node, timed: TimedRun) -> tuple[dict[_Key, float], dict[_Key, float]]:
    """Each node of the tree gets its seconds. Answers those of each function, and of what it called with it."""
    own: defaultdict[_Key, float] = defaultdict(float)
    total: defaultdict[_Key, float] = defaultdict(float)
    for call, around in timed.calls():
        path = [_name(one.prototype, one.caller, one.called_at) for one in (*around, call)]
        node = root
        for key in path:
            node = node.inside.get(key, node)
        node.seconds += call.seconds
        own[path[-1]] += call.seconds
        for key in set(path):
            total[key] += call.seconds
    return own, total


def _name_of(trace: Trace, activation: Activation) -> _Key:
    if activation.caller != NOBODY and activation.replaced == NOBODY:
        caller = trace.activations[activation.caller].prototype
        return _name(activation.prototype, caller, trace.pcs[activation.called_at])
    return _name(activation.prototype, None, 0)


def _name(function: Prototype, caller: Prototype | None, called_at: int) -> _Key:
    """What its caller calls it, if that is known, with the instruction that calls; and its line."""
    line = function.defined_line
    described = caller.descriptions[called_at] if caller is not None else None
    if not line:
        return "main chunk", line
    return printed(described[0].name) if described and described[0] is not None else f"function at line {line}", line


def _bars(root: _Node) -> Iterator[FlameBar]:
    """The tree from above, each function beside those that its caller called."""
    total, seconds = _totals(root)
    waiting = [(node, 0, start) for node, start in _beside(root, 0, total)]
    count = 0
    while waiting and count < MOST_BARS:
        node, depth, start = waiting.pop(0)
        count += 1
        yield FlameBar(
            node.name, node.line, depth, start, total[id(node)], node.calls, _milliseconds(seconds[id(node)])
        )
        waiting[:0] = [(inner, depth + 1, begin) for inner, begin in _beside(node, start, total)]


def _beside(node: _Node, start: int, total: dict[int, int]) -> list[tuple[_Node, int]]:
    found = []
    for inner in node.inside.values():
        found.append((inner, start))
        start += total[id(inner)]
    return found


def _totals(root: _Node) -> tuple[dict[int, int], dict[int, float]]:
    """Of each node its instructions, and its seconds, with all it called; trees are as deep as `DEEPEST`."""
    order, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(node.inside.values())
    total: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for node in reversed(order):
        total[id(node)] = node.own + sum(total[id(inner)] for inner in node.inside.values())
        seconds[id(node)] = node.seconds + sum(seconds[id(inner)] for inner in node.inside.values())
    return total, seconds


def call_again(
    server: Server, client: Client, argv: list[bytes], look: Callable[[DebugSession], T], library: bytes = b""
) -> T | None:
    """What `look` answers of an EVAL that would be carried out now, or of an FCALL of a function of `library`; whatever
    it does is taken back. None if the script may not run, which the command itself will tell."""
    try:
        count = integer(argv[2])
        is_function = argv[0].startswith(b"FCALL")
        session = DebugSession(
            server.scripting,
            client.session,
            library if is_function else argv[1],
            argv[3 : 3 + count],
            argv[3 + count :],
            function=argv[1] if is_function else None,
            read_only_command=argv[0].endswith(b"_RO"),
        )
    except CommandError:
        return None
    try:
        session.record(moments=FIRST_MOMENT)
        return look(session)
    finally:
        session.abandon()
