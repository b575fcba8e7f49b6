"""Which events go out behind the reply to the command that brings them about, to who is told of its own commands.

Until Redis 7.0 a command writes its reply when it comes to that, and tells of events when it comes to that; what it
tells its own client stands where it was written, in the midst of the reply too. Later servers let the reply go first
(`Profile.replies_come_first`). Of events in the midst of a reply, those of MGET and XREADGROUP go out before it here.
"""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.replies import Reply, Several

_POPS: Final = b"lpop rpop"

_BEHIND: Final[dict[bytes, bytes]] = {
    b"getset": b"new set",
    b"getdel": b"del",
    b"getex": b"expire persist del",
    b"bitfield": b"setbit",
    **dict.fromkeys((b"expire", b"pexpire", b"expireat", b"pexpireat"), b"expire"),
    **dict.fromkeys((b"lpush", b"rpush", b"lpushx", b"rpushx"), b"lpush rpush"),
    **dict.fromkeys((b"lpop", b"rpop", b"blpop", b"brpop", b"lmpop", b"blmpop"), _POPS),
    **dict.fromkeys((b"lmove", b"rpoplpush", b"blmove", b"brpoplpush"), _POPS),
    b"lset": b"lset",
    b"spop": b"del",
    **{name: name for name in (b"sinterstore", b"sunionstore", b"sdiffstore", b"hincrby", b"hincrbyfloat", b"xsetid")},
    **dict.fromkeys((b"hset", b"hmset", b"hsetnx"), b"hset"),
    **dict.fromkeys((b"zadd", b"geoadd"), b"zadd zincr"),
    b"zincrby": b"zincr",
    **{name: name + b" del" for name in (b"zunionstore", b"zinterstore", b"zdiffstore", b"zrangestore")},
    **dict.fromkeys((b"zpopmin", b"zpopmax", b"bzpopmin", b"bzpopmax", b"zmpop", b"bzmpop"), b"del"),
    b"xadd": b"xadd",
    b"xgroup|create": b"xgroup-create",
    b"xgroup|setid": b"xgroup-setid",
    b"xgroup|destroy": b"xgroup-destroy",
}
_EVENTS: Final = {name: frozenset(events.split()) for name, events in _BEHIND.items()}
"""By command, the events of which the first, and whatever comes after it, goes out behind the reply."""

_AMONG: Final[dict[bytes, tuple[bytes, tuple[int, ...]]]] = {
    **dict.fromkeys((b"zpopmin", b"zpopmax"), (b"zpop", (0,))),
    **dict.fromkeys((b"bzpopmin", b"bzpopmax"), (b"zpop", (1,))),
    **dict.fromkeys((b"zmpop", b"bzmpop"), (b"zpop", (1, 0))),
    b"xclaim": (b"xgroup-createconsumer", (0,)),
    b"xautoclaim": (b"xgroup-createconsumer", (1, 0)),
}
"""By command, how the event begins that goes out in the midst of its reply, and before which part of that."""

_CHANGE_FIRST: Final = frozenset(
    b"spop lmove rpoplpush blmove brpoplpush zpopmin zpopmax bzpopmin bzpopmax zmpop bzmpop".split()
)
"""Commands that say so before they write it, or in its midst."""

_NONE: Final[frozenset[bytes]] = frozenset()


def is_among_reply(row: Row, event: bytes) -> bool:
    """Whether the reply to the command has been begun when it tells of `event`."""
    among = _AMONG.get(row.full_name)
    return among is not None and event.startswith(among[0])


def with_messages(row: Row, reply: Reply, messages: list[Any]) -> Reply:
    """The reply with messages in its midst; before it, if it has no such part."""
    part: Any = reply
    *outer, last = _AMONG[row.full_name][1]
    for place in outer:
        part = part[place] if isinstance(part, list) else None
    if not isinstance(part, list) or len(part) <= last:
        return Several((*messages, reply))
    part[last] = Several((*messages, part[last]))
    return reply


def is_changed_behind_reply(row: Row, argv: list[bytes]) -> bool:
    """Whether the reply to the command has been written when it says that it changes a key."""
    events = _EVENTS.get(row.full_name, _NONE)
    return (bool(events) and row.full_name not in _CHANGE_FIRST) or is_behind_reply(row, argv, b"set")


def is_behind_reply(row: Row, argv: list[bytes], event: bytes) -> bool:
    """Whether the reply to the command has been written when it tells of `event`."""
    if row.name == b"set":
        return event != b"keymiss" and any(keyword(word) == b"get" for word in argv[3:])
    return event in _EVENTS.get(row.full_name, _NONE)
