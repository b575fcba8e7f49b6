"""The call of a script as text for elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pyodide_bridge.contract.calling import Mode


@dataclass(frozen=True, slots=True)
class Snippet:
    """The call of the page in one form of export. `text` is empty where that form cannot carry it; `note` says why."""

    form: str
    title: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Export:
    """The call of a script as text for elsewhere. `keys` and `argv` are fields; `name` is what it is called."""

    script: str
    keys: list[str]
    argv: list[str]
    name: str
    mode: Mode = "EVAL"
    function: str = ""
    protocol: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class Exported:
    """Answers Export: every form in order; `file_name` is what they call the file of the script."""

    snippets: list[Snippet]
    file_name: str


ANSWERS: dict[type, type] = {Export: Exported}
