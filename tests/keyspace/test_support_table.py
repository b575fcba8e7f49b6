"""The support table of COMPATIBILITY.md is the one the code gives."""

from __future__ import annotations

from ferrous_vm.keyspace.command_table import row_named
from ferrous_vm.keyspace.support import IN_PART, NOT_OFFERED
from tests.record.write_support_table import PAGE, with_table


def test_the_table_is_fresh() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page) == page, "run python -m tests.record.write_support_table"


def test_no_command_is_named_that_redis_does_not_have() -> None:
    for name in {*IN_PART, *NOT_OFFERED}:
        row_named(name.encode())
    assert not IN_PART.keys() & NOT_OFFERED.keys()
