"""Names of keys beneath a prefix: those of a command get it, and from what is answered it is taken away again."""

from __future__ import annotations

from itertools import product
from typing import Final

from ferrous_vm.keyspace.arguments.key_positions import key_positions
from ferrous_vm.keyspace.command_table import CommandTable, arity_matches
from ferrous_vm.workbench.resp import BLOBS, parse

_SPECIAL: Final = frozenset(b"*?[]\\^")
"""What means something in a pattern (`stringmatchlen`, util.c)."""

_SPACES: Final = b" \t\n\v\f\r\0"
"""What a rule of ACL SETUSER may not hold (`ACLStringHasSpaces`, acl.c)."""

_MOST_SPACES: Final = 2
"""In one name: a pattern has `?` in their place, and each must be cleaned in all ways that match."""


def keys_of(commands: CommandTable, words: list[bytes]) -> list[int]:
    """Which of the words of a command are keys; none where it is no command of the server."""
    row = commands.find(words)
    if row is None or not arity_matches(row, len(words)):
        return []
    return [position.word for position in key_positions(row, words)]


def beneath(prefix: bytes, commands: CommandTable, words: list[bytes]) -> list[bytes]:
    """The command on keys beneath the prefix."""
    renamed = list(words)
    for word in keys_of(commands, words) if prefix else ():
        renamed[word] = prefix + words[word]
    return renamed


def own_names(prefix: bytes, reply: bytes) -> bytes:
    """A reply, RESP, with the keys' own names."""
    if not prefix or prefix not in reply:
        return reply
    parts: list[bytes] = []
    for node in parse(reply):
        text = reply[node.start : node.end]
        if prefix in text:
            text = text.replace(prefix, b"")
            if text[:1] in BLOBS:
                value = node.value.replace(prefix, b"")
                text = b"%b%d\r\n%b\r\n" % (text[:1], len(value), value)
        parts.append(text)
    return b"".join(parts)


def pattern(name: bytes) -> bytes:
    """The pattern of the ACL that matches this name, and where it has spaces those with others in their places."""
    return b"".join(b"?" if byte in _SPACES else b"\\%c" % byte if byte in _SPECIAL else b"%c" % byte for byte in name)


def has_many_spaces(name: bytes) -> bool:
    """Whether its pattern would match too many others."""
    return sum(byte in _SPACES for byte in name) > _MOST_SPACES


def matching(name: bytes) -> list[bytes]:
    """All names that its pattern matches and that could have been written: any byte stands in the place of a space."""
    choices = [range(256) if byte in _SPACES else (byte,) for byte in name]
    return [bytes(choice) for choice in product(*choices)]
