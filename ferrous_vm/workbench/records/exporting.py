"""The call of a script as text for elsewhere."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record, field
from ferrous_vm.workbench.records.calling import Mode


class Snippet(Record):
    """The call of the page in one form of export. `text` is empty where that form cannot carry it; `note` says why.

    `file_name` is what it is saved as, empty where it is no file of its own.
    """

    form: str
    title: str
    text: str
    note: str
    file_name: str = ""


class ExportedTest(Record):
    """A test of the script: its name, and what RunTest asks of it besides the script."""

    name: str
    keys: list[str]
    argv: list[str]
    fixture: str
    reply: str | None = None
    keyspace: str | None = None
    mode: Mode = "EVAL"
    function: str = ""
    protocol: Literal[2, 3] = 2
    clock: float | None = None
    seed: int | None = None


class Export(Record):
    """The call of a script, and its tests, as text for elsewhere.

    `keys` and `argv` are fields; `name` is what the script is called.
    """

    script: str
    keys: list[str]
    argv: list[str]
    name: str
    mode: Mode = "EVAL"
    function: str = ""
    protocol: Literal[2, 3] = 2
    tests: list[ExportedTest] = field(factory=list)


class Exported(Record):
    """Answers Export: every form in order; `file_name` is what they call the file of the script."""

    snippets: list[Snippet]
    file_name: str


ANSWERS: dict[type, type] = {Export: Exported}
