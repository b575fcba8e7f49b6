"""What the linter is told of the servers a script is for: commands from their tables, globals from their sandboxes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from itertools import takewhile
from typing import Any, Final

from ferrous_vm import engines
from ferrous_vm.analysis.lint.facts import CommandFacts, Cost, KeyRange, Reply, ScriptFacts, Servers
from ferrous_vm.keyspace.command_table import TABLE, Row, rows
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.profiles import since
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.profiles.profile import PROFILES, REDIS_7_0_15, Profile
from ferrous_vm.keyspace.profiles.sentences import Sentences
from ferrous_vm.keyspace.profiles.servers import without_tables
from ferrous_vm.keyspace.server.documents import command_documents, documents_of
from ferrous_vm.keyspace.slots import slot_of
from ferrous_vm.records import MutableRecord, with_changes
from ferrous_vm.scripting.log import Log
from ferrous_vm.scripting.reply_shapes import ADMINISTRATIVE, REPLIES, RESP3_REPLIES, VARIANTS
from ferrous_vm.scripting.run import Observer, ScriptRun
from ferrous_vm.scripting.sandbox import open_script_globals
from ferrous_vm.scripting.state import Attendant, LuaState
from ferrous_vm.values.random import Drand48
from ferrous_vm.values.tables import Table

_WHOLE_COLLECTION: Final = re.compile(
    r"N is the (?:size of the hash|set cardinality|total number of elements in all given sets"
    r"|number of elements in the list or set to sort|cardinality of the smallest set)"
    r"|total number of elements in all the sets|smallest input sorted set|sum of the sizes of the input sorted sets"
)
"""What the documentation says of commands that read all of a collection."""

_WHOLE_KEYSPACE: Final = "number of keys in the database"

_RESP3: Final = {name: reply for reply, names in RESP3_REPLIES.items() for name in names.split()}

DEFAULT: Final = (REDIS_7_0_15.name,)
"""The servers of a script that nobody said anything about."""

_TRAITS: Final[dict[str, Callable[[Profile], bool]]] = {
    "time_stands": lambda profile: profile.time_stands_in_scripts,
    "blocking_reads": lambda profile: profile.blocking_reads_in_scripts,
    "shebangs": lambda profile: profile.reads_shebangs,
    "murmur": lambda profile: profile.hashes_with_murmur,
    "short_numbers": lambda profile: profile.double_text is not REDIS_7_0_15.double_text,
}
"""What a rule may ask of a server, and the switch of its profile that tells."""


@lru_cache(maxsize=8)
def script_facts(names: tuple[str, ...] = DEFAULT) -> ScriptFacts:
    """The facts of the servers of these profiles together: what some of them lack says so."""
    profiles = [profile_named(name) for name in names]
    servers = Servers(
        names,
        since.shown,
        {trait: tuple(one.name for one in profiles if has(one)) for trait, has in _TRAITS.items()},
        saying,
        since.options_of,
        since.command_since,
        since.option_since,
        global_since,
        global_until,
    )
    of_each = [global_names(name) for name in names]
    lacking = {
        name: without
        for name in frozenset().union(*of_each)
        if (without := tuple(one for one, known in zip(names, of_each, strict=True) if name not in known))
    }
    script = _nested(frozenset().union(*of_each))
    library = {name: fields for name, fields in script.items() if name not in (b"KEYS", b"ARGV")}
    for api in API_TABLES & library.keys():
        library[api] = library[api] | {b"register_function"}
    return ScriptFacts(servers, _commands(profiles), script, library, lacking, slot_of)


API_TABLES: Final = frozenset((b"redis", b"server"))
"""What the table of Redis's functions is called."""


def _nested(names: Iterable[bytes]) -> dict[bytes, frozenset[bytes]]:
    """Globals by their names, each with the names of its fields."""
    found: dict[bytes, set[bytes]] = {}
    for name in names:
        outer, _, inner = name.partition(b".")
        found.setdefault(outer, set()).update([inner] if inner else [])
    return {outer: frozenset(fields) for outer, fields in found.items()}


