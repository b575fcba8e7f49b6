"""What the tests of the translator share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import ferrous_vm
from ferrous_vm import engines
from ferrous_vm.limits import Limits


@pytest.fixture(params=sorted(engines.ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine in turn: what is hostile to one is tried on both."""
    name: str = request.param
    return name


@pytest.fixture
def run(engine: str) -> Callable[..., list[Any]]:
    """Runs a chunk in a fresh state and answers its results as Lua values."""

    def run_chunk(source: bytes | str, seconds: float | None = 60.0) -> list[Any]:
        text = source if isinstance(source, bytes) else source.encode("latin-1")
        return ferrous_vm.Lua(engine, limits=Limits(seconds=seconds)).run(text, name="=p")

    return run_chunk
