"""Commands that are taken back: what a journal is for, where a test only looks on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ferrous_vm.keyspace import Keyspace
from ferrous_vm.keyspace.journal import Journal


@contextmanager
def dry_run(keyspace: Keyspace) -> Iterator[Journal]:
    """Within the block commands run as ever; at its end every change is taken back."""
    nested = keyspace.journal is not None
    journal = keyspace.journal or keyspace.open_journal()
    mark = journal.savepoint()
    try:
        yield journal
    finally:
        journal.undo(mark)
        if not nested:
            keyspace.close_journal()
