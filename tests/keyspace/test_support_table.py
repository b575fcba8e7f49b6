"""The support table of COMPATIBILITY.md is the one the code gives."""

from __future__ import annotations

import pytest

from ferrous_vm.keyspace.command_table import row_named
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.profiles.profile import PROFILES
from ferrous_vm.keyspace.support import IN_PART, NOT_OFFERED
from tests.record.write_support_table import GUARDS, PAGE, with_table


def test_the_table_is_fresh() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page) == page, "run python -m tests.record.write_support_table"


@pytest.mark.parametrize("name", PROFILES)
def test_a_command_that_is_not_answered_has_its_reason(name: str) -> None:
    commands = profile_named(name).commands
    for row in commands.rows():
        has_reason = row.full_name.decode() in commands.not_offered
        if row.full_name not in GUARDS:
            assert (row.handler is None and not row.subcommands) == has_reason, row


def test_no_command_is_named_that_redis_does_not_have() -> None:
    for name in {*IN_PART, *NOT_OFFERED}:
        row_named(name.encode())
    assert not IN_PART.keys() & NOT_OFFERED.keys()
