"""What the clients of a scenario have told of themselves, notes and the sections that they are in, and the replies that
they have got, as far as an invariant asks for those (`replies.py`).

As states of the keyspace are (`keyspaces.py`), each is one object, and remembers what came of it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from ferrous_vm.scenarios.kept import Kept
from ferrous_vm.scenarios.programs import ENTER, LEAVE, NOTE, Effect


class Told(NamedTuple):
    """A note, or a reply."""

    text: str
    """Of a reply, what was called."""
    client: int
    reply: bytes = b""
    """As MessagePack, which is never empty; of a note, nothing."""


class Recent(NamedTuple):
    """What a window may still count."""

    age: int
    """Milliseconds since it was told."""
    told: Told


class Notes:
    """All that was told up to some moment."""

    __slots__ = ("_known", "_later", "_window", "counts", "dead", "last", "recent", "sections")

    def __init__(self, content: tuple[Any, ...], window: int, known: Kept[Notes]) -> None:
        self.counts: tuple[tuple[Told, int], ...]
        self.sections: tuple[tuple[str, int], ...]
        self.recent: tuple[Recent, ...]
        self.last: Told | None
        """The reply of the event just carried out; None where it had none, or where nobody asks."""
        self.counts, self.sections, self.recent, self.dead, self.last = content
        self._window = window
        """Milliseconds for which a note is recent."""
        self._known = known
        self._later: dict[Any, Notes] = {}

    def forget(self) -> None:
        """Let go of the notes that came of these."""
        self._later.clear()

    @staticmethod
    def none_yet(window: int) -> Notes:
        """Those of a beginning, where notes are recent for so many milliseconds."""
        known: Kept[Notes] = Kept()
        first = known[(), (), (), 0, None] = Notes(((), (), (), 0, None), window, known)
        return first

    def after(self, client: int, effects: tuple[Effect, ...]) -> Notes:
        """When a client has told more."""
        key = (client, effects)
        found = self._later.get(key)
        if found is None:
            found = self._later[key] = self._with(client, effects)
        return found

    def _with(self, client: int, effects: tuple[Effect, ...]) -> Notes:
        sections = list(self.sections)
        for kind, text in effects:
            if kind == ENTER:
                sections.append((text, client))
            elif kind == LEAVE:
                sections.remove((text, client))
        counts, recent = self._and([Told(text, client) for kind, text in effects if kind == NOTE])
        return self._one((counts, tuple(sorted(sections)), recent, self.dead, self.last))

    def replied(self, told: Told, *, counts: bool, is_last: bool) -> Notes:
        """When a client has got a reply, that counts or is what was just carried out."""
        key = (told, counts, is_last)
        found = self._later.get(key)
        if found is None:
            counted, recent = self._and([told] if counts else [])
            last = told if is_last else None
            found = self._later[key] = self._one((counted, self.sections, recent, self.dead, last))
        return found

    def silent(self) -> Notes:
        """When something was carried out that is no call."""
        return self if self.last is None else self._one((self.counts, self.sections, self.recent, self.dead, None))

    def _and(self, more: list[Told]) -> tuple[Any, Any]:
        """What was told in all, and what of it is recent, when more is told."""
        counts = Counter(dict(self.counts))
        counts.update(more)
        recent = [*self.recent, *(Recent(0, told) for told in more)] if self._window else self.recent
        return tuple(sorted(counts.items())), tuple(sorted(recent))

    def later(self, milliseconds: int) -> Notes:
        """When so much time has passed."""
        if not self.recent:
            return self
        found = self._later.get(milliseconds)
        if found is None:
            recent = tuple(
                Recent(age + milliseconds, told) for age, told in self.recent if age + milliseconds < self._window
            )
            found = self._later[milliseconds] = self._one((self.counts, self.sections, recent, self.dead, self.last))
        return found

    def without(self, client: int) -> Notes:
        """When a client has died: it is in no section any more."""
        sections = tuple(section for section in self.sections if section[1] != client)
        return self._one((self.counts, sections, self.recent, self.dead + 1, self.last))

    def _one(self, content: tuple[Any, ...]) -> Notes:
        found = self._known.get(content)
        if found is None:
            found = self._known[content] = Notes(content, self._window, self._known)
        return found

    def counted(self, window: int | None) -> list[tuple[Told, int]]:
        """What was told, and how often, in all or within the last milliseconds."""
        if window is None:
            return list(self.counts)
        return list(Counter(told for age, told in self.recent if age < window).items())
