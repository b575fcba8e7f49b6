"""What a script does on several servers, side by side: servers that agree stand in one column, what differs in rows.

Each server is asked for on its own, so whoever waits sees the table grow and each script has its own time; then each
column is explained on its own.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ferrous_vm.keyspace.later_commands import came_later, later_command
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.profiles.profile import PROFILES, Profile
from ferrous_vm.keyspace.profiles.told import RULES
from ferrous_vm.records import MutableRecord, field, fields_of
from ferrous_vm.workbench.comparing import lines_of
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.every_server.causes import Causes, causes, differing_parts
from ferrous_vm.workbench.every_server.outcomes import SEED, Outcome, Part, outcome_on, whole_second
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.records.running import Run
from ferrous_vm.workbench.records.servers import (
    ExplainServer,
    Reason,
    RunOnServer,
    SamePart,
    ServerColumn,
    ServerRow,
    ServersCompared,
)
from ferrous_vm.workbench.workbench import Workbench

MOST_ROWS: Final = 60
"""Parts that differ and are told, and parts that are the same."""

LONGEST_CELL: Final = 1_000
"""Characters of a cell."""

ORDER: Final = ("reply", "error", "log", "command", "key")
"""In which parts are told."""

NOTHING_COMPARED: Final = Failure("Nothing was compared yet: run the script on all servers first.")


class Comparison(MutableRecord):
    """What came of one script on several servers, and why."""

    outcomes: dict[str, Outcome] = field(factory=dict)
    causes: dict[str, Causes] = field(factory=dict)
    """Of a server that was explained, why it differs from the one everything runs on."""


class Asked(MutableRecord):
    """What the workbench was asked to run on several servers, and what came of it."""

    request: Run
    begin: int
    """Where a clock that is not held begins, in microseconds."""
    comparison: Comparison = field(factory=Comparison)


def run_on_server(workbench: Workbench, request: RunOnServer) -> ServersCompared:
    """Run it there too, and answer the table as it is now."""
    if request.first or workbench.every_server is None:
        workbench.every_server = Asked(_run(workbench, request), whole_second())
    asked: Asked = workbench.every_server
    outcomes = asked.comparison.outcomes
    outcomes[request.server] = outcome_on(request.server, asked.request, asked.begin, workbench.host)
    return table(asked.comparison)


def _run(workbench: Workbench, request: RunOnServer) -> Run:
    """What is run on each server."""
    asked: dict[str, Any] = fields_of(request)
    del asked["server"], asked["first"]
    if not request.fresh:
        asked |= {"fresh": True, "fixture": lines_of(workbench.keyspace)}
    return Run(**asked | {"seed": SEED if request.seed is None else request.seed})


def explain_server(workbench: Workbench, request: ExplainServer) -> ServersCompared | Failure:
    """Find out why this server differs from the one everything runs on, and answer the table as it is now."""
    asked: Asked | None = workbench.every_server
    if asked is None or request.server not in asked.comparison.outcomes:
        return NOTHING_COMPARED
    outcomes = asked.comparison.outcomes
    base = workbench.profile.name if workbench.profile.name in outcomes else next(iter(outcomes))
    first, second = ((profile_named(name), outcomes[name]) for name in (base, request.server))
    if "interrupted" not in (first[1].verdict, second[1].verdict):
        progress = workbench.progress(f"Why {second[0].title} differs: rule")
        run = partial(outcome_on, request=asked.request, begin=asked.begin)
        asked.comparison.causes[request.server] = causes(first, second, run, progress)
    return table(asked.comparison)


def table(comparison: Comparison) -> ServersCompared:
    """The servers as columns, those that agree together, and the parts that differ as rows."""
    columns = agreeing(comparison.outcomes)
    parts = _all_parts(comparison.outcomes)
    outcomes = [comparison.outcomes[servers[0]] for servers in columns]
    different = [part for part in parts if len({outcome.parts.get(part) for outcome in outcomes}) > 1]
    same = [part for part in parts if part not in set(different)]
    verdicts: list[Any] = [outcome.verdict for outcome in outcomes]
    names: list[Any] = columns
    return ServersCompared(
        columns=[ServerColumn(servers, verdict) for servers, verdict in zip(names, verdicts, strict=True)],
        rows=[_row(comparison, columns, outcomes, part) for part in different[:MOST_ROWS]],
        omitted=max(0, len(different) - MOST_ROWS),
        same=[_same(part, outcomes[0].parts[part]) for part in same[:MOST_ROWS]],
        same_omitted=max(0, len(same) - MOST_ROWS),
    )


def agreeing(outcomes: dict[str, Outcome]) -> list[list[str]]:
    """The servers, those with the same outcome together, in the order of all servers."""
    columns: list[list[str]] = []
    for server in sorted(outcomes, key=PROFILES.index):
        for column in columns:
            known, outcome = outcomes[column[0]], outcomes[server]
            if known.verdict == outcome.verdict and not differing_parts(known, outcome):
                column.append(server)
                break
        else:
            columns.append([server])
    return columns


def _all_parts(outcomes: dict[str, Outcome]) -> list[Part]:
    parts = {part for outcome in outcomes.values() for part in outcome.parts}
    return sorted(parts, key=lambda part: (ORDER.index(part.kind), part.number, part.name))


def _same(part: Part, text: str) -> SamePart:
    return SamePart(part.kind, part.number, cut(part.name, LONGEST_CELL), cut(text, LONGEST_CELL))


def _row(comparison: Comparison, columns: list[list[str]], outcomes: list[Outcome], part: Part) -> ServerRow:
    texts = [outcome.parts.get(part) for outcome in outcomes]
    lines = [outcome.lines.get(part.number) for outcome in outcomes] if part.kind == "command" else []
    return ServerRow(
        kind=part.kind,
        number=part.number,
        name=cut(part.name, LONGEST_CELL),
        line=next((line for line in lines if line is not None), None),
        cells=[None if text is None else cut(text, LONGEST_CELL) for text in texts],
        reasons=reasons(comparison, columns, part),
    )


def reasons(comparison: Comparison, columns: list[list[str]], part: Part) -> list[Reason]:
    """The rules that were found to make the difference, each once."""
    found: dict[tuple[str, str], list[int]] = {}
    for server, known in comparison.causes.items():
        for name in known.get(part, ()):
            column = next(number for number, servers in enumerate(columns) if server in servers)
            found.setdefault((name, told(name, comparison, server)), []).append(column)
    return [Reason(name, text, RULES[name].source, sorted(at)) for (name, text), at in found.items()]


def told(name: str, comparison: Comparison, server: str) -> str:
    """What is told of a rule; of commands which of them came with which server."""
    if name == "commands":
        there = [profile_named(one) for one in comparison.outcomes]
        asked = dict.fromkeys(one for outcome in comparison.outcomes.values() for one in outcome.commands)
        missing = dict.fromkeys(text for line in asked if (text := _missing(line, there, profile_named(server))))
        if missing:
            return " ".join(missing)
    return RULES[name].text


def _missing(line: str, servers: list[Profile], server: Profile) -> str:
    """Which server has the command of a line, where some of them have not."""
    words = line.lower().split()[:2]
    for name in ("|".join(words), words[0]):
        without = [one for one in servers if not one.commands.has(name.encode())]
        if without and len(without) < len(servers):
            of = server if server in without else without[0]
            later = later_command(name, of.commands)
            if later is not None:
                return came_later(name.replace("|", " ").upper(), later, of.title)
    return ""
