"""Tests of a script."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record, field
from ferrous_vm.workbench.records.calling import Mode
from ferrous_vm.workbench.records.keyspace import KeyChange
from ferrous_vm.workbench.records.problems import Problem
from ferrous_vm.workbench.records.servers import ServerName


class RunTest(Record):
    """Run a script on a keyspace of its own and compare what it does with what is expected.

    `reply` is the text redis-cli prints, `keyspace` lines that make the keyspace expected afterwards; null where
    nothing is expected. The function `libraries` are loaded first, so that the fixture may call them. Without a `clock`
    the computer's is taken; without a `seed` it is 0. `server` is the one it runs on, null for that of the page.
    """

    script: str
    keys: list[str]
    argv: list[str]
    fixture: str
    reply: str | None = None
    keyspace: str | None = None
    mode: Mode = "EVAL"
    function: str = ""
    protocol: Literal[2, 3] = 2
    clock: float | None = None
    seed: int | None = None
    server: ServerName | None = None
    libraries: list[str] = field(factory=list)


class TestRan(Record):
    """Answers RunTest. `outcome` besides passed and failed: what stopped it, the fixture or the lines expected.

    `reply` and `keyspace` are what came, in the form a test expects them. In `differences` the side before is what was
    expected. `problem` is where the fixture, or the expected keyspace, failed.
    """

    outcome: Literal["passed", "failed", "fixture", "expectation", "interrupted"]
    reply: str
    reply_matches: bool
    differences: list[KeyChange]
    omitted: int
    keyspace: str
    problem: Problem | None
    clock: float
    milliseconds: float


ANSWERS: dict[type, type] = {RunTest: TestRan}
