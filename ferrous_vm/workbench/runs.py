"""One run of a script on the workbench's keyspace, and everything the page shows of it (contract.Run, contract.Ran)."""

from __future__ import annotations

import hashlib
import re
import time
from typing import Any

from ferrous_vm.workbench import changes, reply_views
from ferrous_vm.workbench.calls import Call, connect, prepare, read_call
from ferrous_vm.workbench.escapes import encode as text_bytes
from ferrous_vm.workbench.records.problems import Problem
from ferrous_vm.workbench.records.running import ErrorExplanation, LogLine, Ran, Run
from ferrous_vm.workbench.redis_cli import printed
from ferrous_vm.workbench.watching import Watcher
from ferrous_vm.workbench.workbench import Workbench, guarded

ERROR_LINE = re.compile(rb"(?:, on @?user_(?:script|function):|user_(?:script|function):)(\d+)(?:\.$|: )")
"""Where an error reply names a line of the script: in the suffix of one that aborted it, or in a syntax error."""


def run(workbench: Workbench, request: Run) -> Ran:
    """Run the script. An interrupt ends it and leaves the keyspace as it was before."""
    mark = workbench.begin()
    try:
        return guarded(workbench, mark, lambda: _run(workbench, request, mark))
    except KeyboardInterrupt:
        return _unfinished(workbench, request, "interrupted", None)


def _run(workbench: Workbench, request: Run, mark: int) -> Ran:
    call = read_call(request)
    workbench.clock.held = request.clock
    if request.seed is not None:
        workbench.server.seed(request.seed)
    problem = workbench.carry_out(request.fixture, fresh=True) if request.fresh else None
    if problem is not None:
        workbench.take_back(mark)
        return _unfinished(workbench, request, "fixture", problem)
    workbench.end("fixture", mark)
    workbench.server.take_log()
    start = int(workbench.journal.savepoint())
    watcher = Watcher(call)
    data, milliseconds = _call(workbench, call, watcher)
    workbench.last_reply = data
    differences = [changes.view(change) for change in workbench.keyspace.changes(start)]
    watcher.replied(data)
    reply = reply_views.view(data)
    problem = problem_of(data) if reply.is_error else None
    explanation = _explanation(workbench, call, problem, watcher) if problem else None
    act = None
    if request.dry:
        workbench.take_back(mark)
    else:
        act = workbench.end("run", start)
    return Ran(
        outcome="error" if reply.is_error else "ok",
        reply=reply,
        problem=problem,
        explanation=explanation,
        changes=differences,
        log=[log_line(line) for line in workbench.server.take_log()],
        trace=watcher.trace,
        trace_omitted=watcher.omitted,
        accesses=watcher.accesses(),
        conversions=watcher.conversions.conversions,
        milliseconds=milliseconds,
        sha1=call.sha1,
        now=workbench.now(),
        act=act,
        keyspace=workbench.state_since(mark),
    )


def _call(workbench: Workbench, call: Call, watcher: Watcher) -> tuple[bytes, float]:
    """The reply to the call as RESP bytes, and how many milliseconds it took."""
    client = connect(workbench, call.protocol)
    if call.preparation is not None:
        prepared = client.execute_resp(*call.preparation)
        if prepared.startswith(b"-"):
            return prepared, 0
    prepare(workbench.server, call)
    try:
        workbench.server.scripting.observer = watcher
        start = watcher.last = time.perf_counter()
        data: bytes = client.execute_resp(*call.command)
    finally:
        workbench.server.scripting.observer = None
    return data, (time.perf_counter() - start) * 1000


def _explanation(workbench: Workbench, call: Call, problem: Problem, watcher: Watcher) -> ErrorExplanation:
    """The error in plain words; the table of them is imported when the first error comes."""
    from ferrous_vm.workbench.error_explanations import explanation

    return explanation(workbench, call, problem, watcher)


def _unfinished(workbench: Workbench, request: Run, outcome: Any, problem: Problem | None) -> Ran:
    """What is told of a run that left the keyspace as it was."""
    return Ran(
        outcome=outcome,
        reply=None,
        problem=problem,
        explanation=None,
        changes=[],
        log=[log_line(line) for line in workbench.server.take_log()],
        trace=[],
        trace_omitted=0,
        accesses=[],
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


def log_line(line: tuple[int, bytes, int | None]) -> LogLine:
    """A line of the server's log, its bytes as text."""
    level, message, number = line
    return LogLine(level, printed(message), number)
