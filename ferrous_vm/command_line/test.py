"""ferrous test: run scripts that carry their expectations (expectations.py), each on an empty server of its own.

A scenario (`ferrous_vm/scenarios/reading.py`) is a test too: its steps are carried out.

    ok    lock.lua: 3 calls
    FAIL  stock.lua:2: reply
          expected  (integer) 1
          got       (integer) 0

With `--coverage FILE` what the calls executed of each script is told, and written to FILE as lcov does. With `--server
NAME,NAME` the scripts run on each of these servers; where there are several, what is told names the one. The status is
1 when an expectation does not hold.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ferrous_vm import engines
from ferrous_vm.command_line import servers
from ferrous_vm.command_line.expectations import ExpectationError, Failure, ScriptFile, check_script, read_script
from ferrous_vm.command_line.files import Refused, read, scripts_in, write
from ferrous_vm.printing import counted, visible
from ferrous_vm.server import DEFAULT_ENGINE, Server

if TYPE_CHECKING:
    from ferrous_vm.workbench.coverage import Coverage, Covered

SHUFFLE: Final = "answer SMEMBERS, HGETALL, KEYS and the like, whose order Redis leaves open, in that of SEED"
"""What the option does, of `ferrous run` too."""

_INDENT: Final = " " * 16

SCENARIO: Final = ".scenario"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of `ferrous test`."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="scripts, or folders of them")
    parser.add_argument("--engine", choices=sorted(engines.ENGINES), default=DEFAULT_ENGINE)
    parser.add_argument(
        "--coverage", type=Path, metavar="TRACEFILE", help="write which lines and branches were executed"
    )
    parser.add_argument("--shuffle", type=int, metavar="SEED", help=SHUFFLE)
    servers.add_argument(parser)
    parser.set_defaults(carry_out=run)


def run(options: argparse.Namespace) -> int:
    """Carry out `ferrous test` and answer the exit status. Raises Refused for what cannot be read as tests."""
    calls = failed = files = 0
    tracefile = ""
    names = servers.chosen(options.server)
    for path in scripts_in(options.files, ".lua", SCENARIO):
        if path.suffix == SCENARIO:
            from ferrous_vm.command_line.scenario_test import check_scenario

            steps, wrong = check_scenario(path)
            files, calls, failed = files + 1, calls + steps, failed + wrong
            continue
        script = _script(path)
        if not script.calls:
            if path in options.files:
                raise Refused(f"{path}: expects nothing: write `-- keys: ...  argv: ...` and `-- expect reply: ...`")
            continue
        files += 1
        calls += len(script.calls) * len(names)
        coverage = None if options.coverage is None else _nothing_covered()
        for name in names:
            on = f" on {name}" if len(names) > 1 else ""
            failures = _check(script, options, name, coverage)
            failures += _check_costs(script) if name == names[0] else []  # the model is one server's
            failed += len({failure.line for failure in failures})
            if not failures:
                share = "" if coverage is None else f", {_share(coverage.covered())}"
                print(f"ok    {path}: {counted(len(script.calls), 'call')}{on}{share}")
            for failure in failures:
                _tell(path, failure, on)
        if coverage is not None:
            tracefile += coverage.lcov(str(path))
    if not files:
        raise Refused("no script there carries expectations")
    if options.coverage is not None:
        write(options.coverage, tracefile)
    print(f"{counted(files, 'file')}, {counted(calls, 'call')}, {failed or 'none'} failed")
    return int(failed > 0)


def _nothing_covered() -> Coverage:
    """The machine that tells is imported only then."""
    from ferrous_vm.workbench.coverage import Coverage

    return Coverage()


def _check_costs(script: ScriptFile) -> list[Failure]:
    """What measures is imported only where something is expected of it."""
    if not any(call.limits or call.growths for call in script.calls):
        return []
    from ferrous_vm.command_line.costs import check_costs

    return check_costs(script)


def _share(covered: Covered) -> str:
    lines = f"{covered.lines_executed} of {counted(covered.lines, 'line')}"
    return lines + (f", {covered.ways_taken} of {covered.ways} branches" if covered.ways else "")


def _script(path: Path) -> ScriptFile:
    try:
        return read_script(read(path))
    except ExpectationError as error:
        raise Refused(f"{path}:{error.line}: {error}") from None


def _check(script: ScriptFile, options: argparse.Namespace, profile: str, coverage: Coverage | None) -> list[Failure]:
    server = Server(options.engine, profile=profile)
    client = server.connect()

    def ask(argv: list[bytes]) -> bytes:
        """Shuffled is what the script sees, not how what it left is read."""
        server.shuffle(options.shuffle if argv[0] == b"EVAL" else None)
        if coverage is not None and argv[0] == b"EVAL":
            coverage.add_call(server, client, argv)
        return client.execute_resp(*argv)

    logs = any(call.log for call in script.calls)

    def take_log() -> list[str]:
        return [f"{line.level} {line.message.decode('utf-8', 'surrogateescape')}" for line in server.take_log()]

    return check_script(script, ask, take_log if logs else None)


def _tell(path: Path, failure: Failure, on: str) -> None:
    print(f"FAIL  {path}:{failure.line}: {failure.about}{on}")
    for title, text in (("expected", failure.expected), ("got", failure.got)):
        shown = visible(text.encode("utf-8", "backslashreplace").decode()).replace("\n", f"\n{_INDENT}")
        print(f"      {title:9} {shown}")
