"""ferrous test: run scripts that carry their expectations (expectations.py), each on an empty server of its own.

A scenario (`ferrous_vm/scenarios/reading.py`) is a test too: its steps are carried out. So is work that the page saved
(`work_file.py`): its tests run, on the server it is for, and the steps of its scenario.

    ok    lock.lua: 3 calls
    FAIL  stock.lua:2: reply
          expected  (integer) 1
          got       (integer) 0

With `--coverage FILE` what the calls executed of each script is told, and written to FILE as lcov does. With `--server
NAME,NAME` the scripts run on each of these servers; where there are several, what is told names the one. With `--on
ADDRESS` they run on servers that there are (`live_servers.py`). Other formats are in `output/formats.py`. The status is
1 when an expectation does not hold.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ferrous_vm import engines
from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.command_line import live_servers, servers
from ferrous_vm.command_line.expectations import ExpectationError, Failure, ScriptFile, check_script, read_script
from ferrous_vm.command_line.files import Refused, read, scripts_in, write
from ferrous_vm.command_line.output import formats
from ferrous_vm.command_line.output.reports import Case, Finding, Report
from ferrous_vm.printing import counted, visible
from ferrous_vm.records import MutableRecord
from ferrous_vm.server import DEFAULT_ENGINE, Server

if TYPE_CHECKING:
    from ferrous_vm.command_line.work_file import Work
    from ferrous_vm.workbench.coverage import Coverage, Covered

SHUFFLE: Final = "answer SMEMBERS, HGETALL, KEYS and the like, whose order Redis leaves open, in that of SEED"
"""What the option does, of `ferrous run` too."""

_INDENT: Final = " " * 16

SCENARIO: Final = ".scenario"

WORK: Final = ".ferrous.json"
"""How the names of files end that the page saves work in."""

_HAS_STEPS: Final = re.compile(rb"^-- steps\b", re.MULTILINE)

RULES: Final = {
    "expectation": "What a script carries as its expectations holds.",
    "step": "What a step of a scenario expects, and what must hold after it, holds.",
}
"""What may fail, as SARIF describes it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of `ferrous test`."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="scripts, or folders of them")
    parser.add_argument("--engine", choices=sorted(engines.ENGINES), default=DEFAULT_ENGINE)
    parser.add_argument(
        "--coverage", type=Path, metavar="TRACEFILE", help="write which lines and branches were executed"
    )
    parser.add_argument("--shuffle", type=int, metavar="SEED", help=SHUFFLE)
    servers.add_argument(parser)
    live_servers.add_arguments(parser)
    formats.add_arguments(parser)
    parser.set_defaults(carry_out=run)


def run(options: argparse.Namespace) -> int:
    """Carry out `ferrous test` and answer the exit status. Raises Refused for what cannot be read as tests."""
    count = Counts()
    return formats.tell(Report("test", RULES, _cases(options, count), count.in_words), options)


class Counts(MutableRecord):
    """How much was carried out."""

    files: int = 0
    calls: int = 0
    failed: int = 0

    def in_words(self) -> str:
        """The last line of what is told."""
        return f"{counted(self.files, 'file')}, {counted(self.calls, 'call')}, {self.failed or 'none'} failed"


def _cases_on(options: argparse.Namespace, count: Counts) -> Iterator[Case]:
    """What came of each script on servers that run."""
    live_servers.check_alone(options, "server", "shuffle", "coverage")
    for path in options.files:
        if path.is_file() and path.suffix != ".lua":
            raise Refused(f"{path}: only scripts with their expectations run on servers that there are")
    scripts = [(path, script) for path in scripts_in(options.files) if (script := _read(path)).calls]
    if not scripts:
        raise Refused("no script there carries expectations")
    for address in options.on:
        with live_servers.live_server(address, options.mine) as (server, is_mine):
            for turn, (path, script) in enumerate(scripts):
                failures = live_servers.failures_on(script, server, is_mine, turn)
                count.files += 1
                count.calls += len(script.calls)
                count.failed += len({failure.line for failure in failures})
                on = f" on {server.shown}"
                yield case_of(path, on, failures, f"{counted(len(script.calls), 'call')}{on}")


def _cases(options: argparse.Namespace, count: Counts) -> Iterator[Case]:
    """What came of each file, on each server; what they covered is written at the end."""
    if options.on:
        yield from _cases_on(options, count)
        return
    traces: list[str] = []
    names = servers.chosen(options.server)
    for path in scripts_in(options.files, ".lua", SCENARIO, WORK):
        if path.suffix == SCENARIO:
            count.files += 1
            yield _scenario(path, count)
        elif path.name.endswith(WORK):
            yield from _work(path, options, count)
        else:
            yield from _script(path, names, options, count, traces)
    if not count.files:
        raise Refused("no script there carries expectations")
    if options.coverage is not None:
        write(options.coverage, "".join(traces))


def _scenario(path: Path, count: Counts, work: Work | None = None) -> Case:
    """What came of the steps of a scenario, or of that in saved work."""
    from ferrous_vm.command_line.scenario_test import check_scenario, load

    scenario = load(path) if work is None else load(path, work.scenario, work.scripts)
    case, steps, failed = check_scenario(path, scenario)
    count.calls += steps
    count.failed += failed
    return case


def _work(path: Path, options: argparse.Namespace, count: Counts) -> Iterator[Case]:
    """What came of saved work of the page: on the server it is for, unless others are asked for."""
    from ferrous_vm.command_line.work_file import check_test, read_work

    work = read_work(path)
    names = servers.chosen(options.server or work.server)
    has_steps = _HAS_STEPS.search(work.scenario) is not None
    count.files += bool(work.tests) or has_steps
    if has_steps:
        yield _scenario(path, count, work)
    for test in work.tests:
        for name in names:
            case = check_test(path, test, name, f" on {name}" if len(names) > 1 else "", options.engine)
            count.calls += 1
            count.failed += case.is_failed
            yield case


