"""What a long run remembers is freed without nesting: inside Pyodide a chain of it would end Python."""

from __future__ import annotations

import gc

import pytest

from ferrous_vm.exploration.exploring import explore
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.scenarios.running import run_steps

PROGRAMS = {"states": 'redis("INCR", "n")', "notes": 'note("n") sleep(7)'}


@pytest.mark.parametrize("body", PROGRAMS.values(), ids=PROGRAMS)
def test_a_long_run_is_freed(body: str) -> None:
    text = f'-- scenario: long\n-- at the end: count("n") == 0\n-- client A\nwhile true do {body} end\n'
    assert explore(read_scenario(text.encode()), budget=6000).events >= 4000
    gc.collect()


@pytest.mark.parametrize("step", ["A: INCR n", "advance 7 ms"])
def test_many_steps_are_freed(step: str) -> None:
    assert run_steps(read_scenario(f"-- scenario: long\n-- steps\n-- {step} ×8000\n".encode()))
    gc.collect()
