"""Whether a user may carry out a command on its keys and channels (acl.c `ACLCheckAllUserCommandPerm`)."""

from __future__ import annotations

from typing import Final, NamedTuple

from ferrous_vm.keyspace.access.denials import Reason
from ferrous_vm.keyspace.access.users import ALL_COMMANDS, Access, Selector, User
from ferrous_vm.keyspace.arguments.glob import matches
from ferrous_vm.keyspace.arguments.key_positions import key_positions, may_have_keys
from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.database import Database


class Denial(NamedTuple):
    """A command that is not allowed, and which of its words shows it: 0 for the command itself."""

    reason: Reason
    word: int

    def object(self, row: Row, argv: list[bytes]) -> bytes:
        """The command, key or channel that is not allowed."""
        return argv[self.word] if self.word else row.full_name


_WRITING: Final = frozenset({"insert", "update", "delete"})

_CHANNELS: Final[dict[bytes, slice]] = {
    **dict.fromkeys((b"publish", b"spublish"), slice(1, 2)),
    **dict.fromkeys((b"subscribe", b"ssubscribe", b"psubscribe"), slice(1, None)),
}
"""The words of a command that are channels it must be allowed to use (`getChannelsFromCommand`)."""


def denial(user: User, row: Row, argv: list[bytes], database: Database) -> Denial | None:
    """Why the user may not carry out the command `argv`, whose row is `row`, in that database; None if it may."""
    reason, word = Reason.DATABASE, 0
    for selector in user.selectors:
        refused = _refused(selector, row, argv, database)
        if refused is None:
            return None
        if refused > (reason, word):
            reason, word = refused
    return Denial(reason, word)


def reads_every_key(user: User, row: Row, argv: list[bytes], database: Database) -> bool:
    """Whether a selector that allows the command lets any key be read (`...CheckCmdWithUnrestrictedKeyAccess`)."""
    return any(
        (selector.all_keys or Access.READ in selector.keys.get(b"*", Access.NONE))
        and _refused(selector, row, argv, database) is None
        for selector in user.selectors
    )


def may_use_channel(patterns: list[bytes], channel: bytes, *, is_pattern: bool) -> bool:
    """Whether one of the allowed patterns is the pattern subscribed to, or matches the channel."""
    return channel in patterns if is_pattern else any(matches(pattern, channel) for pattern in patterns)


def _refused(selector: Selector, row: Row, argv: list[bytes], database: Database) -> Denial | None:
    """`ACLSelectorCheckCmd`"""
    if selector.databases is not None:
        from ferrous_vm.keyspace.access.databases import refused_word

        refused = refused_word(selector.databases, row, argv, database)
        if refused is not None:
            return Denial(Reason.DATABASE, refused)
    if selector.commands != ALL_COMMANDS and not _allows_command(selector, row, argv):
        return Denial(Reason.COMMAND, 0)
    if not selector.all_keys and may_have_keys(row):
        for word, flags in key_positions(row, argv):
            if word < len(argv) and not _allows_key(selector, argv[word], flags):
                return Denial(Reason.KEY, word)
    if not selector.all_channels and row.name in _CHANNELS:
        for word in range(len(argv))[_CHANNELS[row.name]]:
            if not may_use_channel(selector.channels, argv[word], is_pattern=row.name == b"psubscribe"):
                return Denial(Reason.CHANNEL, word)
    return None


def _allows_command(selector: Selector, row: Row, argv: list[bytes]) -> bool:
    if selector.commands >> row.number & 1 or "no_auth" in row.flags:
        return True
    arguments = selector.first_arguments.get(row.number, ())
    return len(argv) > 1 and any(keyword(argv[1]) == argument.lower() for argument in arguments)


def _allows_key(selector: Selector, key: bytes, flags: object) -> bool:
    used = frozenset(flags)  # type: ignore[call-overload]
    needed = (Access.READ if "access" in used else Access.NONE) | (Access.WRITE if used & _WRITING else Access.NONE)
    return any(needed in access and matches(pattern, key) for pattern, access in selector.keys.items())
