"""cjson, cmsgpack, struct and bit against answers recorded from a real redis-server 7.0.15."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from ferrous_vm.stdlib import bit, cjson, cmsgpack, struct
from ferrous_vm.values.natives import Library
from tests.stdlib import recorded
from tests.stdlib.driver import StubRuntime, outcome


def _library(name: str) -> Library:
    if name == "cjson":
        return cjson.create_library()
    return {"cmsgpack": cmsgpack.LIBRARY, "struct": struct.LIBRARY, "bit": bit.LIBRARY}[name]


@pytest.fixture(autouse=True)
def _deep_results_can_be_shown() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.parametrize("library", ["cjson", "cmsgpack", "struct", "bit"])
def test_recorded_calls_answer_as_redis(library: str) -> None:
    cases = recorded.load(library)
    assert len(cases) > 1000
    different = []
    for case in cases:
        ours = recorded.replay(case, StubRuntime().open(_library(library)), outcome)
        if ours != case[3]:
            different.append((case, ours))
    assert different == []
