"""The run that is recorded when the page is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolchain.recording import record

pytestmark = pytest.mark.host

EXAMPLES = Path(__file__).parents[2] / "web" / "examples"


def test_the_same_engine_always_records_the_same() -> None:
    ran = record(EXAMPLES / "01-release-a-lock.json")
    assert ran["reply"]["text"] == "(integer) 1"
    assert [command["milliseconds"] for command in ran["trace"]] == [0, 0]
    assert record(EXAMPLES / "01-release-a-lock.json") == ran


def test_what_does_not_go_well_is_not_recorded(tmp_path: Path) -> None:
    example = tmp_path / "bad.json"
    example.write_text('{"keys": [], "argv": [], "fixture": []}', "utf-8")
    example.with_suffix(".lua").write_text("return redis.call('NO')", "utf-8")
    with pytest.raises(ValueError, match="cannot be recorded"):
        record(example)
