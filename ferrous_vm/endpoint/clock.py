"""A clock that can be set, stopped and moved."""

from __future__ import annotations

from collections.abc import Callable

from ferrous_vm.server import system_clock


class Clock:
    """A clock for a server, in Unix microseconds: stands still at `at`, or goes as `under` does, where that is None."""

    def __init__(self, at: int | None = None, under: Callable[[], int] = system_clock) -> None:
        self._under = under
        self._at = at
        """Where it stands, while it does."""
        self._ahead = 0
        """How far it is before `under`, while it goes."""

    def __call__(self) -> int:
        """The time."""
        return self._under() + self._ahead if self._at is None else self._at

    @property
    def stands(self) -> bool:
        """Whether time passes only when it is told to."""
        return self._at is not None

    def set(self, now: int) -> None:
        """It is now so late; it stands or goes as before."""
        if self._at is None:
            self._ahead = now - self._under()
        else:
            self._at = now

    def advance(self, milliseconds: float) -> None:
        """Let time pass."""
        self.set(self() + round(milliseconds * 1000))

    def freeze(self) -> None:
        """Stand still from now on."""
        self._at = self()

    def run(self) -> None:
        """Go on from where it stands."""
        if self._at is not None:
            now, self._at = self._at, None
            self.set(now)
