"""Where scripts run on a server: what every such place has, and the commands that none of them sends.

A ground is a server, or one node of a cluster, with a prefix for the names of keys. `carry_out` asks the engine first
(`trial.py`): which keys are needed, and whether it ends. Only then something is sent, and again if a key was missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Final, NamedTuple, Protocol, TypeVar

from ferrous_vm.on_servers.misplaced import Misplaced
from ferrous_vm.on_servers.trial import Trial

T = TypeVar("T")
Ask = Callable[[list[bytes]], bytes]
"""Answers a command, whose keys have their own names, with the bytes of its reply."""

Play = Callable[[Ask], T]
"""What is carried out: it asks as often as it likes, always the same from the same replies."""

ROUNDS: Final = 5
"""How often it is begun anew since a key was missing."""

NOT_SENT: Final = frozenset(
    b"auth hello reset quit select client monitor subscribe psubscribe ssubscribe unsubscribe punsubscribe "
    b"sunsubscribe sync psync shutdown debug".split()
)
"""Commands that change whose connection it is or what comes on it, or end the server: in no case of use to a script."""


class Denial(NamedTuple):
    """What the server refused: `command`, `key` or `channel`, and which."""

    reason: str
    name: bytes


class Ground(Protocol):
    """A place for scripts on a server."""

    prefix: bytes
    profile: str
    rules: list[bytes]
    """Of ACL SETUSER, for the user of the trial; none where the person's own is used."""
    protocol: int

    def opened(self, names: Iterable[bytes]) -> AbstractContextManager[Ask]:
        """Where these keys, with the prefix, can be used; afterwards none of them is there."""

    def denials(self) -> list[Denial]:
        """What was refused since it was opened."""


def carry_out(ground: Ground, play: Play[T]) -> tuple[T, list[Denial]]:
    """What comes of it there, and what the server refused. Raises Misplaced, and Unreachable."""
    trial = Trial(ground.profile, ground.prefix, ground.rules, ground.protocol)
    play(trial.ask)
    if trial.ended_by is not None:
        raise Misplaced(
            f"the script came to its limit of {trial.ended_by} here: it is not sent to a server that others may need"
        )
    names = dict.fromkeys(trial.touched)
    for _ in range(ROUNDS):
        with ground.opened(names) as ask:
            result = play(ask)
            denials = ground.denials()
        missing = [one.name for one in denials if one.reason == "key" and _is_beneath(ground.prefix, one.name)]
        if not set(missing) - names.keys():
            return result, [one._replace(name=one.name.removeprefix(ground.prefix)) for one in denials]
        names |= dict.fromkeys(missing)
    named = missing[0].removeprefix(ground.prefix).decode("utf-8", "backslashreplace")
    raise Misplaced(
        f"each time it names other keys, this time {named}: on a server of yours (--mine) that can be tried"
    )


def _is_beneath(prefix: bytes, name: bytes) -> bool:
    return bool(prefix) and name.startswith(prefix)
