"""Both directions of one conversion: what a command answers becomes Lua, what a script returns becomes a reply.

`reply_to_lua` is the first half of script_lua.c (`redisProtocolToLuaType_*`), `lua_to_reply` the second
(`luaReplyToRedisReply`). Values are lost on the way, and users must know where:

    Lua                      reply (client: RESP2 | RESP3)      back in Lua
    3.99                     :3         truncated toward zero   3
    nan, inf, 2^63           :-9223372036854775808              -2^63
    true                     :1   | :1 (#t after setresp(3))    1
    false                    nil  | nil (#f after setresp(3))   false (nil after setresp(3))
    nil                      nil                                false (nil after setresp(3))
    {1, nil, 3}              *1         an array ends at nil    {1}
    {a=1}                    *0         named fields are lost   {}
    {ok="x"}, {err="E x"}    +x, -E x                           the same tables
    {double=1.5}             "1.5"  | ,1.5                      "1.5" | {double=1.5}
    {map={a=1}}              *2 a 1 | %1 a 1                    {"a", 1} | {map={a=1}}
    {set={a=true}}           *1 a   | ~1 a                      {"a"} | {set={a=true}}
    a function               nil                                false

Neither direction recurses, so no nesting overflows Python's stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any, Final, TypeAlias

from ferrous_vm.bounds import BYTES_OF_A_STRING, FEW, PRESENT
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.keyspace.replies import (
    BigNumber,
    Deep,
    ErrorReply,
    HumanDouble,
    MapReply,
    NullArray,
    Push,
    Reply,
    SetReply,
    Status,
    Verbatim,
    dismantle,
    format_double,
)
from ferrous_vm.limits import STACK_SLOTS
from ferrous_vm.scripting.error_tables import ERR, command_error, is_counted
from ferrous_vm.values.booleans import FALSE, TRUE, Boolean
from ferrous_vm.values.natives import Value
from ferrous_vm.values.numbers import to_long
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

OK: Final = LuaString(b"ok")
DOUBLE: Final = LuaString(b"double")
BIG_NUMBER: Final = LuaString(b"big_number")
VERBATIM_STRING: Final = LuaString(b"verbatim_string")
FORMAT: Final = LuaString(b"format")
STRING: Final = LuaString(b"string")
MAP: Final = LuaString(b"map")
SET: Final = LuaString(b"set")

# A command's reply becomes Lua

ToLua: TypeAlias = Callable[[Any], Value]


def _one_field(name: LuaString, value: Value) -> Table:
    return Table({name: value})


_status_text: Final = lru_cache(maxsize=64)(LuaString)
"""The text of a status reply: there are few."""


def _status(reply: Status) -> Table:
    return Table({OK: _status_text(reply)})


def _verbatim(reply: Verbatim) -> Table:
    inner = _one_field(STRING, LuaString(reply.text))
    inner.put(FORMAT, LuaString(reply.format[:3]))
    return _one_field(VERBATIM_STRING, inner)


def _error(reply: ErrorReply) -> Table:
    return command_error(reply.message)


_LEAVES_2: Final[dict[type, ToLua]] = {
    bytes: LuaString,
    int: float,
    type(None): lambda _: FALSE,
    NullArray: lambda _: FALSE,
    Status: _status,
    ErrorReply: _error,
    float: lambda reply: LuaString(format_double(reply)),
    HumanDouble: lambda reply: LuaString(reply.text),
    bool: lambda reply: 1.0 if reply else 0.0,
    BigNumber: LuaString,
    Verbatim: lambda reply: LuaString(reply.text),
}
"""`redis.setresp(2)`, the default: what has no type of its own in RESP2 is a string or a number."""

_LEAVES_3: Final[dict[type, ToLua]] = {
    **_LEAVES_2,
    type(None): lambda _: None,
    NullArray: lambda _: None,
    float: lambda reply: _one_field(DOUBLE, float(reply)),
    HumanDouble: lambda reply: _one_field(DOUBLE, float(reply)),
    bool: lambda reply: TRUE if reply else FALSE,
    BigNumber: lambda reply: _one_field(BIG_NUMBER, LuaString(reply)),
    Verbatim: _verbatim,
}
"""`redis.setresp(3)`."""


def _array(leaves: dict[type, ToLua], protocol: int) -> ToLua:
    """How an array becomes a table: flat ones, by far the most frequent, all at once."""

    def array_to_lua(reply: list[Any]) -> Value:
        if len(reply) > FEW:
            if {*map(type, reply)} == _STRINGS:
                PRESENT.check_reply(sum(map(len, reply)) + BYTES_OF_A_STRING * len(reply))
                return Table.of_items([*map(LuaString, reply)])
            PRESENT.check_reply(BYTES_OF_A_STRING * len(reply))
        try:
            values = [leaves[type(element)](element) for element in reply]
        except KeyError:
            return _aggregate_to_lua(reply, leaves, protocol)
        if None in values:
            return _aggregate_to_lua(reply, leaves, protocol)
        return Table.of_items(values)

    return array_to_lua


_STRINGS: Final = {bytes}


def _converters(leaves: dict[type, ToLua], protocol: int) -> dict[type, ToLua]:
    def aggregate(reply: Any) -> Value:
        return _aggregate_to_lua(reply, leaves, protocol)

    return {**leaves, list: _array(leaves, protocol), MapReply: aggregate, SetReply: aggregate, Push: aggregate}


REPLY_TO_LUA: Final[dict[int, dict[type, ToLua]]] = {2: _converters(_LEAVES_2, 2), 3: _converters(_LEAVES_3, 3)}
"""What turns a reply of a script's client into a Lua value, by `redis.setresp` and the reply's type."""


def replies_to_lua(profile: Profile) -> dict[int, dict[type, ToLua]]:
    """REPLY_TO_LUA, as the server does it that a profile imitates."""
    return _replies_to_lua(profile.double_text, profile.errors_are_texts)


@cache
def _replies_to_lua(double_text: Callable[[float], bytes], errors_are_texts: bool) -> dict[int, dict[type, ToLua]]:
    if double_text is not format_double:
        leaves = {**_LEAVES_2, float: lambda reply: LuaString(double_text(reply))}
        return {2: _converters(leaves, 2), 3: REPLY_TO_LUA[3]}
    if not errors_are_texts:
        return REPLY_TO_LUA
    texts: dict[type, ToLua] = {ErrorReply: lambda reply: _one_field(ERR, LuaString(reply.message))}
    return {2: _converters(_LEAVES_2 | texts, 2), 3: _converters(_LEAVES_3 | texts, 3)}


def reply_to_lua(reply: Reply, protocol: int = 2, profile: Profile = REDIS_7_0_15) -> Value:
    """A command's reply as a Lua value, after `redis.setresp(protocol)`, as the server does it."""
    return replies_to_lua(profile)[protocol][type(reply)](reply)


