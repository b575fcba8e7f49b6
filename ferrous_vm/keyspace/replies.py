"""Reply values, and the one place where they become RESP bytes (https://redis.io/docs/reference/protocol-spec).

A reply is one of

    Status            simple string            +OK
    ErrorReply        error                    -ERR message
    int               integer                  :1
    bytes             bulk string              $3 foo
    None              null bulk                $-1      RESP3 _
    NULL_ARRAY        null array               *-1      RESP3 _
    list              array                    *2 ...
    MapReply          list of pairs            *4 ...   RESP3 %2
    SetReply          list                     *2 ...   RESP3 ~2
    Push              list                     *3 ...   RESP3 >3
    float             double, printed %.17g    $3 1.5   RESP3 ,1.5
    HumanDouble       double with its own text $3 1.5   RESP3 ,1.5
    bool              boolean                  :1       RESP3 #t
    BigNumber         big number               $2 12    RESP3 (12
    Verbatim          text with a format       $2 hi    RESP3 =6 txt:hi
    Several           more than one reply (SUBSCRIBE a b answers twice); NoReply is Several(())
    Written           RESP that was written before
    Deep              one reply, nested by the thousand

The values know nothing of a protocol: a command answers the richest value it has and `encode` renders it for RESP2
or RESP3. Where Redis answers another *shape* under RESP3, the command asks its session for the protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from math import copysign
from typing import Any, Final, TypeAlias

from ferrous_vm.bounds import FEW


class Status(bytes):
    """A simple string such as OK. Line breaks become spaces when it is encoded."""

    __slots__ = ()


class ErrorReply:
    """An error as a value: `message` is the text after the minus sign, its code first (`ERR no such key`).

    `counted`: a script passes on the error of a command, which is in the statistics already.
    `word` and `reading`: the word of the command that was refused, and as what it was read (`errors.CommandError`).
    """

    __slots__ = ("counted", "message", "reading", "word")

    def __init__(self, message: bytes, word: bytes | None = None, reading: str = "", *, counted: bool = False) -> None:
        self.message = message
        self.word = word
        self.reading = reading
        self.counted = counted

    def __repr__(self) -> str:
        return f"ErrorReply({self.message!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ErrorReply) and other.message == self.message

    def __hash__(self) -> int:
        return hash(self.message)


class NullArray:
    """The type of NULL_ARRAY, the null that RESP2 writes as an array."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NULL_ARRAY"


class MapReply(list[tuple[Any, Any]]):
    """Pairs of key and value, in order."""

    __slots__ = ()


class SetReply(list[Any]):
    """An array whose order carries no meaning."""

    __slots__ = ()


class Attribute(MapReply):
    """What RESP3 tells of the reply that follows; nothing that RESP2 can say."""

    __slots__ = ()


class Push(list[Any]):
    """A message the client did not ask for, or a subscription's confirmation; an array in RESP2."""

    __slots__ = ()


class Written(bytes):
    """RESP as it goes out, whatever the protocol."""

    __slots__ = ()


class Several(tuple[Any, ...]):
    """More than one reply, or none, to one command."""

    __slots__ = ()


class Deep(Several):
    """One reply that is nested by the thousand. Python frees a long chain of lists by nested calls, which overflows the
    browser's stack; this frees it step by step."""

    __slots__ = ()

    def __del__(self) -> None:
        dismantle(self)


def dismantle(reply: Any) -> None:
    """Empty a reply and all the aggregates in it, so that freeing them does not nest."""
    pending = list(reply)
    while pending:
        item = pending.pop()
        if type(item) in _AGGREGATES:
            pending.extend(item)
            item.clear()
        elif type(item) is tuple:
            pending.extend(item)


class BigNumber(bytes):
    """The decimal text of a number of any size."""

    __slots__ = ()


class Verbatim:
    """Text that says what it is: `format` is three bytes, `txt` or `mkd`."""

    __slots__ = ("format", "text")

    def __init__(self, format: bytes, text: bytes) -> None:
        self.format = format
        self.text = text

    def __repr__(self) -> str:
        return f"Verbatim({self.format!r}, {self.text!r})"


class HumanDouble(float):
    """A double that Redis prints with a text of its own (`addReplyHumanLongDouble`): coordinates, for example."""

    __slots__ = ("text",)
    text: bytes

    def __new__(cls, text: bytes) -> HumanDouble:
        number = super().__new__(cls, text)
        number.text = text
        return number


Reply: TypeAlias = (
    bytes | int | float | list[Any] | ErrorReply | NullArray | MapReply | SetReply | Push | Several | Verbatim | None
)
"""Any reply. The items of a list are replies; `Any` because lists of one kind must count as lists of replies."""

OK: Final = Status(b"OK")
QUEUED: Final = Status(b"QUEUED")
NULL_ARRAY: Final = NullArray()
NO_REPLY: Final = Several(())


def format_double(number: float) -> bytes:
    """A double as replies print it: `%.17g`, and inf, -inf, nan, -nan by name (`addReplyDouble`, networking.c)."""
    if number != number:
        return b"-nan" if copysign(1.0, number) < 0 else b"nan"
    if number in (float("inf"), float("-inf")):
        return b"inf" if number > 0 else b"-inf"
    return b"%.17g" % number


