"""A debugged script run once more, timed: the clock is read where a line or a function begins and ends.

The run goes at nearly the speed of the engine's machine, so lines compare with each other, and with the commands they
issue; another engine, or a server, takes other times.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ferrous_vm.errors import LimitExceeded, TracePoint
from ferrous_vm.machine.runtime import MachineRuntime
from ferrous_vm.machine.setting import Settings
from ferrous_vm.machine.timing import Call, Timing
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.scripting.run import Issued
from ferrous_vm.values.lost import Lost


class TimedRun:
    """One more run, and the time it took (`ferrous_vm.scripting.run.Observer`)."""

    def __init__(self, session: DebugSession, clock: Callable[[], float], most: int, deepest: int) -> None:
        """Of so many instructions at most. `clock` is monotonic, in seconds."""
        self.commands: defaultdict[bytes, float] = defaultdict(float)
        """Seconds by name of the command, from where redis.call is called."""
        self._timing = Timing(clock, deepest)
        self._most = most
        self._interrupts = session.interrupts
        session.run_again(self._run, self, self._timing.add)

    def _run(self, runtime: MachineRuntime, settings: Settings | None) -> None:
        try:
            self._timing.run(runtime.machine, self._most, settings, lambda: not self._interrupts.due)
        except LimitExceeded:
            pass  # the pass that counts tells
        except KeyboardInterrupt:
            if not self._interrupts.due:  # it is not from there: nobody knows what it has ended
                raise

    def calls(self) -> Iterator[tuple[Call, tuple[Call, ...]]]:
        """Each function in each place where it was called, and those around it, the outermost first."""
        waiting: list[tuple[Call, tuple[Call, ...]]] = [(call, ()) for call in self._timing.base.values()]
        while waiting:
            call, around = waiting.pop()
            yield call, around
            waiting.extend((inner, (*around, call)) for inner in call.inside.values())

    def lines(self) -> dict[int, float]:
        """Seconds by line."""
        found: Counter[int] = Counter()
        for call, _ in self.calls():
            for line, (seconds,) in call.lines.items():
                found[line] += seconds  # type: ignore[assignment]
        return dict(found)

    def command_ended(self, issued: Issued) -> None:
        """The script issued a command."""
        self.commands[command_name(issued)] += self._timing.clock() - self._timing.began

    def arguments_refused(self, arguments: tuple[Any, ...], line: int | None, message: bytes) -> None:
        """No command."""

    def value_lost(self, lost: Lost, before: str, after: str, line: int | None) -> None:
        """That is told of ordinary runs."""

    def script_ended(self, results: tuple[Any, ...], protocol: int, line: int | None) -> None:
        """Nothing more is asked."""

    def script_stopped(self, stack: Sequence[TracePoint]) -> None:
        """Nothing more is asked."""


def command_name(issued: Issued) -> bytes:
    """The full name of a command; what was typed where there is none."""
    return issued.row.full_name if issued.row is not None else issued.argv[0]
