"""What is known of an error when it is explained: its sentence, the failing command, the line, inputs and keys."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ferrous_vm.analysis.lint.diagnostics import apply
from ferrous_vm.analysis.lint.repairs import repair_at
from ferrous_vm.keyspace.command_table import Row as CommandRow
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.printing import printed
from ferrous_vm.records import Record
from ferrous_vm.scripting.run import Issued
from ferrous_vm.scripting.shebang import body_of
from ferrous_vm.values.types import type_name
from ferrous_vm.workbench.escapes import argument, quote
from ferrous_vm.workbench.explaining import document_of, syntax_of

LONGEST_SHOWN = 60
"""Characters of a value that is named in a sentence."""

LONGEST_LINE = 100
"""Characters of a line that is shown."""

INPUTS = re.compile(r"\b(KEYS|ARGV)\s*\[\s*(\d+)\s*\]")


def no_story(argument: int | None) -> str:
    """Nothing is known of where a value came from."""
    return ""


class Clues(Record):
    """Everything a row of the table may look at. `command` failed; `refused` are arguments that made no command.

    `without_value` has, for a line of the script, the last command there that answered no value.
    """

    sentence: str
    line: int | None
    source: list[str]
    keys: list[bytes]
    argv: list[bytes]
    command: Issued | None
    refused: tuple[Any, ...] | None
    without_value: dict[int, list[bytes]]
    value_at: Callable[[bytes], tuple[str, Any] | None]
    """The type and the value of a key, None where there is none."""
    script: bytes = b""
    server: Profile = REDIS_7_0_15
    story: Callable[[int | None], str] = no_story
    """Where the value came from that the script failed for; of a call the argument of this number, from 1, if given."""
    deleted_entry: str = ""
    """A sentence on an entry of a stream that the script was given without its fields; or ""."""

    def meant(self) -> str:
        """What was probably meant where the script does not compile, and how its line reads then; or ""."""
        body = body_of(self.script)
        mended = None if self.line is None else repair_at(body, self.line, self.sentence)
        if mended is None:
            return ""
        repaired = apply(body, mended.fix).split(b"\n")
        line = printed(repaired[self.line - 1]).strip() if self.line and self.line <= len(repaired) else ""
        is_one_line = (
            mended.fix.edits and len(repaired) == body.count(b"\n") + 1 and line not in ("", self.code.strip())
        )
        return f"{mended.advice} It would read: {line}" if is_one_line and len(line) <= LONGEST_LINE else mended.advice

    @property
    def code(self) -> str:
        """The line of the script where it happened."""
        return self.source[self.line - 1] if self.line and self.line <= len(self.source) else ""

    @property
    def words(self) -> list[bytes]:
        """The failing command; a name alone where it is not known."""
        return self.command.argv if self.command else [b"the command"]

    @property
    def name(self) -> str:
        """What the failing command is called."""
        return printed(self.words[0].upper())

    @property
    def syntax(self) -> str:
        """How the failing command is called on this server."""
        return syntax_of(self.words, self.server)

    @property
    def row(self) -> CommandRow | None:
        """The failing command in the command table."""
        return self.server.commands.find(self.words)

    @property
    def refused_word(self) -> bytes | None:
        """The word that the command refused, where it was one."""
        refusal = self.command.refusal if self.command else None
        return None if refusal is None else self.words[refusal.position]

    @property
    def place(self) -> str:
        """The word that was refused as a sentence names it, "argument 2, "x" of SET"; "" where it was no single one."""
        refusal = self.command.refusal if self.command else None
        if refusal is None:
            return ""
        return f"argument {refusal.position}, {shown(self.words[refusal.position])} of {self.name}"

    @property
    def reading(self) -> str:
        """As what the command read the word that it refused; "" where it was no single one."""
        refusal = self.command.refusal if self.command else None
        return "" if refusal is None else refusal.reading

    @property
    def options(self) -> dict[bytes, list[str]]:
        """The options of the failing command, and the types of the words that follow each."""
        return _options(document_of(self.row, self.server).get("arguments", [])) if self.row else {}

    @property
    def key(self) -> bytes | None:
        """The first key of the failing command."""
        row = self.row
        if row is None or not row.first_key or row.first_key >= len(self.words):
            return None
        return self.words[row.first_key]

    def why_false(self, variable: str) -> str:
        """A sentence on the command that answered no value to `variable`, or on the line itself; or ""."""
        assignment = re.compile(rf"\b{re.escape(variable)}\s*=[^=]") if variable else None
        lines = [at for at, code in enumerate(self.source, 1) if assignment and assignment.search(code)]
        for line in [*reversed(lines), self.line or 0]:
            argv = self.without_value.get(line)
            if argv is not None:
                words = " ".join([printed(argv[0].upper()), *map(shown, argv[1:4])])
                return f"{words} on line {line} answered no value. "
        return ""

    @property
    def missing_input(self) -> str:
        """A sentence on KEYS[n] or ARGV[n] of the line that the call does not pass; or ""."""
        for name, index in INPUTS.findall(self.code):
            passed = len(self.keys if name == "KEYS" else self.argv)
            if int(index) > passed:
                return f"{name}[{index}] is nil: the call passes {counted(passed, name)}."
        return ""

    @property
    def text_input(self) -> str:
        """A sentence on ARGV[n] or KEYS[n] of the line that is no number; or ""."""
        for name, index in INPUTS.findall(self.code):
            values = self.keys if name == "KEYS" else self.argv
            if 0 < int(index) <= len(values) and not is_number(values[int(index) - 1]):
                return f"{name}[{index}] is {shown(values[int(index) - 1])}."
        return ""


def _options(arguments: list[dict[str, Any]]) -> dict[bytes, list[str]]:
    """The options among documented arguments, and the types of the words that follow each."""
    options: dict[bytes, list[str]] = {}
    for one in arguments:
        inner = one.get("arguments", [])
        options.update(_options(inner))
        if one.get("token"):
            followed = [part for part in inner if "token" not in part] if one["type"] == "block" else [one]
            options[one["token"].encode()] = [part["type"] for part in followed]
    return options


class Explanation(NamedTuple):
    """An error in plain words: what happened, with argument and value, and what to do."""

    what: str
    advice: str


class Row(NamedTuple):
    """One error: the whole of its sentence as a pattern, without code and place, and what explains it."""

    name: str
    pattern: re.Pattern[str]
    explain: Callable[[Clues, re.Match[str]], Explanation | None]
    """None where the row has nothing to say after all: the next one that fits speaks."""


def row(name: str, pattern: str) -> Callable[[Callable[[Clues, re.Match[str]], Explanation | None]], Row]:
    """The row a function explains."""
    return lambda explain: Row(name, re.compile(pattern, re.DOTALL), explain)


def plain(name: str, pattern: str, what: str, advice: str) -> Row:
    """A row whose words need no more than what the sentence itself names, `{0}` for its first group."""

    def explain(clues: Clues, found: re.Match[str]) -> Explanation:
        groups = [group or "" for group in found.groups()]
        return Explanation(what.format(*groups), advice.format(*groups))

    return Row(name, re.compile(pattern, re.DOTALL), explain)


def shown(value: Any) -> str:
    """A value in a sentence: bytes as a field, a Lua value by its type."""
    if isinstance(value, bytes):
        text = argument(value)
        text = text if text.startswith('"') else quote(value) if value.isascii() else f'"{text}"'
        return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return type_name(value).decode()


def counted(number: int, name: str) -> str:
    """`2 KEYS`, in words a sentence can hold."""
    return f"no {name}" if number == 0 else f"only {number} {name}"


def is_integer(word: bytes) -> bool:
    """Whether Redis reads the word as an integer of 64 bits."""
    return re.fullmatch(rb"0|-?[1-9][0-9]{0,18}", word) is not None and -(2**63) <= int(word) < 2**63


def is_number(word: bytes) -> bool:
    """Whether Redis, or Lua, reads the word as a number."""
    try:
        return float(word) == float(word) and not word[:1].isspace()
    except ValueError:
        return False


def nearest(name: str, known: Iterable[str]) -> str:
    """` Did you mean X?` for the name most like `name`, or nothing."""
    found = difflib.get_close_matches(name, known, n=3, cutoff=0.6)

    def likeness(one: str) -> tuple[float, bool]:
        return difflib.SequenceMatcher(None, one, name).ratio(), one[:1] == name[:1]

    return f" Did you mean {max(found, key=likeness)}?" if found else ""
