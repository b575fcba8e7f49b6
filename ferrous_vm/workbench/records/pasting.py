"""What a pasted text is, and what can be made of it."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.calling import Mode


class Recognise(Record):
    """Is the text a session of redis-cli, what MONITOR printed, or a call of a script?"""

    text: str


class PastedCall(Record):
    """A call of a script; `script` is null where the text does not hold it, `keys` and `argv` are fields.

    `fixture` is lines of the commands before it, in its database.
    """

    script: str | None
    keys: list[str]
    argv: list[str]
    mode: Mode
    function: str
    protocol: Literal[2, 3] = 2
    fixture: str = ""


class Recognised(Record):
    """Answers Recognise: `form` is empty for any other text, and `about` says in a sentence what it is.

    `fixture` is lines of the commands that write and are not refused; `call` is the last call of a script among them.
    """

    form: Literal["", "session", "monitor", "call"]
    about: str
    fixture: str
    call: PastedCall | None


ANSWERS: dict[type, type] = {Recognise: Recognised}
