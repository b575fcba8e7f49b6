"""What a front was told of a script that is debugged: from moment to moment only what is new is made, and told.

The commands and the log of a recorded run are always the same; changes are as long as the same change is found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from ferrous_vm.keyspace import journal
from ferrous_vm.scripting.log import LogLine as LoggedLine
from ferrous_vm.scripting.run import Issued
from ferrous_vm.workbench import changes
from ferrous_vm.workbench.cutting import within
from ferrous_vm.workbench.records.debugging import LastChange
from ferrous_vm.workbench.records.keyspace import KeyChange
from ferrous_vm.workbench.records.running import CommandTrace, LogLine
from ferrous_vm.workbench.runs import log_lines
from ferrous_vm.workbench.tracing import trace_of

MOST_CHANGES = 200
"""Changed keys shown."""

MOST_LAST = 50
"""Keys shown that the last command changed."""


class Told:
    """What was told in one session; `number` counts the answers."""

    def __init__(self) -> None:
        self.number = 0
        self.knows = False
        """Whether the front still has what it was told."""
        self._commands: set[int] = set()
        self._changes: list[KeyChange] = []
        self._last_command = -1
        """The number of the command whose changes were told last."""
        self._log: list[LogLine] | None = None
        self._logged: list[LoggedLine] = []
        self._views: dict[tuple[int, bytes], tuple[journal.KeyChange, KeyChange, int]] = {}
        """By database and key, what its change was shown as, and about how long that is."""

    def begin(self, known: int) -> None:
        """Another answer begins; `known` is the number of the last one that the front has kept, with all before it."""
        self.knows = known != 0 and known == self.number
        if not self.knows:
            self._commands.clear()
            self._changes, self._log, self._last_command = [], None, -1
        self.number += 1

    def commands(self, issued: Sequence[Issued], omitted: int) -> list[CommandTrace]:
        """Those of the commands from number `omitted` + 1 on that were not told before."""
        new = [number for number in range(omitted + 1, len(issued) + 1) if number not in self._commands]
        self._commands.update(new)
        return [trace_of(issued[number - 1], 0, number) for number in new]

    def changes(self, found: Sequence[journal.KeyChange]) -> list[KeyChange | None]:
        """The first of the changes; None for each that was told last time in the same place."""
        views = list(within(map(self._view, islice(found, MOST_CHANGES)), MOST_CHANGES, changes.LARGEST_PART))
        before, self._changes = self._changes, views
        return [None if index < len(before) and before[index] is view else view for index, view in enumerate(views)]

    def last_change(self, command: int, find: Callable[[], Sequence[journal.KeyChange]]) -> LastChange | None:
        """What `find` finds that the last command changed, which has that number; None if that was told last."""
        if command == self._last_command:
            return None
        self._last_command, found = command, find()
        sized = ((view, changes.length(view)) for view in map(changes.view, islice(found, MOST_LAST)))
        return LastChange(command, list(within(sized, MOST_LAST, changes.LARGEST_PART)), len(found))

    def _view(self, change: journal.KeyChange) -> tuple[KeyChange, int]:
        place = change.database, change.key
        shown = self._views.get(place)
        if shown is None or shown[0] is not change:
            view = changes.view(change)
            if shown is not None and shown[1] == view:
                view = shown[1]
            shown = self._views[place] = change, view, changes.length(view)
        return shown[1:]

    def log(self, written: list[LoggedLine]) -> tuple[list[LogLine] | None, int]:
        """The lines as they are shown, None if they are those told last; and how many are left out."""
        if self._log is not None and written == self._logged:
            return None, len(written) - len(self._log)
        self._log, self._logged = log_lines(written), written
        return self._log, len(written) - len(self._log)
