"""What is counted of one call of a script."""

from __future__ import annotations

from ferrous_vm.records import MutableRecord


class Counts(MutableRecord):
    """What a call did."""

    instructions: int = 0
    library: float = 0
    """Elements of tables, and blocks of strings, that library functions went through (`stdlib/work.py`)."""
    commands: int = 0
    words: int = 0
    """Of the commands, their names left out."""
    elements: float = 0
    """Of the data, those that the commands touched (`keyspace/complexity.py`)."""
    carried: int = 0
    """Values inside replies, those of the commands and the script's own."""
    numbers: int = 0
    """Numbers that were written as text, for a command or by a library function."""
