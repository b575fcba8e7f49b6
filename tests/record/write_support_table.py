"""Write the support table into COMPATIBILITY.md: every command of Redis 7.0.15, and what Ferrous makes of it.

python -m tests.record.write_support_table        (from the project root)
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import ferrous_vm.keyspace.commands
import ferrous_vm.scripting.commands  # noqa: F401 - registers the commands of scripting
from ferrous_vm.keyspace.command_table import Row, rows
from ferrous_vm.keyspace.support import IN_PART, NOT_OFFERED

PAGE = Path(__file__).resolve().parents[2] / "COMPATIBILITY.md"
BEGIN = "<!-- support table: written by `python -m tests.record.write_support_table` -->"
END = "<!-- end of the support table -->"


def support(row: Row) -> str:
    """What the table says of a command."""
    name = row.full_name.decode()
    if name in NOT_OFFERED:
        return f"no: {NOT_OFFERED[name]}"
    if row.handler is None:
        raise ValueError(f"{name} has neither a handler nor a reason")
    return f"in part: {IN_PART[name]}" if name in IN_PART else "yes"


def table() -> str:
    """The section, a table for each group of commands."""
    listed = [row for row in rows() if not row.subcommands or row.handler is not None]
    listed.sort(key=lambda row: (row.group, row.full_name))
    counts = [support(row).partition(":")[0] for row in listed]
    lines = [
        BEGIN, "", "## Commands", "",
        f"Redis 7.0.15 has {len(listed)} commands and subcommands. Ferrous answers {counts.count('yes')} as Redis "
        f"does, {counts.count('in part')} in part, and {counts.count('no')} not at all.", "",
    ]  # fmt: skip
    for group, members in groupby(listed, key=lambda row: row.group):
        title = group.capitalize().replace("-", " ")
        lines += [f"### {title}", "", "| command | since | answered |", "| --- | --- | --- |"]
        for row in members:
            shown = row.full_name.decode().upper().replace("|", " ")
            lines.append(f"| {shown} | {row.since} | {support(row)} |")
        lines.append("")
    return "\n".join([*lines, END])


def with_table(page: str) -> str:
    """The page with the section as it should be, at its place or at the end."""
    if BEGIN not in page:
        return f"{page.rstrip()}\n\n{table()}\n"
    before, _, rest = page.partition(BEGIN)
    return before + table() + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
