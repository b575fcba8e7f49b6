"""A test of a script: a run on a keyspace of its own, compared with what is expected (contract.RunTest).

The expected keyspace is lines of commands. They are carried out on a second fresh keyspace, and the two are compared
key by key and element by element: so the order of the lines, and how they fill a key, does not matter.
"""

from __future__ import annotations

from typing import Any

from pyodide_bridge import content, runs
from pyodide_bridge.changes import LONGEST_ELEMENT, MOST_ELEMENTS
from pyodide_bridge.contract.keyspace import ElementChange, KeyChange
from pyodide_bridge.contract.running import Ran, Run
from pyodide_bridge.contract.session import Problem
from pyodide_bridge.contract.testing import RunTest, TestRan
from pyodide_bridge.escapes import argument
from pyodide_bridge.reply_views import cut
from pyodide_bridge.workbench import Workbench

SEED = 0
"""What the server's random choices are fed with where the test names no seed: a test has one outcome."""

MOST_KEYS = 200
"""Keys that are listed as differing."""

Elements = dict[bytes, bytes]


def run_test(_: Workbench, request: RunTest) -> TestRan:
    """Run one test. Nothing of it reaches the keyspace of the page."""
    tested = Workbench()
    ran = runs.run(tested, _run_request(request))
    if ran.reply is None:
        return _unfinished(ran)
    expected, problem = _expected(request, ran)
    differences = [] if expected is None else _differences(expected, tested)
    reply_matches = request.reply is None or request.reply.rstrip("\n") == ran.reply.text.rstrip("\n")
    passed = reply_matches and not differences and problem is None
    return TestRan(
        outcome="expectation" if problem else "passed" if passed else "failed",
        reply=ran.reply.text,
        reply_matches=reply_matches,
        differences=differences[:MOST_KEYS],
        omitted=max(0, len(differences) - MOST_KEYS),
        keyspace=_lines(tested),
        problem=problem,
        clock=ran.now / 1000,
        milliseconds=ran.milliseconds,
    )


def _run_request(request: RunTest) -> Run:
    return Run(
        script=request.script,
        keys=request.keys,
        argv=request.argv,
        fixture=request.fixture,
        mode=request.mode,
        function=request.function,
        protocol=request.protocol,
        clock=request.clock,
        seed=SEED if request.seed is None else request.seed,
    )


def _unfinished(ran: Ran) -> TestRan:
    """What is told of a test whose script did not run to its end."""
    outcome: Any = ran.outcome
    return TestRan(outcome, "", False, [], 0, "", ran.problem, ran.now / 1000, ran.milliseconds)


def _expected(request: RunTest, ran: Ran) -> tuple[Workbench | None, Problem | None]:
    """The keyspace that is expected, or why its lines cannot be carried out."""
    if request.keyspace is None:
        return None, None
    expected = Workbench()
    expected.clock.held = ran.now / 1000
    return expected, expected.carry_out(request.keyspace, fresh=True)


def _differences(expected: Workbench, tested: Workbench) -> list[KeyChange]:
    """Every key that is not as expected: what was expected stands on the side before, what came on the side after."""
    found: list[KeyChange] = []
    for wanted, got in zip(expected.keyspace.databases, tested.keyspace.databases, strict=True):
        for key in sorted({*wanted.keys(), *got.keys()}):
            difference = _difference(wanted, got, key)
            if difference is not None:
                found.append(difference)
    return found


def _difference(wanted: Any, got: Any, key: bytes) -> KeyChange | None:
    """How one key differs, or None."""
    before, after = _elements(wanted, key), _elements(got, key)
    kinds = [content.type_name(side.entries[key]) if side.is_live(key) else None for side in (wanted, got)]
    expiries = [side.expiries.get(key) for side in (wanted, got)]
    differing = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    if not differing and kinds[0] == kinds[1] and expiries[0] == expiries[1]:
        return None
    return KeyChange(
        database=wanted.index,
        key=argument(key),
        type_before=kinds[0],
        type_after=kinds[1],
        expiry_before=expiries[0],
        expiry_after=expiries[1],
        elements=[
            ElementChange(_short(name), *(_short(side[name]) if name in side else None for side in (before, after)))
            for name in differing[:MOST_ELEMENTS]
        ],
        omitted=max(0, len(differing) - MOST_ELEMENTS),
    )


def _short(value: bytes) -> str:
    return cut(argument(value), LONGEST_ELEMENT)


def _elements(database: Any, key: bytes) -> Elements:
    """The elements of a key by name. Those of a stream are its commands: it has groups and counters besides entries."""
    if not database.is_live(key):
        return {}
    value = database.entries[key]
    if content.type_name(value) == "stream":
        return {line.encode(): b"" for line in content.recreation(key, value, None)}
    return dict(content.elements(value))


def _lines(workbench: Workbench) -> str:
    """The keyspace as lines that make it again, key by key in order of their names; elements of sets and hashes too."""
    lines: list[str] = []
    selected = 0
    for database in workbench.keyspace.databases:
        keys = sorted(database.keys())
        if keys and database.index != selected:
            selected = database.index
            lines.append(f"SELECT {selected}")
        for key in keys:
            lines += content.recreation(key, database.entries[key], database.expiries.get(key))
    return "\n".join(lines)
