"""ferrous explore: try every order of what the clients of a scenario do.

    holds     lock-mended.scenario: Every order holds: 137 events, 98 positions, 1 end. …
    broken    lock.scenario: It fails after 3 events: always: holders("critical") <= 1. …
      1. at 0 ms: client1 calls acquire(lock; client1, 1000) → (integer) 1; client1 enters critical
      …
    undecided queue.scenario: No order that was tried fails: all of up to 14 events …

The status is 0 where everything holds, 1 where something fails or is not decided within the budget: what was not
tried to its end proves nothing. Several files go to as many processes as there are cores; what is told does not depend
on how many there are. `--record FOLDER` writes each failure as a scenario with its steps, which `ferrous test` carries
out. Other formats are in `output/formats.py`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.command_line.files import Refused, read, scripts_in
from ferrous_vm.command_line.output import formats
from ferrous_vm.command_line.output.reports import Case, Finding, Report
from ferrous_vm.command_line.test import SCENARIO
from ferrous_vm.exploration.exploring import BROKEN, BUDGET, HOLDS, UNDECIDED, Exploration, explore
from ferrous_vm.exploration.schedules import Chunk, Tried, TryChunks, try_chunk
from ferrous_vm.exploration.telling import as_data, words
from ferrous_vm.records import Record
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.scenarios.scenario import ScenarioError
from ferrous_vm.scenarios.writing import write_scenario

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

RULES: Final = {
    BROKEN: "What a scenario says of its protocol holds in every order of events.",
    UNDECIDED: "A scenario is decided within its budget.",
}
"""What may fail, as SARIF describes it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of `ferrous explore`."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="scenarios, or folders of them")
    parser.add_argument("--seed", type=int, default=0, help="of chance, in commands, programs and orders")
    parser.add_argument("--budget", type=int, default=BUDGET, metavar="EVENTS", help=f"by default {BUDGET:,} a file")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N", help="by default one a core")
    parser.add_argument("--record", type=Path, metavar="FOLDER", help="write what fails there, as tests")
    formats.add_arguments(parser)
    parser.set_defaults(carry_out=run)


class Outcome(Record):
    """What came of one file: an exploration, or why there is none."""

    path: Path
    exploration: Exploration | None = None
    refused: str = ""


def explore_file(path: Path, seed: int, budget: int, on_cores: TryChunks | None = None) -> Outcome:
    """One file, whatever is wrong with it."""
    try:
        return Outcome(path, explore(read_scenario(read(path)), seed, budget, on_cores=on_cores))
    except ScenarioError as error:
        return Outcome(path, None, f"{path}:{error.line}: {error}")
    except Refused as error:
        return Outcome(path, None, str(error))


def run(options: argparse.Namespace) -> int:
    """Carry out `ferrous explore` and answer the exit status. Raises Refused for what is no scenario."""
    if options.budget < 1 or options.processes < 1:
        raise Refused("--budget and --processes are 1 or more")
    paths = scripts_in(options.files, SCENARIO)
    if not paths:
        raise Refused(f"no scenario there: their names end in {SCENARIO}")
    return formats.tell(Report("explore", RULES, _cases(paths, options), str), options)


def _cases(paths: list[Path], options: argparse.Namespace) -> Iterator[Case]:
    for outcome in _outcomes(paths, options):
        if outcome.exploration is None:
            raise Refused(outcome.refused)
        yield _case(outcome.path, outcome.exploration)
        if options.record is not None:
            _record(options.record, outcome)


def _case(path: Path, exploration: Exploration) -> Case:
    """What came of one file; what is not decided proves nothing, and fails as what is broken does."""
    first, *events = words(exploration)
    finding = Finding(str(path), exploration.verdict, Severity.ERROR, first)
    full = (f"{exploration.verdict:9} {path}: {first}", *(f"  {event}" for event in events))
    data = {"file": str(path), **as_data(exploration)}
    return Case(str(path), exploration.title, () if exploration.verdict == HOLDS else (finding,), full, (data,))


def _outcomes(paths: list[Path], options: argparse.Namespace) -> Iterator[Outcome]:
    """Of each file, in order: several on a core each, one alone on all of them, once chance chooses its orders."""
    one = partial(explore_file, seed=options.seed, budget=options.budget)
    if options.processes == 1:
        yield from map(one, paths)
    elif len(paths) == 1:
        yield one(paths[0], on_cores=partial(_on_cores, options.processes))
    else:
        with _pool(min(options.processes, len(paths))) as pool:
            yield from pool.map(one, paths)


def _pool(processes: int) -> ProcessPoolExecutor:
    """Processes; imported only here, for not every Python has them."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"))


def _on_cores(processes: int, chunks: Sequence[Chunk]) -> Iterator[Tried]:
    """What came of each chunk; those that nobody asks for any more are not begun."""
    with _pool(processes) as pool:
        try:
            yield from pool.map(try_chunk, chunks)
        finally:
            pool.shutdown(cancel_futures=True)


def _record(folder: Path, outcome: Outcome) -> None:
    exploration = outcome.exploration
    if exploration is None or exploration.failure is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / outcome.path.name).write_bytes(write_scenario(exploration.failure.scenario))
    except OSError as error:
        raise Refused(f"{folder}: {error.strerror}") from None
