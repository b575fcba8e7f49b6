"""What a debugged script can change outside its heap, each taken back and done again with its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ferrous_vm.errors import TracePoint
from ferrous_vm.keyspace.journal import Record, Taken, is_whole
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.machine.debugger import Debugger
from ferrous_vm.machine.history import Restorable
from ferrous_vm.scripting.host import Scripting
from ferrous_vm.scripting.log import LogLine
from ferrous_vm.scripting.run import Issued, ScriptRun
from ferrous_vm.values.lost import Lost
from ferrous_vm.values.natives import Value


class Keys:
    """The keyspace, as a participant: its journal takes it back."""

    def __init__(self, keyspace: Keyspace) -> None:
        self._keyspace = keyspace
        self._own = keyspace.journal is None
        self._journal = keyspace.open_journal() if keyspace.journal is None else keyspace.journal

    def savepoint(self) -> int:
        """A mark of the journal."""
        return self._journal.savepoint()

    def rollback(self, mark: int) -> Taken | None:
        """Takes back the changes since a mark. None where something cannot be made again."""
        taken = self._journal.take_back(mark)
        return taken if is_whole(taken) else None

    def redo(self, taken: Taken) -> None:
        """Makes them again."""
        self._journal.put_back(taken)

    def close(self) -> None:
        """Closes the journal, if nobody had it open before."""
        if self._own:
            self._keyspace.close_journal()


class Protocol:
    """The protocol of the script's client, as a participant. The journal keeps its database."""

    def __init__(self, run: ScriptRun) -> None:
        self._run = run

    def savepoint(self) -> int:
        """2 or 3."""
        return self._run.session.protocol

    def rollback(self, mark: int) -> int:
        """Puts it back."""
        taken = self._run.session.protocol
        self._run.set_protocol(mark)
        return taken

    redo = rollback


class Log:
    """The server's log, as a participant."""

    def __init__(self, host: Scripting) -> None:
        self._lines = host.log

    def savepoint(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def rollback(self, mark: int) -> list[LogLine]:
        """Takes back later lines."""
        taken = self._lines[mark:]
        del self._lines[mark:]
        return taken

    def redo(self, taken: list[LogLine]) -> None:
        """Writes them again."""
        self._lines += taken

    def since(self, mark: int) -> list[LogLine]:
        """The lines written after a mark."""
        return self._lines[mark:]


class ChangedKey(NamedTuple):
    """A key of a database that was changed; None for all keys there were."""

    database: int
    key: bytes | None


class Commands:
    """The commands issued, as an observer and a participant; with them the random choices they made."""

    def __init__(self, keyspace: Keyspace, debugger: Debugger) -> None:
        self._debugger = debugger
        self._random = keyspace.random
        self.issued: list[Issued] = []
        self.moments: list[int] = []
        """The moments after which they were carried out."""
        self.refused: tuple[Value, ...] | None = None
        """The last arguments of the whole run that made no command."""
        self._states: list[Any] = [self._random.getstate()]
        """The state of the random numbers before the first command and after each."""
        self.carried_out = 0
        """Commands issued, those that were taken back and issued again included."""
        self.changed_keys: list[tuple[ChangedKey, ...]] = []
        """The keys that each command of the whole run changed."""
        self.marks: list[int] = []
        """How many records the journal had before each command of the whole run."""
        self._records: list[Record] = []
        self._noted = 0

    def note_changes(self, records: list[Record]) -> None:
        """The records of the journal tell which keys commands change from now on."""
        self._records, self._noted = records, len(records)

    def command_ended(self, issued: Issued) -> None:
        """The script issued a command."""
        self.carried_out += 1
        if len(self.issued) == len(self.changed_keys):
            records = self._records[self._noted :]
            changed = (
                ChangedKey(record.database.index, record.key) for record in records if record.database is not None
            )
            self.changed_keys.append(tuple(dict.fromkeys(changed)))
            self.marks.append(self._noted)
            self._noted = len(self._records)
        self.issued.append(issued)
        self.moments.append(self._debugger.moment)
        state = self._random.getstate()
        self._states.append(self._states[-1] if state == self._states[-1] else state)

    def arguments_refused(self, arguments: tuple[Value, ...], line: int | None, message: bytes) -> None:
        """The arguments made no command."""
        self.refused = arguments

    def last_records(self) -> list[Record]:
        """What the journal has recorded since before the last command that was issued."""
        return self._records[self.marks[len(self.issued) - 1] :] if self.issued else []

    def value_lost(self, lost: Lost, before: str, after: str, line: int | None) -> None:
        """That is told of ordinary runs."""

    def script_ended(self, results: tuple[Value, ...], protocol: int, line: int | None) -> None:
        """Its reply tells."""

    def script_stopped(self, stack: Sequence[TracePoint]) -> None:
        """`DebugSession.stack` tells."""

    def savepoint(self) -> int:
        """How many commands were issued."""
        return len(self.issued)

    def rollback(self, mark: int) -> tuple[list[Any], ...]:
        """Takes back later ones."""
        taken = (self.issued[mark:], self.moments[mark:], self._states[mark + 1 :])
        if taken[0] or taken[2]:  # these alone where an interrupt had ended it half done
            del self.issued[mark:], self.moments[mark:]
            del self._states[mark + 1 :]
            self._random.setstate(self._states[-1])
        return taken

    def redo(self, taken: tuple[list[Any], ...]) -> None:
        """They have been issued again."""
        if taken[0]:
            self.issued += taken[0]
            self.moments += taken[1]
            self._states += taken[2]
            self._random.setstate(self._states[-1])


class ByCommands:
    """A participant that commands alone change: it is marked anew after each, and put back where there was one."""

    def __init__(self, participant: Restorable, commands: Commands) -> None:
        self._participant = participant
        self._commands = commands
        self._mark = participant.savepoint()
        self._carried_out = commands.carried_out
        """How many commands had been carried out when it was as at the mark."""

    def savepoint(self) -> Any:
        """A mark of the present state."""
        if self._commands.carried_out != self._carried_out:
            self._mark, self._carried_out = self._participant.savepoint(), self._commands.carried_out
        return self._mark

    def rollback(self, mark: Any) -> Any:
        """Returns to the state of a mark, before the commands do."""
        taken = self.savepoint()
        if taken is not mark:
            self._participant.rollback(mark)
            self._mark = mark
        return taken

    redo = rollback
