"""The formats in which lint, test and explore tell what they found, by name, as ruff has them.

All but `full` and the sentences of `concise` are promises: their fields, and the names of rules and statuses in them,
stay, and new ones may come. The status is 0 where nothing fails, 1 where something does, 2 where the command line asks
for what cannot be done.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ferrous_vm.command_line.files import write
from ferrous_vm.command_line.output.data import gitlab, json_lines, json_list, rdjson
from ferrous_vm.command_line.output.junit import junit
from ferrous_vm.command_line.output.reports import Case, Report
from ferrous_vm.command_line.output.sarif import sarif
from ferrous_vm.command_line.output.text import concise, full, github, tap
from ferrous_vm.records import with_changes

Format = Callable[[Report], Iterator[str]]

FORMATS: Final[dict[str, Format]] = {
    "full": full,
    "concise": concise,
    "json": json_list,
    "json-lines": json_lines,
    "junit": junit,
    "sarif": sarif,
    "github": github,
    "gitlab": gitlab,
    "rdjson": rdjson,
    "tap": tap,
}
"""Each writes a report as lines, or several lines at once, as soon as it knows them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that choose a format."""
    parser.add_argument(
        "--output-format", choices=FORMATS, default="full", help="how findings are told; by default full"
    )
    parser.add_argument(
        "--output-file", type=Path, metavar="REPORT", help="write them there in that format, and tell them in full here"
    )


def tell(report: Report, options: argparse.Namespace) -> int:
    """Print a report as the options say, or write it, and answer the exit status. Raises Refused if it cannot be
    written, and whatever the cases raise as they come."""
    told: list[Case] = []
    heard = with_changes(report, cases=_kept(report, told))
    into: Path | None = options.output_file
    for lines in (full if into else FORMATS[options.output_format])(heard):
        print(lines, flush=True)
    if into is not None:
        write(into, "".join(f"{lines}\n" for lines in FORMATS[options.output_format](with_changes(report, cases=told))))
    return int(any(case.is_failed for case in told))


def _kept(report: Report, told: list[Case]) -> Iterator[Case]:
    for case in report.cases:
        told.append(case)
        yield case
