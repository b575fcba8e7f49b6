"""The keys of a run, where the bytes of each came from, their slots, and what servers say; and those a script names."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.calling import ScriptCall


class KeySource(Record):
    """Something that a key was made of. `text` names it: `KEYS[1]`, a command, a library function; `line` is where the
    script took it, null where that is not known."""

    kind: Literal["KEYS", "ARGV", "literal", "stored", "time", "decoded", "made"]
    text: str
    line: int | None


class KeyOrigin(Record):
    """One key that was declared or used. `commands` are those that named it, none for a key that was only declared;
    `line` is where that was first. `sources` is empty where nothing is known of them. `tag` is its hash tag."""

    key: str
    declared: bool
    slot: int
    tag: str | None
    commands: list[str]
    line: int | None
    sources: list[KeySource]


class TargetVerdict(Record):
    """What one kind of server says to these keys. `source` is where its vendor documents that."""

    target: str
    verdict: Literal["accepts", "may refuse", "refuses"]
    reason: str
    source: str


class KeyName(Record):
    """A key as it is called, and as it would be called to lie in the slot of the others."""

    before: str
    after: str


class KeyReport(ScriptCall):
    """Run the script once more to find out where its keys come from. All is taken back."""


class KeyReportShown(Record):
    """Answers KeyReport. Of `all` keys the first are told of, declared ones before others; `undeclared` and `slots`
    count them all. `proposal` are names with a hash tag that lie in one slot, empty where they do already. `note`: what
    is to be known besides, "" for nothing."""

    keys: list[KeyOrigin]
    all: int
    undeclared: int
    slots: int
    proposal: list[KeyName]
    verdicts: list[TargetVerdict]
    note: str


class ScriptKeys(Record):
    """Which keys does a script name, without running it?"""

    script: str


class ScriptKey(Record):
    """A key as the script writes it, `text`. `means`: what the variable of that name is given, where it is one thing.
    `declared`: whether it is one of KEYS. `sources`: what it is made of. `slot` is null where nobody can know it;
    `commands` name it, on `lines`."""

    text: str
    means: str
    declared: Literal["yes", "no", "unknown"]
    sources: list[str]
    slot: int | None
    commands: list[str]
    lines: list[int]


class ScriptKeysShown(Record):
    """Answers ScriptKeys. Of `all` keys the first are told of, in the order of the script; `undeclared` counts all that
    are not in KEYS. `problem`: why there are none, where the script does not compile; else ""."""

    keys: list[ScriptKey]
    all: int
    undeclared: int
    problem: str


ANSWERS: dict[type, type] = {KeyReport: KeyReportShown, ScriptKeys: ScriptKeysShown}
