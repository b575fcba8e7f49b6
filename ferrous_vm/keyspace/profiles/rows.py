"""The command table of a profile: the rows of Redis 7.0.15 that are the same, and new ones for what differs."""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.keyspace.command import PLACES, put
from ferrous_vm.keyspace.command_table import REDIS_7_0, CommandTable, Row, recorded_rows
from ferrous_vm.keyspace.profiles.former_table import ABSENT, ARITIES, FormerCommandTable
from ferrous_vm.keyspace.profiles.own_handlers import OwnHandler
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.profiles.tables import lineage, patched

COMMANDS: Final = "ferrous_vm.keyspace.commands"

MODULES: Final[dict[str, str]] = {
    "append_only_file": "WAITAOF",
    "client_facts": "CLIENT|CAPA CLIENT|IMPORT-SOURCE CLIENT|NO-TOUCH CLIENT|SETINFO",
    "cluster_changes": (
        "CLUSTER|CANCELSLOTMIGRATIONS CLUSTER|FLUSHSLOT CLUSTER|GETSLOTMIGRATIONS CLUSTER|MIGRATESLOTS "
        "CLUSTER|MIGRATION CLUSTER|MYSHARDID CLUSTER|SLOT-STATS CLUSTER|SYNCSLOTS CLUSTERSCAN TRIMSLOTS"
    ),
    "command_log": "COMMANDLOG|GET COMMANDLOG|HELP COMMANDLOG|LEN COMMANDLOG|RESET",
    "conditional_strings": "DELEX DELIFEQ DIGEST MSETEX",
    "field_times": "HEXPIRE HEXPIREAT HEXPIRETIME HPERSIST HPEXPIRE HPEXPIREAT HPEXPIRETIME HPTTL HTTL",
    "field_values": "HGETDEL HGETEX HSETEX",
    "stream_references": "XACKDEL XDELEX",
    "former_values": "STRALGO",
    "stream_producers": "XCFGSET XIDMPRECORD",
    "hot_keys": "HOTKEYS|GET HOTKEYS|HELP HOTKEYS|RESET HOTKEYS|STOP",
}
"""Which commands that Redis 7.0 does not have the handlers of a module of `keyspace/commands` answer."""

OWN: Final[dict[str, dict[str, str]]] = {
    "redis-6.2": {
        "former_containers": (
            "ACL ACL|GETUSER CLIENT CLIENT|KILL CLUSTER COMMAND COMMAND|GETKEYS COMMAND|INFO CONFIG CONFIG|GET "
            "CONFIG|SET LATENCY MEMORY MODULE OBJECT PUBSUB READWRITE SCRIPT SLOWLOG SLOWLOG|GET"
        ),
        "former_streams": (
            "XGROUP XGROUP|CREATE XGROUP|CREATECONSUMER XGROUP|DELCONSUMER XGROUP|DESTROY XGROUP|SETID XINFO XSETID"
        ),
        "former_values": "DECRBY HINCRBY HINCRBYFLOAT HSETNX ZPOPMAX ZPOPMIN",
    },
    "redis-7.4": {"due_fields": "HEXISTS HGET HMGET HRANDFIELD HSTRLEN"},
    "redis-8.0": {"due_fields": "HSETEX", "key_flags": "COMMAND|GETKEYSANDFLAGS"},
}
"""By profile, which of the commands that 7.0 has too the handlers of a module answer for it and those after it."""

for _module, _names in MODULES.items():
    PLACES.update(dict.fromkeys(_names.lower().encode().split(), f"{COMMANDS}.{_module}"))

_VECTORS: Final = "vector sets are a module of their own, which is not imitated"

NOT_OFFERED: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("vadd", "vcard", "vdim", "vemb", "vgetattr", "vinfo", "vismember", "vlinks", "vrandmember", "vrange", "vrem"),
        _VECTORS,
    ),
    **dict.fromkeys(("vsetattr", "vsim"), _VECTORS),
    "hotkeys|start": "accesses of keys are not sampled",
}
"""Commands that Redis 7.0 does not have and Ferrous does not answer, each with its reason."""

_COLUMNS: Final = (
    "arity", "flags", "first_key", "last_key", "key_step", "categories", "tips", "key_specs", "group", "since",
)  # fmt: skip
"""Those of a row of `command_table.json` that stand between its name and its subcommands."""

_UNSAID: Final[dict[str, Any]] = {"tips": [], "key_specs": [], "group": "module", "since": ""}
"""What modules need not tell of a command."""


def command_table(profile: Profile) -> CommandTable:
    """The commands that the server of a profile has."""
    recorded = {entry[0]: entry for entry in recorded_rows()}
    known = _flat(recorded.values())
    told = patched(profile, "commands", known)
    if profile.subcommands_are_arguments:
        told = _former(told)
    by_name: dict[bytes, Row] = {}
    own = _own(profile)
    for name in sorted(name for name in told if "|" not in name):
        inner = sorted(each for each in told if each.startswith(name + "|"))
        kept = not own.keys() & {name, *inner}
        same = kept and name in recorded and (name, *inner) == _names_of(recorded[name])
        if same and all(told[each] is known[each] for each in (name, *inner)):
            by_name[name.encode()] = REDIS_7_0.by_name[name.encode()]
        else:
            by_name[name.encode()] = _row(name, inner, told, own)
    excuses = REDIS_7_0.not_offered | NOT_OFFERED
    if not profile.subcommands_are_arguments:
        return CommandTable(by_name, excuses)
    return FormerCommandTable(by_name, excuses)


def _own(profile: Profile) -> dict[str, str]:
    """By full name the module of each handler of the server's own."""
    modules = [item for one in lineage(profile) for item in OWN.get(one.name, {}).items()]
    return {name.lower(): f"{COMMANDS}.{module}" for module, names in modules for name in names.split()}


def _former(told: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The commands, with the subcommands that there were, what they were given, and the flags of their container."""
    kept = {name: row for name, row in told.items() if name not in ABSENT.split()}
    for name in [name for name in kept if "|" in name]:
        container = kept[name.partition("|")[0]]
        kept[name] = kept[name] | {"flags": container["flags"], "categories": container["categories"]}
    return kept | {name: kept[name] | {"arity": arity} for name, arity in ARITIES.items()}


def _flat(entries: Any) -> dict[str, dict[str, Any]]:
    """By full name what the entries of `command_table.json` tell of each command."""
    flat = {}
    for name, *values, inner in entries:
        flat[name] = dict(zip(_COLUMNS, values, strict=True))
        flat |= _flat(inner)
    return flat


def _names_of(entry: list[Any]) -> tuple[str, ...]:
    return (entry[0], *sorted(item[0] for item in entry[-1]))


def _row(name: str, inner: list[str], told: dict[str, dict[str, Any]], own: dict[str, str]) -> Row:
    """A row of its own, with handlers."""
    row = Row(_entry(name, [_entry(each, [], told) for each in inner], told))
    for one in (row, *row.subcommands.values()):
        put(one)
        module = own.get(one.full_name.decode())
        if module is not None:
            one.handler = OwnHandler(one, module)
    return row


def _entry(name: str, inner: list[list[Any]], told: dict[str, dict[str, Any]]) -> list[Any]:
    """What `Row` is made of."""
    columns = _UNSAID | told[name]
    return [name, *(columns[column] for column in _COLUMNS), inner]
