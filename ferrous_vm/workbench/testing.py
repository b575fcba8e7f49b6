"""A test of a script: a run on a keyspace of its own, compared with what is expected (contract.RunTest).

The expected keyspace is lines of commands. They are carried out on a second fresh keyspace, and the two are compared
key by key and element by element: so the order of the lines, and how they fill a key, does not matter.
"""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15
from ferrous_vm.workbench import runs
from ferrous_vm.workbench.calls import load_all
from ferrous_vm.workbench.comparing import different_keys, lines_of, told
from ferrous_vm.workbench.records.problems import Problem
from ferrous_vm.workbench.records.running import Ran, Run
from ferrous_vm.workbench.records.testing import RunTest, TestRan
from ferrous_vm.workbench.workbench import Workbench

SEED = 0
"""What the server's random choices are fed with where the test names no seed: a test has one outcome."""


def run_test(workbench: Workbench, request: RunTest) -> TestRan:
    """Run one test. Nothing of it reaches the keyspace of the page."""
    tested = workbench.beside(request.server)
    load_all(tested, request.libraries)
    ran = runs.run(tested, _run_request(request))
    if ran.reply is None:
        return _unfinished(ran)
    expected, problem = _expected(tested, request, ran)
    differences = [] if expected is None else different_keys(expected, tested)
    reply_matches = request.reply is None or request.reply.rstrip("\n") == ran.reply.text.rstrip("\n")
    passed = reply_matches and not differences and problem is None
    listed = told(differences)
    return TestRan(
        outcome="expectation" if problem else "passed" if passed else "failed",
        reply=ran.reply.text,
        reply_matches=reply_matches,
        differences=listed,
        omitted=len(differences) - len(listed),
        keyspace=lines_of(tested.keyspace),
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


def _expected(tested: Workbench, request: RunTest, ran: Ran) -> tuple[Workbench | None, Problem | None]:
    """The keyspace that is expected, or why its lines cannot be carried out."""
    if request.keyspace is None:
        return None, None
    expected = tested.beside()
    load_all(expected, request.libraries)
    expected.clock.held = ran.now / 1000
    return expected, expected.carry_out(request.keyspace, fresh=True)


def assert_passes(request: RunTest, server: str = REDIS_7_0_15.name) -> None:
    """Run one test on a server that is imitated, for pytest. Raises AssertionError, which tells what was expected and
    what came."""
    ran = run_test(Workbench(profile=server), request)
    if ran.outcome != "passed":
        raise AssertionError("\n".join(report(request, ran)))


_UNDER: Final = " " * 12
"""Before the further lines of a reply."""


def report(request: RunTest, ran: TestRan) -> list[str]:
    """Lines for a person: what was expected, and what came."""
    lines = []
    if ran.problem is not None:
        lines.append(f"{ran.outcome}, line {ran.problem.line}: {ran.problem.message}")
    if not ran.reply_matches and request.reply is not None:
        lines.append("reply")
        for title, reply in (("  expected  ", request.reply), ("  got       ", ran.reply)):
            lines += [title + line if at == 0 else _UNDER + line for at, line in enumerate(reply.split("\n"))]
    for difference in ran.differences:
        lines.append(f"key {difference.key}")
        sides: list[tuple[str, object, object]] = [("type", difference.type_before, difference.type_after)]
        sides.append(("expiry", difference.expiry_before, difference.expiry_after))
        sides += [(element.element, element.before, element.after) for element in difference.elements]
        lines += [f"  {name}: expected {before}, got {after}" for name, before, after in sides if before != after]
    return lines