class _Opened:
    """An aggregate that is being filled: its elements still to come and how to store one."""

    __slots__ = ("children", "store")

    def __init__(self, children: Iterator[Any], store: Callable[[Value], None]) -> None:
        self.children = children
        self.store = store


def _aggregate_to_lua(root: Reply, leaves: dict[type, ToLua], protocol: int) -> Value:
    """An array, map or set, however deep, as a table."""
    result, opened = _open(root, protocol)
    pending = [opened]
    while pending:
        current = pending[-1]
        store = current.store
        for child in current.children:
            leaf = leaves.get(type(child))
            if leaf is not None:
                store(leaf(child))
                continue
            table, opened = _open(child, protocol)
            store(table)
            pending.append(opened)
            break
        else:
            pending.pop()
    return result


def _open(reply: Any, protocol: int) -> tuple[Table, _Opened]:
    """The empty table an aggregate becomes, and what fills it."""
    kind = type(reply)
    if protocol == 3 and kind is MapReply:
        inner = Table()
        return _one_field(MAP, inner), _Opened((side for pair in reply for side in pair), _pair_store(inner))
    if protocol == 3 and kind is SetReply:
        inner = Table()
        return _one_field(SET, inner), _Opened(iter(reply), lambda member: inner.put(member, TRUE))
    table = Table()
    children = (side for pair in reply for side in pair) if kind is MapReply else iter(reply)
    return table, _Opened(children, _array_store(table))


