"""What the linter is told of Redis: commands from the command table, globals from the sandbox.

`lint_script` is the linter as the command line and the page use it: with these facts, and with the limits that only
the compiler knows.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from ferrous_vm.analysis.lint import Diagnostic, Linter
from ferrous_vm.analysis.lint.facts import CommandFacts, Cost, KeyRange, Reply, ScriptFacts
from ferrous_vm.compiler import compile_chunk
from ferrous_vm.keyspace.command_table import TABLE, Row, rows
from ferrous_vm.keyspace.later_commands import LATER, came_later
from ferrous_vm.keyspace.server.documents import command_documents
from ferrous_vm.keyspace.slots import slot_of
from ferrous_vm.scripting.api import LOG_LEVELS, REPLICATION
from ferrous_vm.scripting.reply_shapes import ADMINISTRATIVE, REPLIES, RESP3_REPLIES, VARIANTS
from ferrous_vm.scripting.sandbox import BASE_GLOBALS, DENIED, libraries

_WHOLE_COLLECTION: Final = re.compile(
    r"N is the (?:size of the hash|set cardinality|total number of elements in all given sets"
    r"|number of elements in the list or set to sort|cardinality of the smallest set)"
    r"|total number of elements in all the sets|smallest input sorted set|sum of the sizes of the input sorted sets"
)
"""What the documentation says of commands that read all of a collection."""

_WHOLE_KEYSPACE: Final = "number of keys in the database"

_RESP3: Final = {name: reply for reply, names in RESP3_REPLIES.items() for name in names.split()}

_CALLING: Final = b"call pcall error_reply status_reply sha1hex log setresp breakpoint debug replicate_commands".split()
_REDIS_FIELDS: Final = frozenset(
    (*_CALLING, b"set_repl", b"acl_check_cmd", b"REDIS_VERSION", b"REDIS_VERSION_NUM", *LOG_LEVELS, *REPLICATION)
)
_LIBRARY_FIELDS: Final = _REDIS_FIELDS | {b"register_function"}


@cache
def script_facts() -> ScriptFacts:
    """The facts of Redis 7.0.15."""
    replies = _replies()
    documents = command_documents()
    commands = {name: _command(row, replies, documents[name.decode()]) for name, row in TABLE.items()}
    plain: dict[bytes, frozenset[bytes]] = dict.fromkeys(set(BASE_GLOBALS) - DENIED, frozenset())
    for library in libraries():
        names = {native.name for native in library.natives} | set(library.constants) | set(library.aliases)
        plain[library.name] = frozenset(names)
    plain[b"_G"] = frozenset((*plain, b"redis", b"_G", b"KEYS", b"ARGV"))
    script = plain | {b"redis": _REDIS_FIELDS, b"KEYS": frozenset(), b"ARGV": frozenset()}
    later = {name: came_later(name.replace("|", " ").upper(), known) for name, known in LATER.items()}
    return ScriptFacts(commands, script, plain | {b"redis": _LIBRARY_FIELDS}, later, slot_of)


def new_linter() -> Linter:
    """A linter for one script for EVAL, or function library, as it is written."""
    return Linter(script_facts(), compile_chunk)


def lint_script(source: bytes) -> list[Diagnostic]:
    """Everything the linter finds in a script for EVAL, or in a function library. Never raises."""
    return new_linter().lint(source)


def _replies() -> dict[str, Reply]:
    """The reply of each command. Raises ValueError unless each command a script may call stands there once."""
    replies: dict[str, Reply] = {}
    for reply, names in REPLIES.items():
        for name in names.split():
            if name in replies:
                raise ValueError(f"the reply of {name} stands there twice")
            replies[name] = reply
    known = {_shown(row) for row in rows()}
    if not known.issuperset([*replies, *VARIANTS]):
        raise ValueError(f"there are no commands {sorted({*replies, *VARIANTS} - known)}")
    for row in rows():
        name = _shown(row)
        container = name.partition("|")[0]
        if not row.noscript and name not in replies and container not in ADMINISTRATIVE:
            raise ValueError(f"the reply of {name} is not told")
    return replies


def _shown(row: Row) -> str:
    return row.full_name.decode().upper()


def _command(row: Row, replies: dict[str, Reply], document: dict[str, Any]) -> CommandFacts:
    inner = document.get("subcommands", {})
    subcommands = {
        sub.name: _command(sub, replies, inner.get(sub.full_name.decode(), {}))
        for sub in dict.fromkeys(row.subcommands.values())
    }
    complexity = document.get("complexity", "")
    name = _shown(row)
    return CommandFacts(
        name=name.replace("|", " "),
        arity=row.arity,
        allowed=not row.noscript,
        reply=replies.get(name, Reply.VARYING),
        variants=VARIANTS.get(name, ()),
        writes=row.write,
        resp3=_RESP3.get(name),
        keys=tuple(_key_range(spec) for spec in row.key_specs if _names_keys(spec)),
        cost=_cost(row, complexity),
        complexity=complexity,
        subcommands=subcommands,
    )


def _cost(row: Row, complexity: str) -> Cost:
    if row.write or row.group not in ("generic", "hash", "set", "sorted-set"):
        return Cost.BOUNDED
    if _WHOLE_KEYSPACE in complexity:
        return Cost.KEYSPACE
    return Cost.COLLECTION if _WHOLE_COLLECTION.search(complexity) else Cost.BOUNDED


def _names_keys(spec: dict[str, Any]) -> bool:
    """Whether a specification says where keys are: a channel is none, and SORT's BY and GET follow the data."""
    return "not_key" not in spec["flags"] and spec["begin_search"]["type"] != "unknown"


def _key_range(spec: dict[str, Any]) -> KeyRange:
    begin, find = spec["begin_search"], spec["find_keys"]
    start, end = begin["spec"], find["spec"]
    keyword = start.get("keyword", "").encode()
    index = start["startfrom"] if keyword else start["index"]
    if find["type"] == "keynum":
        return KeyRange(index, keyword, step=end["keystep"], counted=True)
    return KeyRange(index, keyword, last=end["lastkey"], step=end["keystep"], limit=end["limit"])
