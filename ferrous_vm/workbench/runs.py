"""One run of a script on the workbench's keyspace, and everything the page shows of it (contract.Run, contract.Ran)."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from ferrous_vm.errors import TracePoint
from ferrous_vm.printing import printed
from ferrous_vm.syntax.chunk_name import short_source
from ferrous_vm.workbench import changes, reply_views
from ferrous_vm.workbench.beginnings import Beginning, LastRun
from ferrous_vm.workbench.calls import Call, connect, order_of, prepare, read_call, seed_of
from ferrous_vm.workbench.cluster_calls import in_cluster, leave_cluster, node_of
from ferrous_vm.workbench.cutting import beginning, within
from ferrous_vm.workbench.escapes import encode as text_bytes
from ferrous_vm.workbench.records.keyspace import ChangeCounts, ChangePart, MoreChanges
from ferrous_vm.workbench.records.problems import Problem
from ferrous_vm.workbench.records.running import AccessCounts, ErrorExplanation, LogLine, Ran, Run, StackLevel
from ferrous_vm.workbench.watching import Watcher
from ferrous_vm.workbench.workbench import Workbench, guarded

ERROR_LINE = re.compile(rb"(?:, on @?user_(?:script|function):|user_(?:script|function):)(\d+)(?:\.$|: )")
"""Where an error reply names a line of the script: in the suffix of one that aborted it, or in a syntax error."""


MOST_LINES = 1_000
"""Lines of the log that are shown from its beginning, and from its end."""

LARGEST_LOG = 1_000_000
"""Bytes of each of the two."""

LONGEST_LINE = 10_000
"""Bytes of one line."""

LoggedLine: TypeAlias = tuple[int, bytes, int | None]
"""A line of the server's log: its level, its bytes, and where in the script it was written."""


class Marks(NamedTuple):
    """Where a run begins in the journal: the fixture, whether that changed anything, and the script."""

    fixture: int
    was_filled: bool
    script: int


def run(workbench: Workbench, request: Run) -> Ran:
    """Run the script. An interrupt ends it and leaves the keyspace as it was before."""
    mark = workbench.begin()
    try:
        return guarded(workbench, mark, lambda: _run(workbench, request, mark))
    except KeyboardInterrupt:
        return _unfinished(workbench, request, "interrupted", None)


def _run(workbench: Workbench, request: Run, mark: int) -> Ran:
    call = read_call(request)
    node = node_of(request.cluster, request.node, call.keys)
    leave_cluster(workbench)
    workbench.clock.held = request.clock
    seed = seed_of(workbench, request.seed)
    workbench.server.seed(seed)
    problem = workbench.carry_out(request.fixture, fresh=True) if request.fresh else None
    if problem is not None:
        workbench.take_back(mark)
        return _unfinished(workbench, request, "fixture", problem)
    marks = Marks(mark, workbench.keyspace.has_changed(mark), int(workbench.journal.savepoint()))
    workbench.server.take_log()
    watcher = Watcher(call, workbench.host)
    order = order_of(request.shuffle, seed)
    begun = Beginning(marks.script, workbench.server.random_state, workbench.clock() / 1_000_000, order)
    workbench.last_run = LastRun(request, begun, seed)
    with in_cluster(workbench, node):
        try:
            data = _call(workbench, call, watcher, order)
        except KeyboardInterrupt:
            return workbench.interrupts.hold(lambda: _told(workbench, call, watcher, None, marks, begun, keep=False))
        workbench.last_reply = data
        return _told(workbench, call, watcher, data, marks, begun, keep=not request.dry)


def _told(
    workbench: Workbench,
    call: Call,
    watcher: Watcher,
    data: bytes | None,
    marks: Marks,
    begun: Beginning,
    *,
    keep: bool,
) -> Ran:
    """What is told of a script that replied `data`, or was interrupted (None). Unless `keep` all is taken back."""
    workbench.host.telling()
    watcher.replied(data)
    reply = None if data is None else reply_views.view(data)
    problem = problem_of(data) if data is not None and reply is not None and reply.is_error else None
    explanation = _explanation(workbench, call, problem, watcher, begun) if problem else None
    found = workbench.changes(marks.script, ends=data is not None)
    differences = changes.part(map(changes.view, found))
    act = None
    if keep:
        if marks.was_filled:
            workbench.remember("fixture", marks.fixture)
        act = workbench.end("run", marks.script)
    else:
        workbench.take_back(marks.fixture)
    workbench.last_changes = None if act is None else changes.ChangesOfRun(found, act, workbench.journal.savepoint())
    log, log_omitted = _log(workbench)
    trace = watcher.trace.listed()
    return Ran(
        outcome="interrupted" if reply is None else "error" if reply.is_error else "ok",
        reply=reply,
        problem=problem,
        explanation=explanation,
        stack=stack_of(watcher.stack),
        changes=differences,
        changed=changes.counts(found),
        log=log,
        log_omitted=log_omitted,
        trace=trace,
        trace_omitted=watcher.trace.count - len(trace),
        command_counts=watcher.trace.counts(),
        accesses=watcher.accesses(),
        access_counts=watcher.access_counts(),
        conversions=watcher.conversions.conversions,
        milliseconds=watcher.milliseconds,
        sha1=call.sha1,
        now=workbench.now(),
        act=act,
        keyspace=workbench.state_since(marks.fixture),
    )