def _array_store(table: Table) -> Callable[[Value], None]:
    position = 0.0

    def store(value: Value) -> None:
        nonlocal position
        position += 1.0
        table.put(position, value)

    return store


def _pair_store(table: Table) -> Callable[[Value], None]:
    key: list[Value] = []

    def store(value: Value) -> None:
        if key:
            table.put(key.pop(), value)
        else:
            key.append(value)

    return store


# What a script returns becomes a reply

_DEEP: Final = 500
"""Levels of nesting that can be freed at once anywhere."""
_LIMIT_REACHED: Final = ErrorReply(b"ERR reached lua stack limit")
_FIRST_SLOT: Final = 2
"""The stack slot of a script's result: its error handler lies below."""
_LINE_BREAKS: Final = bytes.maketrans(b"\r\n", b"  ")


def _nobody_looks() -> None:
    """Nobody wants to end it."""


TypedReply: TypeAlias = Callable[[Table], Reply]


def former_typed_reply(table: Table) -> Reply:
    """The reply of a table that stands for one value, or None, where servers do not know the later types."""
    value = table.get(ERR)
    if type(value) is LuaString:
        return ErrorReply(error_line(value), counted=is_counted(table))
    value = table.get(OK)
    if type(value) is LuaString:
        return Status(bytes(value).partition(b"\0")[0].translate(_LINE_BREAKS))
    value = table.get(DOUBLE)
    return value if type(value) is float else None


def typed_reply(table: Table) -> Reply:
    """The reply of a table that stands for one value, or None."""
    former = former_typed_reply(table)
    if former is not None:
        return former
    value = table.get(BIG_NUMBER)
    if type(value) is LuaString:
        return BigNumber(bytes(value).translate(_LINE_BREAKS))
    value = table.get(VERBATIM_STRING)
    if isinstance(value, Table):
        form, text = value.get(FORMAT), value.get(STRING)
        if type(form) is LuaString and type(text) is LuaString:
            return Verbatim(bytes(form).partition(b"\0")[0], bytes(text))
    return None


def lua_to_reply(
    value: Value,
    protocol: int = 2,
    inner_errors: list[ErrorReply] | None = None,
    look: Callable[[], None] = _nobody_looks,
    typed: TypedReply = typed_reply,
) -> Reply:
    """The reply for what a script returned, after `redis.setresp(protocol)`; encoding it is the client's matter.

    A value nested so deep that it would not fit Lua's C stack becomes `-ERR reached lua stack limit` where it stands,
    so a table that contains itself ends. Raises LimitExceeded for a reply beyond the present bounds, or whatever `look`
    raises, which is called now and then. The errors that stand inside the reply are appended to `inner_errors`. `typed`
    is what makes replies of tables that stand for one value.
    """
    leaf = _LUA_LEAVES.get(type(value))
    if leaf is not None:
        return leaf(value, protocol)
    if not isinstance(value, Table):
        return None
    root: list[Any] = []
    try:
        errors: list[ErrorReply] = []
        deep = _fill(root, value, protocol, errors, look, typed)
    except BaseException:
        dismantle(root)
        raise
    if inner_errors is not None and type(root[0]) is not ErrorReply:
        inner_errors += errors
    return Deep(root) if deep else root[0]


_BETWEEN_LOOKS: Final = 4096
"""Elements from one look to the next."""


