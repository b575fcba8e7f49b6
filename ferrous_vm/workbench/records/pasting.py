"""What a pasted text is, and what can be made of it."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record, field
from ferrous_vm.workbench.records.calling import Mode


class Recognise(Record):
    """Is the text a session of redis-cli, what MONITOR or SLOWLOG printed, a call of a script, or an error of one?
    `scripts` are those of the work, for an error that names its script by the SHA-1."""

    text: str
    scripts: list[str] = field(factory=list)


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


class PastedPlace(Record):
    """Where an error of a script was: its line from 1, and which of the scripts that were asked about it is, from 0;
    null where the error does not say or it is none of them."""

    line: int
    script: int | None


class Recognised(Record):
    """Answers Recognise: `form` is empty for any other text, and `about` says in a sentence what it is.

    `fixture` is lines of the commands that write and are not refused; `call` is the last call of a script among them,
    `place` where an error was.
    """

    form: Literal["", "session", "monitor", "call", "slowlog", "error"]
    about: str
    fixture: str
    call: PastedCall | None
    place: PastedPlace | None = None


ANSWERS: dict[type, type] = {Recognise: Recognised}
