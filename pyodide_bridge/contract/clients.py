"""The last reply as client libraries return it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientView:
    """What one client makes of the reply: `text` is the value as its language writes it, or the error it `raises`.

    `call` is what was called, `notes` what a person should know of it.
    """

    client: str
    call: str
    text: str
    raises: bool
    notes: list[str]


@dataclass(frozen=True, slots=True)
class ClientViews:
    """What would client libraries return for the reply of the last run?"""


@dataclass(frozen=True, slots=True)
class ClientReplies:
    """Answers ClientViews: every client in order; none when no script has replied yet."""

    views: list[ClientView]


ANSWERS: dict[type, type] = {ClientViews: ClientReplies}
