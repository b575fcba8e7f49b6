"""The call of a script as text for elsewhere."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.calling import Mode


class Snippet(Record):
    """The call of the page in one form of export. `text` is empty where that form cannot carry it; `note` says why."""

    form: str
    title: str
    text: str
    note: str


class Export(Record):
    """The call of a script as text for elsewhere. `keys` and `argv` are fields; `name` is what it is called."""

    script: str
    keys: list[str]
    argv: list[str]
    name: str
    mode: Mode = "EVAL"
    function: str = ""
    protocol: Literal[2, 3] = 2


class Exported(Record):
    """Answers Export: every form in order; `file_name` is what they call the file of the script."""

    snippets: list[Snippet]
    file_name: str


ANSWERS: dict[type, type] = {Export: Exported}
