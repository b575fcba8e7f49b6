"""Write the support tables into COMPATIBILITY.md: every command of Redis 7.0.15, and what Ferrous makes of it; then of
each other server what it has and does otherwise than the one before it.

python -m tests.record.write_support_table        (from the project root)
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Final

import ferrous_vm.keyspace.commands
import ferrous_vm.scripting.commands  # noqa: F401 - registers the commands of scripting
from ferrous_vm.keyspace.command_table import Row, rows
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.profiles.profile import PROFILES, Profile
from ferrous_vm.keyspace.profiles.told import RULES
from ferrous_vm.keyspace.support import IN_PART, NOT_OFFERED

PAGE = Path(__file__).resolve().parents[2] / "COMPATIBILITY.md"
BEGIN = "<!-- support table: written by `python -m tests.record.write_support_table` -->"
END = "<!-- end of the support table -->"


def support(row: Row) -> str:
    """What the table says of a command."""
    name = row.full_name.decode()
    if name in NOT_OFFERED:
        return f"no: {NOT_OFFERED[name]}"
    if row.handler is None:
        raise ValueError(f"{name} has neither a handler nor a reason")
    return f"in part: {IN_PART[name]}" if name in IN_PART else "yes"


def table() -> str:
    """The section, a table for each group of commands."""
    listed = [row for row in rows() if not row.subcommands or row.handler is not None]
    listed.sort(key=lambda row: (row.group, row.full_name))
    counts = [support(row).partition(":")[0] for row in listed]
    lines = [
        BEGIN, "", "## Commands", "",
        f"Redis 7.0.15 has {len(listed)} commands and subcommands. Ferrous answers {counts.count('yes')} as Redis "
        f"does, {counts.count('in part')} in part, and {counts.count('no')} not at all.", "",
    ]  # fmt: skip
    for group, members in groupby(listed, key=lambda row: row.group):
        title = group.capitalize().replace("-", " ")
        lines += [f"### {title}", "", "| command | since | answered |", "| --- | --- | --- |"]
        for row in members:
            shown = row.full_name.decode().upper().replace("|", " ")
            lines.append(f"| {shown} | {row.since} | {support(row)} |")
        lines.append("")
    return "\n".join([*lines, *servers(), END])


def servers() -> list[str]:
    """A table for each other server: its commands, and the rules by which scripts notice it."""
    lines = ["## Other servers", "", "What each has and does otherwise than the one it is told against.", ""]
    for name in PROFILES:
        profile = profile_named(name)
        if profile.predecessor is not None:
            lines += [*_server(profile, profile_named(profile.predecessor.name)), ""]
    return lines


def _server(profile: Profile, former: Profile) -> list[str]:
    own, before = ({row.full_name: row for row in one.commands.rows()} for one in (profile, former))
    new = [name for name in sorted(own.keys() - before.keys()) if name not in GUARDS]
    unanswered = [
        f"{_shown(name)}: {profile.commands.not_offered[name.decode()]}"
        for name in new
        if own[name].handler is None and not own[name].subcommands
    ]
    rows = {
        "commands it has besides": ", ".join(map(_shown, new)),
        "of them not answered": "; ".join(unanswered),
        "commands it has not": ", ".join(map(_shown, sorted(before.keys() - own.keys()))),
        "options it has besides": ", ".join(sorted(profile.options - former.options)),
    }
    for name, rule in RULES.items():
        if name != "commands" and any(_differs(profile, former, field) for field in rule.fields):
            rows[name] = f"{rule.text} ({rule.source})"
    rows["answered otherwise by Ferrous"] = " ".join(OTHERWISE.get(profile.name, ()))
    lines = [f"| {name} | {told} |" for name, told in rows.items() if told]
    title = f"{profile.title} ({profile.version.decode()}) against {former.title}"
    return [f"### {profile.title}", "", f"| {title} | |", "| --- | --- |", *lines]


OTHERWISE: Final[dict[str, tuple[str, ...]]] = {
    "redis-6.2": (
        "SETBIT, BITFIELD and XGROUP DELCONSUMER that change nothing are told to nobody, and end no WATCH; consumers "
        "that reading makes are told of: who watches is told what changed.",
    ),
    "redis-7.2": (
        "OBJECT ENCODING of a list that outgrew a listpack and shrank again is that of one that never grew: lists do "
        "not remember.",
        "MEMORY USAGE is that of 7.0 with jemalloc; what the packaged builds answer differs by their allocator.",
        "A set of more integers at once than set-max-intset-entries is a table, never a listpack (only where that was "
        "made smaller than set-max-listpack-entries).",
    ),
    "redis-8.0": ("LOLWUT draws nothing: its pictures are made by chance.",),
    "redis-8.2": ("CLIENT LIST tells totals of 0: bytes are not counted for each client.",),
    "redis-8.6": (
        "What IDMPAUTO takes for the id of an entry is another hash of its fields, which only DUMP shows.",
        "SET with IFDEQ or IFDNE, GET and what is no digest is one reply, the error; 8.6.3 sends the value before it, "
        "so that clients take the next reply for another.",
        "MEMORY USAGE is not that of one object for key and value.",
    ),
    "valkey-8.0": ("CLIENT LIST tells totals of 0: bytes are not counted for each client.",),
    "valkey-8.1": (
        "COMMANDLOG knows no large requests and replies: what a host sends and gets is not measured.",
        "MEMORY USAGE is not that of one object for key and value: it depends on the allocator of the build.",
        "CLIENT LIST tells of no capabilities.",
        "XAUTOCLAIM with a COUNT of a thousand million and more may be told there that memory is short: it asks the "
        "allocator for 16 bytes of each, and what that refuses depends on the build and the machine. Here it is "
        "refused where a process has no addresses for it.",
    ),
    "valkey-9.0": (
        "Fields that are due are deleted a tenth of a second later, without end; 9.0.0 may take longer, and HPERSIST "
        "of such a hash may hang there.",
        "A copy of a hash whose fields are all due is an empty hash; there HMGET deletes it and HRANDFIELD ends the "
        "server, here reading changes nothing.",
        "LOLWUT draws nothing: its pictures are made by chance.",
    ),
}
"""By profile, what is not as on the server from there on, each with its reason."""


GUARDS: Final = frozenset({b"host:", b"post"})
"""What Redis 6.2 lists as commands to end the connections of browsers."""


def _shown(full_name: bytes) -> str:
    return full_name.decode().upper().replace("|", " ")


def _differs(profile: Profile, former: Profile, field: str) -> bool:
    return bool(getattr(profile, field) != getattr(former, field))


def with_table(page: str) -> str:
    """The page with the sections as they should be, at their place or at the end."""
    if BEGIN not in page:
        return f"{page.rstrip()}\n\n{table()}\n"
    before, _, rest = page.partition(BEGIN)
    return before + table() + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