def _script(
    path: Path, names: list[str], options: argparse.Namespace, count: Counts, traces: list[str]
) -> Iterator[Case]:
    script = _read(path)
    if not script.calls:
        if path in options.files:
            raise Refused(f"{path}: expects nothing: write `-- keys: ...  argv: ...` and `-- expect reply: ...`")
        return
    count.files += 1
    coverage = None if options.coverage is None else _nothing_covered()
    for name in names:
        on = f" on {name}" if len(names) > 1 else ""
        failures = all_failures(script, name, options.engine, options.shuffle, coverage)
        count.calls += len(script.calls)
        count.failed += len({failure.line for failure in failures})
        share = "" if coverage is None else f", {_share(coverage.covered())}"
        yield case_of(path, on, failures, f"{counted(len(script.calls), 'call')}{on}{share}")
    if coverage is not None:
        traces.append(coverage.lcov(str(path)))


def case_of(path: Path, on: str, failures: list[Failure], done: str) -> Case:
    """What is told of a test: `done` where nothing failed, each failure else. `on` names one of several servers."""
    full = [line for failure in failures for line in _in_full(path, failure, on)] or [f"ok    {path}: {done}"]
    data = {
        "file": str(path),
        "on": on.removeprefix(" on "),
        "status": "failed" if failures else "passed",
        "failures": [
            {
                "line": one.line,
                "about": one.about,
                "expected": one.expected,
                "got": one.got,
                "explanation": one.explanation,
            }
            for one in failures
        ],
    }
    findings = tuple(
        Finding(str(path), "expectation", Severity.ERROR, _sentence(failure, on), failure.line) for failure in failures
    )
    return Case(str(path), f"{path}{on}", findings, tuple(full), (data,))


def _sentence(failure: Failure, on: str) -> str:
    sides = f"expected {failure.expected}, got {failure.got}" if failure.expected else failure.got
    explained = f". {failure.explanation}" if failure.explanation else ""
    return _shown(f"{failure.about}{on}: {sides}{explained}")


def _nothing_covered() -> Coverage:
    """The machine that tells is imported only then."""
    from ferrous_vm.workbench.coverage import Coverage

    return Coverage()


def costs_of(script: ScriptFile, profile: str) -> list[Failure]:
    """What is expected of costs and does not hold on a server of this profile; what measures is imported only where
    something is expected."""
    if not any(call.limits or call.growths for call in script.calls):
        return []
    from ferrous_vm.command_line.costs import check_costs

    return check_costs(script, profile)


def all_failures(
    script: ScriptFile,
    profile: str,
    engine: str = DEFAULT_ENGINE,
    shuffle: int | None = None,
    coverage: Coverage | None = None,
    watch: Callable[[Server], object] | None = None,
) -> list[Failure]:
    """What of a script's expectations does not hold on an empty server of this profile, costs included, explained."""
    failures = failures_of(script, profile, engine, shuffle, coverage, watch) + costs_of(script, profile)
    if failures:
        from ferrous_vm.command_line.explanations import explain

        explain(script, failures, profile, engine)
    return failures


def _share(covered: Covered) -> str:
    lines = f"{covered.lines_executed} of {counted(covered.lines, 'line')}"
    return lines + (f", {covered.ways_taken} of {covered.ways} branches" if covered.ways else "")


def _read(path: Path) -> ScriptFile:
    try:
        return read_script(read(path))
    except ExpectationError as error:
        raise Refused(f"{path}:{error.line}: {error}") from None


def failures_of(
    script: ScriptFile,
    profile: str,
    engine: str = DEFAULT_ENGINE,
    shuffle: int | None = None,
    coverage: Coverage | None = None,
    watch: Callable[[Server], object] | None = None,
) -> list[Failure]:
    """The expectations of a script that do not hold on an empty server of this profile, of which `watch` is told first;
    `coverage` is told of what is executed. What is expected of costs is not looked at here (`costs_of`)."""
    server = Server(engine, profile=profile)
    if watch is not None:
        watch(server)
    client = server.connect()

    def ask(argv: list[bytes]) -> bytes:
        """Shuffled is what the script sees, not how what it left is read."""
        is_call = argv[0] in (b"EVAL", b"FCALL")
        server.shuffle(shuffle if is_call else None)
        if coverage is not None and is_call:
            coverage.add_call(server, client, argv, script.source)
        return client.execute_resp(*argv)

    logs = any(call.log for call in script.calls)

    def take_log() -> list[str]:
        return [f"{line.level} {line.message.decode('utf-8', 'surrogateescape')}" for line in server.take_log()]

    return check_script(script, ask, take_log if logs else None)


def _in_full(path: Path, failure: Failure, on: str) -> Iterator[str]:
    from ferrous_vm.command_line.explanations import difference  # with what explains, where something fails

    yield f"FAIL  {path}:{failure.line}: {failure.about}{on}"
    different = "\n".join(difference(failure.expected, failure.got))
    sides = [("differs", different)] if different else [("expected", failure.expected), ("got", failure.got)]
    for title, text in (*sides, ("because", failure.explanation)):
        if text or title != "because":
            yield f"      {title:9} {_shown(text)}".replace("\n", f"\n{_INDENT}")


def _shown(text: str) -> str:
    return visible(text.encode("utf-8", "backslashreplace").decode())
