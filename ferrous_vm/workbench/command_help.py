"""What redis-cli tells of commands: HELP, the hint behind the cursor, and what Tab completes (redis-cli.c, 7.0.15).

redis-cli makes these texts of what the server answers to COMMAND DOCS, and so does this module of the same documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.keyspace.server.documents import documents_of

GROUPS = (
    "generic",
    "string",
    "list",
    "set",
    "sorted-set",
    "hash",
    "pubsub",
    "transactions",
    "connection",
    "server",
    "scripting",
    "hyperloglog",
    "cluster",
    "geo",
    "stream",
    "bitmap",
)
"""The groups in redis-cli's order."""

GENERIC = """redis-cli 7.0.15
To get help about Redis commands type:
      "help @<group>" to get a list of commands in <group>
      "help <command>" for help on <command>
      "help <tab>" to get a list of possible help topics
      "quit" to exit

To set redis-cli preferences:
      ":set hints" enable online hints
      ":set nohints" disable online hints
Set your preferences in ~/.redisclirc"""


class Entry(NamedTuple):
    """A command: its name as words in capitals, and its arguments in redis-cli's notation."""

    name: str
    words: tuple[bytes, ...]
    arguments: str
    summary: str
    since: str
    group: str


def help_text(topics: Sequence[bytes], profile: Profile = REDIS_7_0_15) -> str:
    """What `help` prints about a command, a container with its subcommands, or a `@group`; without a topic, in general.

    It is empty for what redis-cli does not know: then it prints an empty line. The last line end is left out.
    """
    if not topics:
        return GENERIC
    group = topics[0].decode("utf-8", "replace").lower().removeprefix("@") if topics[0].startswith(b"@") else ""
    if group in GROUPS:
        return "".join(_paragraph(entry, with_group=False) for entry in entries(profile) if entry.group == group)
    wanted = tuple(topic.upper() for topic in topics)
    return "".join(
        _paragraph(entry, with_group=True) for entry in entries(profile) if entry.words[: len(wanted)] == wanted
    )


def _paragraph(entry: Entry, *, with_group: bool) -> str:
    lines = ["", f"  {entry.name} {entry.arguments}", f"  summary: {entry.summary}", f"  since: {entry.since}"]
    return "\n".join([*lines, *([f"  group: {entry.group}"] if with_group else []), ""])


def completions(line: str, profile: Profile = REDIS_7_0_15) -> list[str]:
    """The lines Tab goes through, in its order (`completionCallback`)."""
    start, names = 0, [entry.name for entry in entries(profile)]
    if line[:5].lower() == "help ":
        start = len(line) - len(line[5:].lstrip())
        names = [*(f"@{group}" for group in GROUPS), *names]
    begun = line[start:].lower()
    return [line[:start] + name for name in names if name.lower().startswith(begun)]


def hint(line: bytes, profile: Profile = REDIS_7_0_15) -> str:
    """The arguments that are still to be typed, with the space before them if need be (`hintsCallback`)."""
    words = split_words(line)
    if not words:
        return ""
    words = words[_wrapped(words) :]
    typed = tuple(word.upper() for word in words)
    matching = [entry for entry in entries(profile) if entry.words == typed[: len(entry.words)]]
    if not matching:
        return ""
    entry = max(matching, key=lambda entry: len(entry.words))
    rest = entry.arguments
    for _ in range(len(words) - len(entry.words)):
        # An optional argument may have been any of those typed: redis-cli takes none away from there on.
        while rest and not rest.startswith("["):
            dropped, rest = rest[0], rest[1:]
            if dropped == " ":
                break
    return rest if line[-1:].isspace() else f" {rest}"


def _wrapped(words: list[bytes]) -> int:
    """How many words stand before the command that is hinted at: ACL DRYRUN and COMMAND GETKEYS take a whole one."""
    first = [word.lower() for word in words[:2]]
    if len(words) > 3 and first == [b"acl", b"dryrun"]:
        return 3
    return 2 if len(words) > 2 and first[0] == b"command" and first[1] in (b"getkeys", b"getkeysandflags") else 0


def entries(profile: Profile = REDIS_7_0_15) -> tuple[Entry, ...]:
    """Every command and subcommand of a server, by name, that it documents."""
    return _entries(profile.name)


@cache
def _entries(name: str) -> tuple[Entry, ...]:
    profile = profile_named(name)
    documents = documents_of(profile)
    return tuple(sorted(entry for row in profile.commands.rows() if (entry := _entry(row, documents))))


def _entry(row: Row, documents: dict[str, dict[str, Any]]) -> Entry | None:
    name = row.full_name.decode()
    document: dict[str, Any] | None = documents.get(name.partition("|")[0])
    if document is not None and row.container:
        document = document.get("subcommands", {}).get(name)
    if document is None:
        return None
    shown = name.replace("|", " ").upper()
    return Entry(
        name=shown,
        words=tuple(shown.encode().split()),
        arguments=" ".join(map(_argument, document.get("arguments", []))),
        summary=document["summary"],
        since=document["since"],
        group=document["group"],
    )


def _argument(argument: dict[str, Any]) -> str:
    """One argument in redis-cli's notation."""
    kind, flags, token = argument["type"], argument.get("flags", []), argument.get("token")
    if token == "":
        token = '""'
    inner = [_argument(part) for part in argument.get("arguments", [])]
    separators = {"block": " ", "oneof": "|"}
    text = separators[kind].join(inner) if kind in separators else "" if kind == "pure-token" else argument["name"]
    if "multiple" in flags:
        text = f"{text} [{token} {text} ...]" if "multiple_token" in flags else f"{text} [{text} ...]"
    if token is not None:
        text = f"{token} {text}".rstrip()
    return f"[{text}]" if "optional" in flags else text
