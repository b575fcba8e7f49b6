"""What a scenario is: the scripts of the work, clients as programs, what must hold, what may happen, and steps.

It is data alone. `reading.py` makes it of text and `writing.py` text of it, `running.py` carries out its steps, and
`ferrous_vm/exploration` tries every order of its clients' calls and of all that may happen. An order that fails is a
scenario again: the same one, with steps.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.records import Record, field

ALWAYS: Final = "always"
AT_THE_END: Final = "at the end"
SOONER_OR_LATER: Final = "sooner or later"
WHENS: Final = (ALWAYS, AT_THE_END, SOONER_OR_LATER)
"""When an invariant must hold: after every event, once every client has ended, or after some event of each run."""

TURN: Final = "turn"
LOSE: Final = "lost reply"
DIE: Final = "death"
PAUSE: Final = "pause"
BACK: Final = "back"
ADVANCE: Final = "advance"
BEFORE_EXPIRY: Final = "before expiry"
AT_EXPIRY: Final = "at expiry"
AFTER_EXPIRY: Final = "after expiry"
EMPTY: Final = "empty script cache"
RESTART: Final = "restart"
FAILOVER: Final = "failover"
EVICT: Final = "eviction"
COMMAND: Final = "command"
CALL: Final = "call"

TIME: Final = "time"
MAY_HAPPEN: Final = (TIME, ADVANCE, PAUSE, DIE, LOSE, EMPTY, RESTART, FAILOVER, EVICT)
"""What a scenario may switch on, each by itself; that others may go on at any point is always so.

`time`: time may pass at any point, to the end of every TTL and every sleep, a millisecond before it and one after it;
else it passes only while nobody could go on.
"""


class Code(Record):
    """A script or a function library; `line` is that of the text before its first."""

    name: str
    source: bytes
    line: int = 0


class ClientProgram(Record):
    """A client as a Lua program, or `count` of them, who are then called by the name and a number."""

    name: str
    source: bytes
    count: int = 1
    skew: int = 0
    """By how many milliseconds the client's clock is ahead of the server's."""
    line: int = 0

    @property
    def names(self) -> list[str]:
        """What its clients are called."""
        return [self.name] if self.count == 1 else [f"{self.name}{number}" for number in range(1, self.count + 1)]


class Given(Record):
    """A command that is carried out before anything else."""

    words: tuple[bytes, ...]
    line: int = 0


class Invariant(Record):
    """What must hold, as a Lua expression or one of the sentences of `invariants.py`."""

    when: str
    """One of WHENS."""
    expression: str
    window: int | None = None
    """`in any N ms`: only notes and replies of so many milliseconds count."""
    line: int = 0


class Chart(Record):
    """What is drawn over the steps, as `charts.py` reads it."""

    expression: str
    line: int = 0


class MayHappen(Record):
    """Something that may happen at any point, at most `most` times in a run."""

    kind: str
    """One of MAY_HAPPEN."""
    most: int = 1
    amount: int = 0
    """Of `advance` milliseconds, of `failover` the writes that are lost."""


class Step(Record):
    """One thing that happens, `times` times, and what is then expected of the last reply and of keys."""

    kind: str
    client: str = ""
    words: tuple[bytes, ...] = ()
    """Of `command` all words, of `call` script and arguments, of `eviction` the key."""
    keys: tuple[bytes, ...] = ()
    amount: int = 0
    """Of `advance` milliseconds, of `failover` the writes that are lost."""
    times: int = 1
    reply: tuple[str, ...] = ()
    """What redis-cli would print, line by line; nothing if nothing is expected."""
    values: tuple[tuple[bytes, tuple[str, ...]], ...] = ()
    """Keys, and how redis-cli prints their values."""
    line: int = 0


class Scenario(Record):
    """A whole scenario."""

    title: str
    about: str = ""
    source: str = ""
    """Where it is from."""
    given: list[Given] = field(factory=list)
    scripts: list[Code] = field(factory=list)
    libraries: list[Code] = field(factory=list)
    clients: list[ClientProgram] = field(factory=list)
    invariants: list[Invariant] = field(factory=list)
    charts: list[Chart] = field(factory=list)
    may_happen: list[MayHappen] = field(factory=list)
    most_events: int | None = None
    """Events of one run; None leaves it to whoever explores."""
    most_preemptions: int | None = None
    """How often in a run a client may have to wait for another although it could go on."""
    steps: list[Step] = field(factory=list)

    @property
    def client_names(self) -> list[str]:
        """Who runs a program, in the order in which they are declared."""
        return [name for client in self.clients for name in client.names]


class ScenarioError(ValueError):
    """A text that is no scenario; the message is for a person, `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
