"""The last reply as client libraries return it."""

from __future__ import annotations

from ferrous_vm.records import Record


class ClientView(Record):
    """What one client makes of the reply: `text` is the value as its language writes it, or the error it `raises`.

    `call` is what was called, `notes` what a person should know of it.
    """

    client: str
    call: str
    text: str
    raises: bool
    notes: list[str]


class ClientViews(Record):
    """What would client libraries return for the reply of the last run?"""


class ClientReplies(Record):
    """Answers ClientViews: every client in order; none when no script has replied yet."""

    views: list[ClientView]


ANSWERS: dict[type, type] = {ClientViews: ClientReplies}