def more_changes(workbench: Workbench, request: MoreChanges) -> ChangePart:
    """More of what the last run changed, while nobody has changed it since."""
    last = workbench.last_changes
    is_last = last is not None and bool(workbench.acts) and workbench.acts[-1].number == last.act
    if last is None or not is_last or last.mark != workbench.journal.savepoint():
        return ChangePart([], 0, 0, is_gone=True)
    return changes.later_part(last, request.search, request.offset)


def _call(workbench: Workbench, call: Call, watcher: Watcher, order: int | None) -> bytes:
    """The reply to the call as RESP bytes."""
    client = connect(workbench, call.protocol)
    if call.preparation is not None:
        prepared = client.execute_resp(*call.preparation)
        if prepared.startswith(b"-"):
            return prepared
    prepare(workbench.server, call)
    start = watcher.last = time.perf_counter()
    try:
        workbench.server.scripting.observer = watcher
        workbench.server.shuffle(order)
        data: bytes = client.execute_resp(*call.command)
    finally:
        workbench.server.scripting.observer = None
        workbench.server.shuffle(None)
        watcher.milliseconds = (time.perf_counter() - start) * 1000
    return data


def _explanation(
    workbench: Workbench, call: Call, problem: Problem, watcher: Watcher, begun: Beginning
) -> ErrorExplanation:
    """The error in plain words; the table of them is imported when the first error comes."""
    from ferrous_vm.workbench.error_explanations import explanation
    from ferrous_vm.workbench.failure_origins import FailureOrigins

    return explanation(workbench, call, problem, watcher, FailureOrigins(workbench, call, begun, problem.line).story)


def _unfinished(workbench: Workbench, request: Run, outcome: Any, problem: Problem | None) -> Ran:
    """What is told of a run that left the keyspace as it was."""
    log, log_omitted = _log(workbench)
    return Ran(
        outcome=outcome,
        reply=None,
        problem=problem,
        explanation=None,
        stack=[],
        changes=[],
        changed=ChangeCounts(0, 0, 0),
        log=log,
        log_omitted=log_omitted,
        trace=[],
        trace_omitted=0,
        command_counts=[],
        accesses=[],
        access_counts=AccessCounts(0, 0, 0, 0, 0),
        conversions=[],
        milliseconds=0,
        sha1=hashlib.sha1(text_bytes(request.script)).hexdigest(),
        now=workbench.now(),
        act=None,
        keyspace=workbench.state([]),
    )


def problem_of(data: bytes) -> Problem:
    """An error reply as a problem of the script, on its line where it names one."""
    message = data[1:].partition(b"\r\n")[0]
    lines = [int(found) for found in ERROR_LINE.findall(message)]
    return Problem(lines[-1] if lines else None, printed(message))


def stack_of(traceback: Sequence[TracePoint]) -> list[StackLevel]:
    """Levels of the call stack for people."""
    return [
        StackLevel(printed(short_source(point.chunk_name)), point.line if point.line > 0 else None)
        for point in traceback
    ]


def _log(workbench: Workbench) -> tuple[list[LogLine], int]:
    """What is shown of the log, and how many lines between are not."""
    lines = workbench.server.take_log()
    shown = log_lines(lines)
    return shown, len(lines) - len(shown)


def log_lines(lines: Sequence[LoggedLine]) -> list[LogLine]:
    """The first lines of the server's log and the last, as much as a page can hold, their bytes as text."""
    first = list(within(map(_sized, enumerate(lines, 1)), MOST_LINES, LARGEST_LOG))
    rest = range(len(lines), max(len(first), len(lines) - MOST_LINES), -1)
    last = list(within((_sized((number, lines[number - 1])) for number in rest), MOST_LINES, LARGEST_LOG))
    return [_log_line(*numbered) for numbered in (*first, *reversed(last))]


def _sized(numbered: tuple[int, LoggedLine]) -> tuple[tuple[int, LoggedLine], int]:
    return numbered, min(len(numbered[1][1]), LONGEST_LINE)


def _log_line(number: int, logged: LoggedLine) -> LogLine:
    level, message, line = logged
    shown = beginning(message, LONGEST_LINE)
    left = len(message) - len(shown)
    return LogLine(number, level, printed(shown) + (f"… ({left:,} more bytes)" if left else ""), line)