_LINE_BREAKS: Final = bytes.maketrans(b"\r\n", b"  ")


def _bulk(text: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(text), text)


def _status(reply: Status) -> bytes:
    return b"+%b\r\n" % reply.translate(_LINE_BREAKS)


def _error(reply: ErrorReply) -> bytes:
    return b"-%b\r\n" % reply.message.translate(_LINE_BREAKS)


def _integer(reply: int) -> bytes:
    return b":%d\r\n" % reply


def _verbatim_2(reply: Verbatim) -> bytes:
    return _bulk(reply.text)


def _verbatim_3(reply: Verbatim) -> bytes:
    return b"=%d\r\n%b:%b\r\n" % (len(reply.text) + 4, reply.format[:3].ljust(3), reply.text)


_LEAVES_2: Final[dict[type, Callable[..., bytes]]] = {
    bytes: _bulk,
    Status: _status,
    ErrorReply: _error,
    int: _integer,
    type(None): lambda _: b"$-1\r\n",
    NullArray: lambda _: b"*-1\r\n",
    bool: lambda reply: b":1\r\n" if reply else b":0\r\n",
    float: lambda reply: _bulk(format_double(reply)),
    HumanDouble: lambda reply: _bulk(reply.text),
    BigNumber: _bulk,
    Verbatim: _verbatim_2,
    Written: bytes,
}
_LEAVES_3: Final[dict[type, Callable[..., bytes]]] = {
    **_LEAVES_2,
    type(None): lambda _: b"_\r\n",
    NullArray: lambda _: b"_\r\n",
    bool: lambda reply: b"#t\r\n" if reply else b"#f\r\n",
    float: lambda reply: b",%b\r\n" % format_double(reply),
    HumanDouble: lambda reply: b",%b\r\n" % reply.text,
    BigNumber: lambda reply: b"(%b\r\n" % reply,
    Verbatim: _verbatim_3,
}
_HEADERS_2: Final[dict[type, bytes]] = {list: b"*%d\r\n", MapReply: b"*%d\r\n", SetReply: b"*%d\r\n", Push: b"*%d\r\n"}
_HEADERS_3: Final[dict[type, bytes]] = {list: b"*%d\r\n", MapReply: b"%%%d\r\n", SetReply: b"~%d\r\n", Push: b">%d\r\n"}
_HEADERS_3[Attribute] = b"|%d\r\n"


_AGGREGATES: Final = frozenset(_HEADERS_2)
_UNFRAMED: Final = frozenset({Several, Deep})
"""What has no header of its own."""


def size_of(reply: Reply) -> int:
    """The bytes of the strings in a reply, however deep it is, and one for each of its elements."""
    if isinstance(reply, bytes):
        return len(reply)
    size = 0
    pending: list[Any] = [reply] if isinstance(reply, list | tuple) else []
    while pending:
        items = pending.pop()
        kinds = {*map(type, items)}
        size += len(items)
        if kinds == _STRINGS:
            size += sum(map(len, items))
        elif not kinds.isdisjoint(_SIZED):
            size += sum([len(item) for item in items if isinstance(item, bytes)])
            pending += [item for item in items if isinstance(item, list | tuple)]
    return size


_STRINGS: Final = {bytes}
_SIZED: Final = frozenset((bytes, Status, BigNumber, tuple, Several, Deep)) | _AGGREGATES
"""What has bytes, or may have elements that do."""


@cache
def _leaves(protocol: int, double_text: Callable[[float], bytes]) -> dict[type, Callable[..., bytes]]:
    """What has no parts, where a server writes doubles otherwise."""
    if protocol == 3:
        return {**_LEAVES_3, float: lambda reply: b",%b\r\n" % double_text(reply)}
    return {**_LEAVES_2, float: lambda reply: _bulk(double_text(reply))}


def encode(reply: Reply, protocol: int, double_text: Callable[[float], bytes] = format_double) -> bytes:
    """The RESP bytes of `reply` for protocol 2 or 3. Nesting of any depth is safe: there is no recursion.

    `double_text` writes doubles, as the profile of the server has it.
    """
    leaves, headers = (_LEAVES_3, _HEADERS_3) if protocol == 3 else (_LEAVES_2, _HEADERS_2)
    if double_text is not format_double:
        leaves = _leaves(protocol, double_text)
    leaf = leaves.get(type(reply))
    if leaf is not None:
        return leaf(reply)
    if type(reply) is list and len(reply) > FEW and {*map(type, reply)} == _STRINGS:
        texts: list[bytes] = [*reply]
        return b"".join([b"*%d\r\n" % len(texts), *[b"$%d\r\n%b\r\n" % (len(text), text) for text in texts]])
    out: list[bytes] = []
    pending: list[Iterator[Any]] = [iter((reply,))]
    while pending:
        for item in pending[-1]:
            kind = type(item)
            leaf = leaves.get(kind)
            if leaf is not None:
                out.append(leaf(item))
                continue
            children: Any = item
            if kind is MapReply or kind is Attribute:
                out.append(headers[kind] % (len(children) if protocol == 3 else 2 * len(children)))
                children = [side for pair in children for side in pair]
            elif kind not in _UNFRAMED:
                out.append(headers[kind] % len(children))
            pending.append(iter(children))
            break
        else:
            pending.pop()
    return b"".join(out)
