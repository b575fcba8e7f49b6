"""The users of a server and what their selectors allow (acl.c). Knows no command but by the number of its row.

`acl_rules.py` changes a user by the rules of ACL SETUSER and describes one; `permissions.py` asks what one may do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import IntFlag
from functools import partial
from typing import Final

from ferrous_vm.records import MutableRecord, field, with_changes

DEFAULT_USER: Final = b"default"
"""Who a client is until it says otherwise; it cannot be deleted."""

ALL_COMMANDS: Final = -1
"""The commands of a selector that allows all there are and will be: every bit is set, without end."""


class Access(IntFlag):
    """What a pattern lets be done with the keys it matches, and what a command does with a key."""

    NONE = 0
    READ = 1
    WRITE = 2
    BOTH = READ | WRITE


class Selector(MutableRecord):
    """A set of permissions that holds by itself; at first it allows nothing."""

    commands: int = 0
    """The allowed commands: bit n for the row with number n."""
    first_arguments: dict[int, list[bytes]] = field(factory=dict)
    """By the number of a command that is not allowed: first arguments with which it is."""
    rules: list[bytes] = field(factory=list)
    """The rules of commands since all or none were allowed, as some servers show them."""
    all_keys: bool = False
    keys: dict[bytes, Access] = field(factory=dict)
    """Patterns of keys."""
    databases: frozenset[int] | None = None
    """The numbers of databases that may be used (Valkey 9.1); None: all."""
    all_channels: bool = False
    channels: list[bytes] = field(factory=list)
    """Patterns of channels."""

    @property
    def is_unlimited(self) -> bool:
        """Whether it allows everything."""
        return self.commands == ALL_COMMANDS and self.all_keys and self.all_channels and self.databases is None

    def copy(self) -> Selector:
        """Another one that allows the same."""
        arguments = {number: list(words) for number, words in self.first_arguments.items()}
        return with_changes(
            self, first_arguments=arguments, rules=list(self.rules), keys=dict(self.keys), channels=list(self.channels)
        )


class User(MutableRecord):
    """One user; a new one is off, knows no password and may do nothing."""

    name: bytes
    enabled: bool = False
    needs_no_password: bool = False
    sanitizing: bytes = b""
    """b"sanitize-payload" or b"skip-sanitize-payload" once that was said; it has no effect but to be shown."""
    passwords: list[bytes] = field(factory=list)
    """SHA-256 in lower case hex."""
    selectors: list[Selector] = field(factory=lambda: [Selector()])
    """The first is the user's own; the others were given in parentheses. One that allows a command is enough."""

    @property
    def is_restricted(self) -> bool:
        """Whether there may be something the user must not do."""
        return not any(selector.is_unlimited for selector in self.selectors)

    @property
    def needs_login(self) -> bool:
        """Whether nobody is this user without a password."""
        return not self.needs_no_password or not self.enabled

    def accepts(self, password: bytes) -> bool:
        """Whether the password lets a client become this user."""
        return self.enabled and (self.needs_no_password or hashed(password) in self.passwords)

    def require(self, password: bytes) -> None:
        """Accept this password and no other; an empty one: accept any (`ACLUpdateDefaultUserPassword`)."""
        self.passwords = [hashed(password)] if password else []
        self.needs_no_password = not password

    def copy(self) -> User:
        """Another one with the same name and permissions."""
        selectors = [selector.copy() for selector in self.selectors]
        return with_changes(self, passwords=list(self.passwords), selectors=selectors)

    def become(self, other: User) -> Callable[[], object]:
        """Take over all but the name: the clients that are this user have what `other` may do from now on.

        Answers what makes it again what it was.
        """
        before = self.copy()
        self.enabled = other.enabled
        self.needs_no_password = other.needs_no_password
        self.sanitizing = other.sanitizing
        self.passwords = other.passwords
        self.selectors = other.selectors
        return partial(self.become, before)


def hashed(password: bytes) -> bytes:
    """A password as a user remembers it."""
    return hashlib.sha256(password).hexdigest().encode()


def default_user() -> User:
    """The user `default` of a server that nobody has configured: on, without password, free to do everything."""
    selector = Selector(ALL_COMMANDS, all_keys=True, all_channels=True)
    return User(DEFAULT_USER, enabled=True, needs_no_password=True, selectors=[selector])
