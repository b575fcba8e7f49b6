"""Each switch by which servers differ is told to people: who adds one says in told.py what it means to a script."""

from __future__ import annotations

from importlib import import_module


def test_every_switch_of_a_profile_is_told() -> None:
    """The table is checked where it is imported, which no run of a script does."""
    assert import_module("ferrous_vm.keyspace.profiles.told").RULES
