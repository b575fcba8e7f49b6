"""The commands of Redis 7.0.15 that Ferrous does not offer, each with its reason, which its refusal tells the user."""

from __future__ import annotations

from typing import Final

_NO_DISK: Final = "there is no disk; export the keyspace instead"
_NO_REPLICAS: Final = "there are no replicas to speak to"

NOT_OFFERED: Final[dict[str, str]] = {
    "acl|setuser": "there is one user, default, who may do everything",
    "bgrewriteaof": _NO_DISK,
    "bgsave": _NO_DISK,
    "monitor": "a host watches its server through the observer of its scripts",
    "psync": _NO_REPLICAS,
    "replconf": _NO_REPLICAS,
    "save": _NO_DISK,
    "shutdown": "the server lives as long as its host",
    "sync": _NO_REPLICAS,
}
"""By full name; `commands/__init__.py` checks that every other command has a handler."""
