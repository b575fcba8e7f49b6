"""What the clients of a scenario have told of themselves: notes, and the sections that they are in.

As states of the keyspace are (`keyspaces.py`), each is one object, and remembers what came of it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from ferrous_vm.scenarios.programs import ENTER, LEAVE, NOTE, Effect


class Recent(NamedTuple):
    """A note that a window may still count."""

    age: int
    """Milliseconds since it was made."""
    text: str
    client: int


class Notes:
    """All that was told up to some moment."""

    __slots__ = ("_known", "_later", "_window", "counts", "dead", "recent", "sections")

    def __init__(self, content: tuple[Any, ...], window: int, known: dict[Any, Notes]) -> None:
        self.counts: tuple[tuple[str, int, int], ...]
        self.sections: tuple[tuple[str, int], ...]
        self.recent: tuple[Recent, ...]
        self.counts, self.sections, self.recent, self.dead = content
        self._window = window
        """Milliseconds for which a note is recent."""
        self._known = known
        self._later: dict[Any, Notes] = {}

    @staticmethod
    def none_yet(window: int) -> Notes:
        """Those of a beginning, where notes are recent for so many milliseconds."""
        known: dict[Any, Notes] = {}
        first = known[(), (), (), 0] = Notes(((), (), (), 0), window, known)
        return first

    def after(self, client: int, effects: tuple[Effect, ...]) -> Notes:
        """When a client has told more."""
        key = (client, effects)
        found = self._later.get(key)
        if found is None:
            found = self._later[key] = self._with(client, effects)
        return found

    def _with(self, client: int, effects: tuple[Effect, ...]) -> Notes:
        counts = Counter({(text, who): count for text, who, count in self.counts})
        sections, recent = list(self.sections), list(self.recent)
        for kind, text in effects:
            if kind == NOTE:
                counts[text, client] += 1
                if self._window:
                    recent.append(Recent(0, text, client))
            elif kind == ENTER:
                sections.append((text, client))
            elif kind == LEAVE:
                sections.remove((text, client))
        told = tuple(sorted((text, who, count) for (text, who), count in counts.items()))
        return self._one((told, tuple(sorted(sections)), tuple(sorted(recent)), self.dead))

    def later(self, milliseconds: int) -> Notes:
        """When so much time has passed."""
        if not self.recent:
            return self
        found = self._later.get(milliseconds)
        if found is None:
            recent = tuple(
                Recent(note.age + milliseconds, note.text, note.client)
                for note in self.recent
                if note.age + milliseconds < self._window
            )
            found = self._later[milliseconds] = self._one((self.counts, self.sections, recent, self.dead))
        return found

    def without(self, client: int) -> Notes:
        """When a client has died: it is in no section any more."""
        sections = tuple(section for section in self.sections if section[1] != client)
        return self._one((self.counts, sections, self.recent, self.dead + 1))

    def _one(self, content: tuple[Any, ...]) -> Notes:
        found = self._known.get(content)
        if found is None:
            found = self._known[content] = Notes(content, self._window, self._known)
        return found

    def counted(self, window: int | None) -> list[tuple[str, int, int]]:
        """Texts, who noted them, and how often, in all or within the last milliseconds."""
        if window is None:
            return list(self.counts)
        found = Counter((note.text, note.client) for note in self.recent if note.age < window)
        return [(text, client, count) for (text, client), count in found.items()]
