"""A key changed where it is seen: every edit is commands of Redis, carried out as one act (records.values.EditKey)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from ferrous_vm.printing import printed
from ferrous_vm.workbench import content
from ferrous_vm.workbench.escapes import read_argument
from ferrous_vm.workbench.records.values import EditKey, KeyEdited
from ferrous_vm.workbench.resp import parse
from ferrous_vm.workbench.workbench import Workbench, guarded

Words: TypeAlias = list[bytes]

EXISTS: Final = "There is a key of this name already."
GONE: Final = "It is not there any more."
UNKNOWN: Final = "A key of this type cannot be changed so."

_MARK: Final = b"\x00an element to be removed by Ferrous\x00"
"""What stands for the element of a list that is removed: LREM takes out elements by value, and none by index."""


class _Refused(Exception):
    """An edit that cannot be; the message is for a person."""


class _Edit:
    """The bytes of an EditKey."""

    def __init__(self, request: EditKey) -> None:
        self.key = read_argument(request.key)
        self.element = read_argument(request.element)
        self.value = read_argument(request.value)
        self.renamed = self.element if request.renamed is None else read_argument(request.renamed)


def _set_field(edit: _Edit) -> list[Words]:
    removed = [[b"HDEL", edit.key, edit.element]] if edit.renamed != edit.element else []
    return [[b"HSET", edit.key, edit.renamed, edit.value], *removed]


def _set_member(edit: _Edit) -> list[Words]:
    return [[b"SREM", edit.key, edit.element], [b"SADD", edit.key, edit.renamed]]


def _set_score(edit: _Edit) -> list[Words]:
    removed = [[b"ZREM", edit.key, edit.element]] if edit.renamed != edit.element else []
    return [[b"ZADD", edit.key, edit.value, edit.renamed], *removed]


def _remove_at(edit: _Edit) -> list[Words]:
    return [[b"LSET", edit.key, edit.element, _MARK], [b"LREM", edit.key, b"1", _MARK]]


def _add_entry(edit: _Edit) -> list[Words]:
    return [[b"XADD", edit.key, edit.element or b"*", edit.renamed or b"field", edit.value]]


_ADD: Final[dict[str, Callable[[_Edit], list[Words]]]] = {
    "string": lambda edit: [[b"SET", edit.key, edit.value]],
    "hash": lambda edit: [[b"HSET", edit.key, edit.element, edit.value]],
    "list": lambda edit: [[b"RPUSH", edit.key, edit.value]],
    "set": lambda edit: [[b"SADD", edit.key, edit.element]],
    "zset": lambda edit: [[b"ZADD", edit.key, edit.value or b"0", edit.element]],
    "stream": _add_entry,
}

_EDITS: Final[dict[tuple[str, str], Callable[[_Edit], list[Words]]]] = {
    **{("add", kind): add for kind, add in _ADD.items() if kind != "string"},
    ("set", "string"): lambda edit: [[b"SET", edit.key, edit.value, b"KEEPTTL"]],
    ("set", "hash"): _set_field,
    ("set", "list"): lambda edit: [[b"LSET", edit.key, edit.element, edit.value]],
    ("set", "set"): _set_member,
    ("set", "zset"): _set_score,
    ("remove", "hash"): lambda edit: [[b"HDEL", edit.key, edit.element]],
    ("remove", "list"): _remove_at,
    ("remove", "set"): lambda edit: [[b"SREM", edit.key, edit.element]],
    ("remove", "zset"): lambda edit: [[b"ZREM", edit.key, edit.element]],
    ("remove", "stream"): lambda edit: [[b"XDEL", edit.key, edit.element]],
}
"""How an element of each type is added, set and removed. Entries of a stream do not change."""


def edit(workbench: Workbench, request: EditKey) -> KeyEdited:
    """Carry out the edit; on a problem everything is as it was."""
    mark = workbench.begin()
    problem = ""
    try:
        guarded(workbench, mark, lambda: _carry_out(workbench, request))
    except _Refused as refused:
        problem = str(refused)
    else:
        workbench.end(f"edit of {request.key}", mark)
    return KeyEdited(problem, workbench.state_since(mark))


def _carry_out(workbench: Workbench, request: EditKey) -> None:
    client = workbench.server.connect()
    for words in [[b"SELECT", b"%d" % request.database], *_commands(workbench, request)]:
        reply = parse(client.execute_resp(*words))[0]
        if reply.kind == "error":
            raise _Refused(printed(reply.value))
        if words[0] in (b"HDEL", b"SREM", b"ZREM", b"XDEL", b"LREM", b"PEXPIRE", b"PERSIST") and reply.value == b"0":
            raise _Refused(GONE)
        if words[0] == b"RENAMENX" and reply.value == b"0":
            raise _Refused(EXISTS)


def _commands(workbench: Workbench, request: EditKey) -> list[Words]:
    """The commands of an edit. Raises _Refused, and FieldError for a field that cannot be read."""
    edit = _Edit(request)
    databases = workbench.keyspace.databases
    database = databases[request.database] if 0 <= request.database < len(databases) else None
    is_there = database is not None and database.is_live(edit.key)
    if request.how == "create":
        if is_there:
            raise _Refused(EXISTS)
        if request.kind not in _ADD:
            raise _Refused(UNKNOWN)
        return _ADD[request.kind](edit)
    if database is None or not is_there:
        raise _Refused(GONE)
    if request.how == "delete":
        return [[b"DEL", edit.key]]
    if request.how == "rename":
        return [[b"RENAMENX", edit.key, edit.value]] if edit.value != edit.key else []
    if request.how == "expire":
        if edit.value:
            return [[b"PEXPIRE", edit.key, edit.value]]
        return [[b"PERSIST", edit.key]] if database.expiries.get(edit.key) is not None else []
    make = _EDITS.get((request.how, content.type_name(database.entries[edit.key])))
    if make is None:
        raise _Refused(UNKNOWN)
    return make(edit)
