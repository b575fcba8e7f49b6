"""One run of a script on the workbench's keyspace, and everything the page shows of it (contract.Run, contract.Ran)."""

from __future__ import annotations

import hashlib
import re
import time
from binascii import crc_hqx
from typing import Any

from ferrous_vm.keyspace.command import find_command
from ferrous_vm.keyspace.replies import ErrorReply, encode
from ferrous_vm.scripting.run import Issued
from pyodide_bridge import changes, content, reply_views
from pyodide_bridge.calls import Call, connect, read_call
from pyodide_bridge.contract.running import CommandTrace, ErrorExplanation, KeyAccess, LogLine, Loss, Ran, Run
from pyodide_bridge.contract.session import Problem
from pyodide_bridge.escapes import argument
from pyodide_bridge.escapes import encode as text_bytes
from pyodide_bridge.losses import losses_of
from pyodide_bridge.redis_cli import format_reply, printed
from pyodide_bridge.resp import parse
from pyodide_bridge.workbench import Workbench, guarded

MOST_COMMANDS = 2_000
"""Commands of a script that are listed."""

LONGEST_COMMAND = 2_000
"""Characters of a command, or of its reply, in the list."""

ERROR_LINE = re.compile(rb"(?:, on @?user_(?:script|function):|user_(?:script|function):)(\d+)(?:\.$|: )")
"""Where an error reply names a line of the script: in the suffix of one that aborted it, or in a syntax error."""


def run(workbench: Workbench, request: Run) -> Ran:
    """Run the script. An interrupt ends it and leaves the keyspace as it was before."""
    mark = workbench.begin()
    try:
        return guarded(workbench, mark, lambda: _run(workbench, request, mark))  # type: ignore[no-any-return]
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
    watcher = Watcher(call.keys)
    data, milliseconds = _make(workbench, call, watcher)
    workbench.last_reply = data
    differences = [changes.view(change) for change in workbench.keyspace.changes(start)]
    reply = reply_views.view(data)
    problem = problem_of(data) if reply.is_error else None
    explanation = _explanation(workbench, call, problem, watcher) if problem else None
    if request.dry:
        workbench.take_back(mark)
    else:
        workbench.end("run", start)
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
        losses=watcher.losses,
        milliseconds=milliseconds,
        sha1=call.sha1,
        now=workbench.now(),
        keyspace=workbench.state_since(mark),
    )


def _make(workbench: Workbench, call: Call, watcher: Watcher) -> tuple[bytes, float]:
    """The reply to the call as RESP bytes, and how many milliseconds it took."""
    client = connect(workbench, call.protocol)
    if call.preparation is not None:
        prepared = client.execute_resp(*call.preparation)
        if prepared.startswith(b"-"):
            return prepared, 0
    workbench.server.scripting.observer = watcher
    start = watcher.last = time.perf_counter()
    try:
        data: bytes = client.execute_resp(*call.command)
    finally:
        workbench.server.scripting.observer = None
    return data, (time.perf_counter() - start) * 1000


def _explanation(workbench: Workbench, call: Call, problem: Problem, watcher: Watcher) -> ErrorExplanation:
    """The error in plain words; the table of them is imported when the first error comes."""
    from pyodide_bridge.error_explanations import explanation

    return explanation(workbench, call, problem, watcher.failed, watcher.refused)


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
        losses=[],
        milliseconds=0,
        sha1=hashlib.sha1(text_bytes(request.script)).hexdigest(),
        now=workbench.now(),
        keyspace=workbench.state([]),
    )


def problem_of(data: bytes) -> Problem:
    """An error reply as a problem of the script, on its line where it names one."""
    message = data[1:].partition(b"\r\n")[0]
    lines = [int(found) for found in ERROR_LINE.findall(message)]
    return Problem(lines[-1] if lines else None, printed(message))


def log_line(line: tuple[int, bytes, int | None]) -> LogLine:
    level, message, number = line
    return LogLine(level, printed(message), number)


class Watcher:
    """Sees every command a script issues (`ferrous_vm.scripting.run.Observer`)."""

    def __init__(self, declared: list[bytes]) -> None:
        self.declared = frozenset(declared)
        self.trace: list[CommandTrace] = []
        self.omitted = 0
        self.reads: dict[bytes, int] = {}
        self.writes: dict[bytes, int] = {}
        self.losses: list[Loss] = []
        self.failed: Issued | None = None
        """The last command that answered an error."""
        self.refused: tuple[Any, ...] | None = None
        """The last arguments that made no command."""
        self.last = 0.0

    def command_ended(self, issued: Issued) -> None:
        """A script's command was answered, or refused."""
        now = time.perf_counter()
        argv, reply, line = issued.argv, issued.reply, issued.line
        row = find_command(argv)
        keys = keys_of(argv)
        is_write = row is not None and row.write
        if type(reply) is ErrorReply:
            self.failed = issued
        for key in keys:
            counts = self.writes if is_write else self.reads
            counts[key] = counts.get(key, 0) + 1
        if len(self.trace) < MOST_COMMANDS:
            self.trace.append(trace_of(argv, reply, line, (now - self.last) * 1000))
        else:
            self.omitted += 1
        self.last = time.perf_counter()

    def arguments_refused(self, arguments: tuple[Any, ...], line: int | None) -> None:
        """redis.call or redis.pcall was given what can be no word of a command."""
        self.refused = arguments

    def script_ended(self, name: bytes, result: Any) -> None:
        """A script returned `result`; what its reply will not carry is noted."""
        self.losses = losses_of(result)

    def accesses(self) -> list[KeyAccess]:
        """What was done to each key, declared ones first, those never touched among them."""
        names = dict.fromkeys([*sorted(self.declared), *self.reads, *self.writes])
        return [
            KeyAccess(argument(key), key in self.declared, self.reads.get(key, 0), self.writes.get(key, 0), slot(key))
            for key in names
        ]


def trace_of(argv: list[bytes], reply: Any, line: int | None, milliseconds: float) -> CommandTrace:
    """A command of a script for the page."""
    row = find_command(argv)
    return CommandTrace(
        line=line,
        command=reply_views.cut(content.line(argv), LONGEST_COMMAND),
        reply=reply_views.cut(format_reply(parse(encode(reply, 2))), LONGEST_COMMAND),
        is_error=type(reply) is ErrorReply,
        is_write=row is not None and row.write,
        keys=[argument(key) for key in keys_of(argv)],
        milliseconds=milliseconds,
    )


def keys_of(argv: list[bytes]) -> list[bytes]:
    """The keys a command names, by its key specification; none for a command that does not exist."""
    row = find_command(argv)
    if row is None or not row.first_key:
        return []
    last = row.last_key if row.last_key >= 0 else len(argv) + row.last_key
    return argv[row.first_key : last + 1 : row.key_step or 1]


def slot(key: bytes) -> int:
    """The cluster hash slot of a key: CRC16 of the part in braces, or of all (`keyHashSlot`, cluster.c)."""
    start = key.find(b"{")
    end = key.find(b"}", start + 1) if start >= 0 else -1
    return crc_hqx(key[start + 1 : end] if end > start + 1 else key, 0) % 16384
