"""Which servers have a command or an option, and since when: out of the recorded tables of all profiles.

What the tables say of a line: the `since` that its server tells, or the first recorded server of the line that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from ferrous_vm.keyspace.command_table import TABLE
from ferrous_vm.keyspace.profiles.profile import PROFILES, Profile
from ferrous_vm.keyspace.profiles.servers import without_tables
from ferrous_vm.keyspace.profiles.tables import differences, lineage, merged
from ferrous_vm.keyspace.server.documents import command_documents
from ferrous_vm.records import Record

_VENDORS: Final = ("Redis", "Valkey")
_FORK: Final = (7, 2)
"""The version of Redis that Valkey goes back to: what that has, every Valkey has."""


class Option(Record):
    """A word that a command knows, as COMMAND DOCS tells it.

    `since` is the version that brought it, empty where nothing is said; `has_value`: another word belongs to it.
    It stands at word `index`, or, unless `fixed`, from there on.
    """

    since: str
    has_value: bool
    index: int
    fixed: bool

    def stands(self, at: int) -> bool:
        """Whether it may be word `at` of a command."""
        return at == self.index or (at > self.index and not self.fixed)


def version_of(text: str) -> tuple[int, ...]:
    """`7.4.0` as numbers, the last one left out where there are three."""
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())


def shown(names: Iterable[str]) -> str:
    """Profiles as a person names them: `Redis 7.0, 7.2 and Valkey 8.0`."""
    parts: list[str] = []
    vendor = ""
    for name in names:
        before, (vendor, _, version) = vendor, name.partition("-")
        parts.append(version if vendor == before else f"{vendor.capitalize()} {version}")
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def table_row(profile: Profile, command: str) -> dict[str, Any] | None:
    """What the recorded table of a server says of a command, `delex` or `client|setinfo`, as far as it differs from
    Redis 7.0; None where the server does not have it."""
    row: Any = _row_of_7_0(command)
    for one in lineage(profile):
        changes = differences(one.name)["commands"]
        if command in changes:
            row = merged(row, changes[command])
    return row  # type: ignore[no-any-return]


def _row_of_7_0(command: str) -> dict[str, Any] | None:
    name, _, subcommand = command.encode().partition(b"|")
    row = TABLE.get(name)
    if row is not None and subcommand:
        row = row.subcommands.get(subcommand)
    return None if row is None else {"since": row.since}


def _document(profile: Profile, command: str) -> dict[str, Any]:
    container, _, subcommand = command.partition("|")
    document: Any = command_documents().get(container)
    for one in lineage(profile):
        changes = differences(one.name)["documents"]
        if container in changes:
            document = merged(document, changes[container])
    document = document or {}
    if subcommand:
        document = document.get("subcommands", {}).get(command, {})
    return document  # type: ignore[no-any-return]


@cache
def options_of(name: str, command: str) -> Mapping[bytes, Option]:
    """The options of a command, `set` or `client|kill`, on the server of a profile, by their words in upper case.

    Where a server documents a word only as some text, it knows those that the first server has that tells them.
    """
    found = _documented(name, command)
    if not any(option.fixed for option in found.values()):
        told = (_documented(other, command) for other in PROFILES)
        first = ({word: one for word, one in options.items() if one.fixed} for options in told)
        return {**next(filter(None, first), {}), **found}
    return found


@cache
def _documented(name: str, command: str) -> Mapping[bytes, Option]:
    profile = without_tables(name)
    newest = _version(profile) if profile.server == b"redis" else None
    index = 2 if "|" in command else 1
    found: dict[bytes, Option] = {}
    is_fixed = True
    for argument in _document(profile, command).get("arguments", ()):
        flags, kind = argument.get("flags", ()), argument["type"]
        is_fixed = is_fixed and "optional" not in flags
        for token, since, has_value in _tokens(argument, ""):
            if newest is None or version_of(since) <= newest:
                found.setdefault(token, Option(since, has_value, index, is_fixed and kind == "oneof"))
        is_fixed = is_fixed and "multiple" not in flags and kind not in ("block", "pure-token")
        index += is_fixed
    return found


def _tokens(argument: dict[str, Any], since: str) -> Iterator[tuple[bytes, str, bool]]:
    since = argument.get("since", since)
    if token := argument.get("token", ""):
        yield token.upper().encode(), since, argument["type"] != "pure-token"
    for inner in argument.get("arguments", ()):
        yield from _tokens(inner, since)


@cache
def command_since(command: str) -> str:
    """Where a command, `delex` or `client|setinfo`, is and since when: `Redis 8.4 and Valkey 9.1`, or nothing."""

    def told(profile: Profile) -> str | None:
        row = table_row(profile, command)
        return None if row is None else row.get("since", "")

    return first_with(told)


@cache
def option_since(command: str, option: bytes, at: int | None = None) -> str:
    """Where an option, in upper case, of a command is and since when, as word `at` if that is told; empty for
    nowhere."""

    def told(profile: Profile) -> str | None:
        known = options_of(profile.name, command).get(option)
        if known is None or (at is not None and not known.stands(at)):
            return None
        if known.since or (profile.predecessor is not None and table_row(profile.predecessor, command) is not None):
            return known.since
        brought: str = (table_row(profile, command) or {}).get("since", "")
        return brought  # the command came with its options

    return first_with(told)


def first_with(told: Callable[[Profile], str | None]) -> str:
    """Where something is and since when, or nothing; `told` answers when it came as a server says, None where it is not
    there."""
    found: list[tuple[str, tuple[int, ...]]] = []
    for vendor in _VENDORS:
        before: tuple[int, ...] = ()
        for profile in (without_tables(name) for name in PROFILES if name.startswith(vendor.lower())):
            since, here = told(profile), _version(profile)
            if since is not None:
                named = version_of(since)
                found.append((vendor, named if before < named <= here else here))
                break
            before = here
    if len(found) == len(_VENDORS) and found[0][1] <= _FORK:
        del found[1:]
    return " and ".join(f"{vendor} {'.'.join(map(str, version))}" for vendor, version in found)


def _version(profile: Profile) -> tuple[int, ...]:
    return version_of(profile.version.decode())
