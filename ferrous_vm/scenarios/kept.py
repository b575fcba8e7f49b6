"""Things of which there is one for each content, and which remember what came of them."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar


class Remembering(Protocol):
    """What remembers what came of it."""

    def forget(self) -> None:
        """Let go of all that came of it."""


_Thing = TypeVar("_Thing", bound=Remembering)


class Kept(dict[Any, _Thing]):
    """Things by their content.

    Each remembers the next, so that without this they would be one chain as long as the run, which Python frees link
    within link: a browser's stack does not hold that. Before they go, all forget, while each is still held here.
    """

    __slots__ = ()

    def __del__(self) -> None:
        for thing in self.values():
            thing.forget()
