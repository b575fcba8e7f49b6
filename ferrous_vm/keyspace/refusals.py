"""Which word of a command was refused: its position, and as what it was read.

A handler that refuses a word names the word itself (`errors.CommandError`), which costs nothing where nobody asks. If
one object stands at several positions, as equal words of a script do, the refused command is tried again with words
that are told apart: a command that refuses has changed nothing, so it refuses again, at the same word.
"""

from __future__ import annotations

from typing import NamedTuple

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.keyspace.session import Session


class Refusal(NamedTuple):
    """A word of a command that was refused."""

    position: int
    """Counted from the command's name, which is 0."""
    reading: str
    """As what it was read, of `arguments/readings.py`."""


class _Word(bytes):
    """A word that is no other word, even of the same bytes: Python shares no instances of a class of our own."""

    __slots__ = ()


def refusal_of(session: Session, row: Row | None, argv: list[bytes], reply: ErrorReply) -> Refusal | None:
    """The word of `argv` that `reply`, the answer to it just now, refused; None where it was no single word of it.

    Ask it right after the command, while the keyspace is as it was.
    """
    places = [position for position, word in enumerate(argv) if word is reply.word]
    if not places:
        return None
    if len(places) == 1:
        return Refusal(places[0], reply.reading)
    return None if row is None else _told_apart(session, row, argv)


def _told_apart(session: Session, row: Row, argv: list[bytes]) -> Refusal | None:
    """`refusal_of`, by trying the command once more; only where a journal could take back what it might do."""
    journal, handler = session.keyspace.journal, row.handler
    if journal is None or handler is None:
        return None
    words: list[bytes] = [_Word(word) for word in argv]
    mark = journal.savepoint()
    try:
        handler(session, words)
    except CommandError as error:
        places = [position for position, word in enumerate(words) if word is error.word]
        return Refusal(places[0], error.reading) if places else None
    finally:
        journal.undo(mark)
    return None