@cache
def global_names(profile: str) -> frozenset[bytes]:
    """The globals that a server's scripts have, `KEYS`, and the fields of those that are tables, `redis.call`."""
    keyspace = Keyspace(clock=lambda: 0, seed=0, profile=without_tables(profile))
    host = _Host(keyspace, Log(), None)
    state = LuaState(host, engines.create(engines.DEFAULT, write=lambda text: None, random=Drand48(0)))
    open_script_globals(state)
    names: set[bytes] = set()
    for name, value in state.runtime.globals.items():
        if isinstance(name, bytes) and value is not None and not name.startswith(b"__"):
            names.add(bytes(name))
            if isinstance(value, Table):
                names.update(b"%b.%b" % (name, inner) for inner in value if isinstance(inner, bytes))
    return frozenset(name for name in names if not name.startswith(b"_G.__"))


class _Host(MutableRecord):
    """A host that no script of runs."""

    keyspace: Keyspace
    log: Log
    observer: Observer | None
    running: ScriptRun | None = None
    attendant: Attendant | None = None


@cache
def global_since(name: bytes) -> str:
    """Where scripts have a global or a field, `os` or `redis.acl_check_cmd`, and since when; empty for nowhere."""
    return since.first_with(lambda profile: "" if name in global_names(profile.name) else None)


@cache
def global_until(name: bytes) -> str:
    """The last Redis whose scripts had a global, or a field, that later ones have lost; empty where none has."""
    releases = [profile for profile in PROFILES if profile.startswith("redis-")]
    had = list(takewhile(lambda profile: name in global_names(profile), releases))
    return since.shown(had[-1:]) if had and had != releases else ""


@lru_cache(maxsize=256)
def saying(text: bytes) -> tuple[str, ...]:
    """The servers that have some text in a sentence of theirs, of those that are worded differently."""
    return tuple(name for name in PROFILES if any(text in sentence for sentence in _sentences(name)))


@cache
def _sentences(name: str) -> tuple[bytes, ...]:
    sentences = without_tables(name).sentences
    values = (getattr(sentences, field) for field in Sentences.__annotations__)
    return tuple(value for value in values if isinstance(value, bytes))


def _commands(profiles: Sequence[Profile]) -> dict[bytes, CommandFacts]:
    """All commands that some of the servers have."""
    replies = _replies()
    found: dict[bytes, list[tuple[str, CommandFacts]]] = {}
    for profile in profiles:
        documents = documents_of(profile)
        for name, row in profile.commands.by_name.items():
            facts = _known(profile, name, row, replies, documents)
            found.setdefault(name, []).append((profile.name, facts))
    names = tuple(profile.name for profile in profiles)
    if len(names) == 1:
        return {name: facts for name, [(_, facts)] in found.items()}
    return {name: _together(names, dict(each)) for name, each in found.items()}


def _known(
    profile: Profile, name: bytes, row: Row, replies: dict[str, Reply], documents: dict[str, Any]
) -> CommandFacts:
    """The facts of a command; servers whose row is that of Redis 7.0 have those in common."""
    document = documents.get(name.decode(), {})
    if row is TABLE.get(name) and document.get("complexity") == command_documents()[name.decode()].get("complexity"):
        return _of_7_0(name)
    return _command(row, replies, document)


@cache
def _of_7_0(name: bytes) -> CommandFacts:
    return _command(TABLE[name], _replies(), command_documents()[name.decode()])


def _together(names: tuple[str, ...], each: dict[str, CommandFacts]) -> CommandFacts:
    """The facts of a command on several servers, by those that have it: the last one's, and what others lack."""
    facts = list(each.values())
    if len(each) == len(names) and all(one is facts[0] for one in facts):
        return facts[0]
    subcommands = {
        name: _together(
            names, {server: one.subcommands[name] for server, one in each.items() if name in one.subcommands}
        )
        for name in dict.fromkeys(name for one in facts for name in one.subcommands)
    }
    return with_changes(
        facts[-1],
        allowed=all(one.allowed for one in facts),
        refusing=tuple(name for name, one in each.items() if not one.allowed),
        lacking=tuple(name for name in names if name not in each),
        subcommands=subcommands,
    )


@cache
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
