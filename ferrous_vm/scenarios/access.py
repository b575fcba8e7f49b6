"""What a command of a scenario touches: so two that touch nothing in common may change places.

What is touched is a set of bits: a key each, and some that stand for more. It is told by the command's words, never by
the KEYS that a script declares: the observer of scripting hears each command that a script really calls.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.arguments.key_positions import key_positions
from ferrous_vm.keyspace.command_table import Row

EVERYTHING: Final = -1
"""All bits there will ever be: KEYS, FLUSHALL and whatever cannot be told."""
TIME: Final = 1
"""How much time there is left, or what the clock shows."""
SCRIPTS: Final = 2
"""The script cache."""
HISTORY: Final = 4
"""In which order the server came to its states, where some may be lost."""
SERVER: Final = 8
"""That the server goes on, which every command reads: its connection is there, and what it has queued."""
ENDING: Final = 16
"""That somebody is left: a client that ends reads it, and whatever is no turn writes it, for nothing happens any more
once the last client has ended."""
REPLY: Final = 32
"""What was just carried out, where an invariant asks for it: a call writes it, whatever is none reads it."""
_FIRST_KEY: Final = 64

_TOUCHES_NOTHING: Final = frozenset(
    b"ping echo select multi discard unwatch time exec eval eval_ro evalsha evalsha_ro fcall fcall_ro command".split()
)
_SHOWS_THE_CLOCK: Final = frozenset(
    b"time expireat pexpireat expiretime pexpiretime lastsave object|idletime object|freq xadd xreadgroup xclaim "
    b"xautoclaim xpending xinfo|consumers xinfo|stream xinfo|groups xsetid xgroup|create".split()
)
"""Commands whose reply, or what they store, depends on what time it is, rather than on how much has passed."""
_ABSOLUTE_WORDS: Final = frozenset((b"exat", b"pxat"))

REFUSED: Final = frozenset(
    b"subscribe psubscribe ssubscribe unsubscribe punsubscribe sunsubscribe monitor hello reset client config acl auth "
    b"function debug shutdown quit cluster replicaof slaveof failover psync sync replconf save bgsave bgrewriteaof "
    b"module migrate slowlog latency info memory role swapdb readonly readwrite asking wait".split()
)
"""Commands of clients that a scenario does not offer: they change or show what is no part of its state."""


def shows_the_clock(row: Row, argv: list[bytes]) -> bool:
    """Whether it matters to the command what time it is."""
    return row.full_name in _SHOWS_THE_CLOCK or (
        row.full_name in (b"set", b"getex") and not _ABSOLUTE_WORDS.isdisjoint(map(bytes.lower, argv[2:]))
    )


class Touched:
    """What one client's command has touched, the commands of its script included."""

    __slots__ = ("_bits", "keys", "reads", "writes")

    def __init__(self, bits: dict[tuple[int, bytes], int]) -> None:
        self._bits = bits
        self.reads = 0
        self.writes = 0
        self.keys: set[tuple[int, bytes]] = set()

    def bit(self, key: tuple[int, bytes]) -> int:
        """That of a key of a database."""
        found = self._bits.get(key)
        if found is None:
            found = self._bits[key] = _FIRST_KEY << len(self._bits)
        return found

    def add(self, row: Row, argv: list[bytes], database: int) -> None:
        """A command was carried out, or refused."""
        if row.full_name in _TOUCHES_NOTHING:
            return
        if row.full_name.startswith(b"script|"):
            self.writes |= SCRIPTS
            return
        positions = key_positions(row, argv)
        if not positions:
            if row.write:
                self.writes = EVERYTHING
            else:
                self.reads = EVERYTHING
            return
        for word, flags in positions:
            key = (database, argv[word])
            self.keys.add(key)
            if row.write and "RO" not in flags:
                self.writes |= self.bit(key)
            else:
                self.reads |= self.bit(key)