def _fill(
    root: list[Any],
    value: Table,
    protocol: int,
    errors: list[ErrorReply],
    look: Callable[[], None],
    typed: TypedReply,
) -> bool:
    """Append the reply of a table to `root`, and the errors in it to `errors`.

    Answer whether it is nested so deep that it must be freed with care.
    """
    deep = False
    pending: list[tuple[Iterator[tuple[Value, int]], Callable[[Any], None]]] = [
        (iter(((value, _FIRST_SLOT),)), root.append)
    ]
    most_bytes = PRESENT.most_bytes
    next_look = min(_BETWEEN_LOOKS, PRESENT.most_elements + 1)
    converted = size = 0
    while pending:
        children, store = pending[-1]
        for child, slot in children:
            converted += 1
            if converted >= next_look:
                PRESENT.check_elements(converted)
                look()
                next_look = min(converted + _BETWEEN_LOOKS, PRESENT.most_elements + 1)
            if slot + 4 > STACK_SLOTS:
                store(_LIMIT_REACHED)
                errors.append(_LIMIT_REACHED)
                continue
            leaf = _LUA_LEAVES.get(type(child))
            if leaf is not None:
                if type(child) is LuaString:
                    size += len(child)
                    if size > most_bytes:
                        PRESENT.check_reply(size)
                store(leaf(child, protocol))
                continue
            if not isinstance(child, Table):
                store(None)
                continue
            reply = typed(child)
            if reply is not None:
                store(reply)
                if type(reply) is ErrorReply:
                    errors.append(reply)
                size += _size(reply)
                PRESENT.check_reply(size)
                continue
            pending.append(_open_table(child, slot, store))
            deep = deep or len(pending) > _DEEP
            break
        else:
            pending.pop()
    return deep


def _boolean(value: Boolean, protocol: int) -> Reply:
    if protocol == 3:
        return value is TRUE
    return 1 if value is TRUE else None


_LUA_LEAVES: Final[dict[type, Callable[[Any, int], Reply]]] = {
    LuaString: lambda value, _: bytes(value),
    float: lambda value, _: to_long(value),
    Boolean: _boolean,
    type(None): lambda _value, _protocol: None,
}

Children: TypeAlias = "tuple[Iterator[tuple[Value, int]], Callable[[Any], None]]"


def _open_table(table: Table, slot: int, store: Callable[[Any], None]) -> Children:
    """Store the aggregate a table becomes, and answer its elements and where they go.

    The order of the tests is Redis's, and every field is read raw: metatables have no say.
    """
    inner = table.get(MAP)
    if isinstance(inner, Table):
        pairs = MapReply()
        store(pairs)
        return _map_children(inner, slot), _reply_pair_store(pairs)
    inner = table.get(SET)
    if isinstance(inner, Table):
        members = SetReply()
        store(members)
        return _set_children(inner, slot), members.append
    elements: list[Reply] = []
    store(elements)
    return _array_children(table, slot), elements.append


def _size(reply: Reply) -> int:
    """The bytes of the text of a reply that is one value."""
    if isinstance(reply, bytes):
        return len(reply)
    if isinstance(reply, ErrorReply):
        return len(reply.message)
    return len(reply.text) if isinstance(reply, Verbatim) else 0


def error_line(message: bytes) -> bytes:
    """An error's text as one line of the protocol: a C string, line ends at its end cut, others made spaces."""
    return bytes(message).partition(b"\0")[0].rstrip(b"\r\n").translate(_LINE_BREAKS)


def _array_children(table: Table, slot: int) -> Iterator[tuple[Value, int]]:
    position = 1.0
    while (element := table.get(position)) is not None:
        yield element, slot + 1
        position += 1.0


def _map_children(table: Table, slot: int) -> Iterator[tuple[Value, int]]:
    """Keys and values in turn; the inner table, the key and the value lie on the stack, and the key once more."""
    entry = table.next(None)
    while entry is not None:
        key, value = entry
        yield key, slot + 4
        yield value, slot + 3
        entry = table.next(key)


def _set_children(table: Table, slot: int) -> Iterator[tuple[Value, int]]:
    entry = table.next(None)
    while entry is not None:
        yield entry[0], slot + 3
        entry = table.next(entry[0])


def _reply_pair_store(pairs: MapReply) -> Callable[[Any], None]:
    key: list[Reply] = []

    def store(reply: Reply) -> None:
        if key:
            pairs.append((key.pop(), reply))
        else:
            key.append(reply)

    return store
