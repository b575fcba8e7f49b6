"""ZRANK and ZREVRANK with WITHSCORE (t_zset.c of Redis 7.2)."""

from __future__ import annotations

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.arguments.readings import OPTION
from ferrous_vm.keyspace.command import wrong_arity
from ferrous_vm.keyspace.replies import NULL_ARRAY, Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.sorted_sets import SortedSet


def rank_with_score(session: Session, argv: list[bytes], *, reverse: bool) -> Reply:
    """ZRANK or ZREVRANK key member WITHSCORE. Raises CommandError for other words."""
    if len(argv) > 4:
        raise wrong_arity(b"zrevrank" if reverse else b"zrank")
    if keyword(argv[3]) != b"withscore":
        raise CommandError(messages.SYNTAX, argv[3], OPTION)
    zset = session.database.find(argv[1], SortedSet)
    rank = None if zset is None else zset.rank(argv[2])
    if zset is None or rank is None:
        return NULL_ARRAY
    return [len(zset) - 1 - rank if reverse else rank, zset.scores[argv[2]]]
