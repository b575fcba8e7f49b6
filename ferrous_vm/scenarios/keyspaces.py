"""The states a server comes to in a scenario, each kept once, and what commands make of them.

A state is what the keyspace holds, with the time that is left of each key; which scripts are cached; and the
transactions of the clients. It is an object, and two states with the same content are one object: so what a command
makes of a state is found once, and whoever comes to the same state with the same command is told it again.

One server carries out all commands. It is brought to the state that is asked about (which costs the keys that differ)
and back again by the journal (which costs what was changed). Values are never shared with it: states hold copies.

As long as no command shows what time it is, only how much time is left counts: states are the same at different times.
The first command that does (`access.shows_the_clock`) raises TimeSeen, and whoever asked begins anew with `absolute`,
where the time is a part of each state.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any, Final
from zlib import crc32

from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.database import Watch
from ferrous_vm.keyspace.encodings.rdb_values import save_value
from ferrous_vm.keyspace.replies import ErrorReply, Reply, encode
from ferrous_vm.limits import Limits
from ferrous_vm.printing import printed
from ferrous_vm.scenarios.access import EVERYTHING, REFUSED, SCRIPTS, SERVER, TIME, Touched, shows_the_clock
from ferrous_vm.scenarios.kept import Kept
from ferrous_vm.scenarios.scenario import Scenario, ScenarioError
from ferrous_vm.scripting.run import Issued
from ferrous_vm.scripting.state import KILLED
from ferrous_vm.server import Client, Server

EPOCH: Final = 1_767_225_600_000
"""When a scenario begins, in Unix milliseconds: 1 January 2026."""

LIMITS: Final = Limits(seconds=1.0, memory=256 * 1024 * 1024)
"""Of each script."""

MOST_BYTES: Final = 256 * 1024 * 1024
"""What all states together may hold."""

Place = tuple[int, bytes]
"""A key: the number of its database, and its name."""


class TimeSeen(Exception):
    """A command shows what time it is."""


class TooMuch(ScenarioError):
    """The states hold more than MOST_BYTES."""

    def __init__(self) -> None:
        super().__init__(1, f"its states would need more than {MOST_BYTES // 1024**2} MB")


class Entry:
    """What stands at one key; there is one object for each content."""

    __slots__ = ("place", "ttl", "value")

    def __init__(self, place: Place, value: Any, ttl: int | None) -> None:
        self.place = place
        self.value = value
        """Never given away: the server gets a copy."""
        self.ttl = ttl
        """Milliseconds that are left of it; None if it does not expire."""


class State:
    """One state of the server."""

    __slots__ = ("advanced", "entries", "made", "scripts", "sessions", "time", "ttls")

    def __init__(self, entries: dict[Place, Entry], scripts: Any, sessions: Any, time: int) -> None:
        self.entries = entries
        self.scripts: frozenset[bytes] = scripts
        self.sessions: tuple[Any, ...] = sessions
        self.time = time
        """Milliseconds since the scenario began; 0 where that does not count."""
        self.made: dict[Any, Made] = {}
        """What commands made of it, by client and words."""
        self.advanced: dict[int, State] = {}
        """The state after so many milliseconds."""
        self.ttls = sorted({entry.ttl for entry in entries.values() if entry.ttl is not None})

    def forget(self) -> None:
        """Let go of the states that came of it."""
        self.made.clear()
        self.advanced.clear()


class Made:
    """What a command made of a state."""

    __slots__ = ("data", "reads", "reply", "state", "writes")

    def __init__(self, state: State, reply: Reply, data: bytes, reads: int, writes: int) -> None:
        self.state = state
        self.reply = reply
        self.data = data
        """The reply as RESP bytes."""
        self.reads = reads
        self.writes = writes


class _Chance(random.Random):
    """Random choices, that know whether one was made."""

    used = False

    def random(self) -> float:
        self.used = True
        return super().random()

    def getrandbits(self, k: int, /) -> int:
        self.used = True
        return super().getrandbits(k)


class Keyspaces:
    """All states of one scenario."""

    def __init__(self, scenario: Scenario, clients: int, seed: int = 0, absolute: bool = False) -> None:
        """`clients`: how many connections there are. Raises ScenarioError for what is given and refused."""
        self._seed = seed
        self._absolute = absolute
        self._now = 0
        self.server = Server(clock=self._clock, seed=seed, limits=LIMITS)
        self.keyspace = self.server.keyspace
        self._set_up(scenario)
        self._scripts: Final = frozenset(code.name.encode() for code in scenario.scripts)
        self._reader = self.server.connect()
        self.clients: list[Client] = [self.server.connect() for _ in range(clients)]
        self._plain: Final = tuple(_session_state(client) for client in self.clients)
        self.keyspace.random = self._chance = _Chance(seed)
        self._host = self.server.scripting
        self._compiled = self._host.remembered
        self._compiled.update(self._host.scripts)
        self._bits: dict[Place, int] = {}
        self._entries: dict[Any, Entry] = {}
        self._states: Kept[State] = Kept()
        self.bytes = 0
        """What the states hold, roughly."""
        self._touched = Touched(self._bits)
        self._database = 0
        """That of the client whose command is carried out."""
        self._time_seen = False
        self._host.observer = _Listener(self._issued)
        self.journal = self.keyspace.open_journal()
        entries = {
            (database.index, key): self._entry(database.index, key)
            for database in self.keyspace.databases
            for key in sorted(database.entries)
        }
        self._loaded = self.first = self._state(entries, frozenset(self._host.scripts), self._plain, 0)

    def _clock(self) -> int:
        return (EPOCH + self._now) * 1000

    def _set_up(self, scenario: Scenario) -> None:
        client = self.server.connect()
        for code in scenario.libraries:
            reply = client.execute(b"FUNCTION", b"LOAD", code.source)
            if isinstance(reply, ErrorReply):
                raise ScenarioError(code.line, f"library {code.name}: {printed(reply.message)}")
        for code in scenario.scripts:
            reply = client.execute(b"SCRIPT", b"LOAD", code.source)
            if isinstance(reply, ErrorReply):
                raise ScenarioError(code.line, f"script {code.name}: {printed(reply.message)}")
        for given in scenario.given:
            reply = client.execute(*given.words)
            if isinstance(reply, ErrorReply):
                raise ScenarioError(given.line, f"refused: {printed(reply.message)}")
        client.session.close()

    # What may be asked of a state

    def command(self, state: State, client: int, argv: tuple[bytes, ...]) -> Made:
        """What a command of a client makes of a state. Raises TimeSeen, TooMuch."""
        key = (client, argv)
        made = state.made.get(key)
        if made is None:
            made = state.made[key] = self._carry_out(state, client, argv)
        return made

    def advance(self, state: State, milliseconds: int) -> State:
        """A state when so much time has passed."""
        found = state.advanced.get(milliseconds)
        if found is None:
            entries = {}
            for place, entry in state.entries.items():
                if entry.ttl is None:
                    entries[place] = entry
                elif entry.ttl >= milliseconds:  # at its very end a key is still there (`keyIsExpired`)
                    entries[place] = self._aged(entry, entry.ttl - milliseconds)
            time = state.time + milliseconds if self._absolute else 0
            found = state.advanced[milliseconds] = self._state(entries, state.scripts, state.sessions, time)
        return found

    def without(self, state: State, place: Place) -> State:
        """A state without one of its keys: it was evicted."""
        entries = {other: entry for other, entry in state.entries.items() if other != place}
        return self._state(entries, state.scripts, state.sessions, state.time)

    def without_scripts(self, state: State) -> State:
        """A state whose script cache is empty."""
        return self._state(state.entries, frozenset(), state.sessions, state.time)

    def restarted(self, state: State, earlier: State | None = None) -> State:
        """A server that has begun anew with the keys of a state, or with those of an earlier one: no script is cached,
        no transaction open."""
        return self._state((earlier or state).entries, frozenset(), self._plain, state.time)

    def read(self, state: State, argv: list[bytes]) -> tuple[Reply, bool]:
        """What a command answers that changes nothing, and whether it looked at the state. Raises TimeSeen."""
        self.load(state)
        touched = self._touched = Touched(self._bits)
        try:
            if not argv[0].startswith(b"EVAL"):
                touched.reads = EVERYTHING
            reply = self._reader.execute(*argv)
        finally:
            self._go_back(state)
        return reply, bool(touched.reads | touched.writes)

    def function_name(self, name: bytes) -> bytes:
        """What the function that FCALL means by a name is called; the name itself where there is none."""
        function = self._host.libraries.function(name)
        return name if function is None else function.name

    def can_be_called(self, name: bytes) -> bool:
        """Whether it is the name of a script, a function, or a command in capitals."""
        if name in self._scripts:
            return True
        function = self._host.libraries.function(name)
        if function is not None and function.name == name:
            return True
        return name.isupper() and self.keyspace.commands.find([name]) is not None

    def require_absolute(self) -> None:
        """Somebody looks at the clock. Raises TimeSeen unless states have a time."""
        if not self._absolute:
            raise TimeSeen

    def load(self, state: State) -> None:
        """Bring the server to a state. It must not be changed but through this object."""
        loaded, self._loaded = self._loaded, state
        if loaded is state:
            return
        self._now = state.time
        keyspace = self.keyspace
        now = keyspace.milliseconds()
        before, after = loaded.entries, state.entries
        databases = keyspace.databases
        stands_otherwise = loaded.time != state.time
        touched = set()
        for place in before.keys() - after.keys():
            databases[place[0]].restore_key(place[1], None, None)
        for place, entry in after.items():
            if before.get(place) is not entry or (stands_otherwise and entry.ttl is not None):
                expiry = None if entry.ttl is None else now + entry.ttl
                databases[place[0]].restore_key(place[1], _copied(entry.value), expiry)
                touched.add(place[0])
        for index in touched:
            self._arrange(index)
        if loaded.scripts is not state.scripts:
            self._host.scripts.clear()
            self._host.scripts.update((sha, self._compiled[sha]) for sha in state.scripts)
        if loaded.sessions is not state.sessions:
            self._use_sessions(state.sessions)
        keyspace.attached.clear()

    def _renew(self, state: State, changed: set[tuple[int, bytes | None]]) -> None:
        """What was changed and taken back is the state's own again, in its order, whatever the taking back left."""
        now = self.keyspace.milliseconds()
        for index, key in changed:
            entry = None if key is None else state.entries.get((index, key))
            if entry is not None and type(entry.value) not in (bytes, int):
                expiry = None if entry.ttl is None else now + entry.ttl
                self.keyspace.databases[index].restore_key(entry.place[1], _copied(entry.value), expiry)
        for index in {index for index, _ in changed}:
            self._arrange(index)

    def _arrange(self, index: int) -> None:
        """Keys come in one order, however the state was reached."""
        database = self.keyspace.databases[index]
        keys = list(database.entries)
        if keys != sorted(keys):
            database.arrange(sorted(keys))
        database.order = None

    # Carrying out

    def _carry_out(self, state: State, client: int, argv: tuple[bytes, ...]) -> Made:
        if argv[0].lower() in REFUSED:
            reply: Reply = ErrorReply(b"ERR '%b' is not offered to clients of a scenario" % argv[0].lower())
            return Made(state, reply, encode(reply, 2), 0, 0)
        self.load(state)
        touched = self._touched = Touched(self._bits)
        touched.reads = SERVER
        self._seed_for(client, argv)
        who = self.clients[client]
        self._database = who.session.database.index
        try:
            self._touch_by_client(who, list(argv))
            reply = who.execute(*argv)
            if isinstance(reply, ErrorReply) and reply.message.startswith(KILLED):
                raise ScenarioError(1, "a script does not end within a second")
            after = self._after(state, touched)
        finally:
            self._go_back(state)
        self._touch_time(touched, state, after)
        return Made(after, reply, encode(reply, 2), touched.reads, touched.writes)

    def _go_back(self, state: State) -> None:
        """The server is as it was before a command."""
        host = self._host
        changed = {(record.database.index, record.key) for record in self.journal.records if record.database}
        self.journal.undo(0)
        self._renew(state, changed)
        del host.log[:]
        self._use_sessions(state.sessions)
        if host.scripts.keys() != state.scripts:
            self._compiled.update(host.scripts)
            host.scripts.clear()
            host.scripts.update((sha, self._compiled[sha]) for sha in state.scripts)
        if self._time_seen:
            self._time_seen = False
            raise TimeSeen

    def seed_of(self, client: int, argv: tuple[bytes, ...]) -> int:
        """What chance is fed with where this client says this."""
        return crc32(b"\0".join(argv), (self._seed * 31 + client) & 0xFFFFFFFF)

    def _seed_for(self, client: int, argv: tuple[bytes, ...]) -> None:
        """Chance is the same whenever this client says this."""
        seed = self.seed_of(client, argv)
        self.server._random.seed(seed)
        if self._chance.used:
            self._chance.seed(seed)
            self._chance.used = False

    def _issued(self, issued: Issued) -> None:
        """A script called a command."""
        row = self.keyspace.commands.find(issued.argv)
        if row is not None:
            self._touch(row, issued.argv)
            if row.full_name == b"select":
                self._touched.writes = EVERYTHING

    def _touch_by_client(self, who: Client, argv: list[bytes]) -> None:
        """A client is about to say this; EXEC says what it has queued. It looks at what is watched, and so does WATCH,
        which watches nothing more once one of those was changed."""
        session = who.session
        row = session.find_command(argv)
        if row is None:
            return
        self._touch(row, argv)
        if row.group == "scripting":
            self._touched.reads |= SCRIPTS
        elif row.full_name == b"exec":
            for queued, words in session.queue or ():
                self._touch(queued, words)
        if row.full_name in (b"exec", b"watch"):
            for watch in session.watched:
                self._touched.reads |= self._touched.bit((watch.database.index, watch.key))

    def _touch(self, row: Row, argv: list[bytes]) -> None:
        if not self._absolute and shows_the_clock(row, argv):
            self._time_seen = True
        self._touched.add(row, argv, self._database)

    def _touch_time(self, touched: Touched, state: State, after: State) -> None:
        """Who touches what expires touches time."""
        before, now = state.entries, after.entries
        for place in touched.keys:
            for entries in (before, now):
                entry = entries.get(place)
                if entry is not None and entry.ttl is not None:
                    touched.writes |= TIME
        if state.scripts is not after.scripts:
            touched.writes |= SCRIPTS

    def budget_bit(self, number: int) -> int:
        """That of something that may happen a number of times."""
        return self._touched.bit((-1, b"%d" % number))

    def place_bit(self, place: Place) -> int:
        """That of a key."""
        return self._touched.bit(place)

    def _after(self, state: State, touched: Touched) -> State:
        """The state that the server has come to."""
        entries = state.entries
        changed: set[Place] = set()
        for record in self.journal.records:
            database = record.database
            if database is None:
                continue
            if record.key is None:
                changed.update(place for place in entries if place[0] == database.index)
                changed.update((database.index, key) for key in database.entries)
            else:
                changed.add((database.index, record.key))
        if changed:
            entries = dict(entries)
            for place in changed:
                touched.writes |= touched.bit(place)
                entry = self._entry(*place)
                if entry is not None:
                    entries[place] = entry
                else:
                    entries.pop(place, None)
        touched.keys |= changed
        scripts = state.scripts
        if self._host.scripts.keys() != scripts:
            scripts = frozenset(self._host.scripts)
        return self._state(entries, scripts, self._sessions(state), state.time)

    # Content

    def _entry(self, index: int, key: bytes) -> Any:
        """What the server has at a key, None if nothing."""
        database = self.keyspace.databases[index]
        value = database.entries.get(key)
        if value is None:
            return None
        expiry = database.expiries.get(key)
        ttl = None if expiry is None else expiry - self.keyspace.milliseconds()
        digest = _digest(value, self.keyspace.thresholds)
        known = ((index, key), digest, ttl)
        entry = self._entries.get(known)
        if entry is None:
            self._count(len(key) + _length(digest))
            entry = self._entries[known] = Entry((index, key), _copied(value), ttl)
        return entry

    def _aged(self, entry: Entry, ttl: int) -> Entry:
        known = (entry.place, _digest(entry.value, self.keyspace.thresholds), ttl)
        found = self._entries.get(known)
        if found is None:
            found = self._entries[known] = Entry(entry.place, entry.value, ttl)
        return found

    def _count(self, size: int) -> None:
        self.bytes += size
        if self.bytes > MOST_BYTES:
            raise TooMuch

    def _state(self, entries: dict[Place, Entry], scripts: frozenset[bytes], sessions: Any, time: int) -> State:
        known = (frozenset(entries.values()), scripts, sessions, time)
        state = self._states.get(known)
        if state is None:
            self._count(64 + 16 * len(entries))
            state = self._states[known] = State(entries, scripts, sessions, time)
        return state

    # Transactions

    def _sessions(self, state: State) -> tuple[Any, ...]:
        now = tuple(map(_session_state, self.clients))
        return state.sessions if now == state.sessions else now

    def _use_sessions(self, states: tuple[Any, ...]) -> None:
        for client, wanted in zip(self.clients, states, strict=True):
            if _session_state(client) != wanted:
                _use_session(client, wanted)


class _Listener:
    """Hears what scripts call, and nothing else."""

    def __init__(self, issued: Callable[[Issued], None]) -> None:
        self.command_ended = issued

    def arguments_refused(self, *_: Any) -> None:
        """Nothing was touched."""

    value_lost = script_ended = script_stopped = arguments_refused


_PLAIN: Final[tuple[Any, ...]] = (0, None, False, frozenset())
"""A connection that has remembered nothing."""


def _session_state(client: Client) -> tuple[Any, ...]:
    """What a client's connection remembers: database, transaction, watched keys."""
    session = client.session
    if session.queue is None and not session.watched and session.database.index == 0:
        return _PLAIN
    queue = None if session.queue is None else tuple((row, tuple(argv)) for row, argv in session.queue)
    watched: Iterable[Any] = session.watched
    watches = frozenset((watch.database.index, watch.key, watch.expired, watch.touched) for watch in watched)
    return (session.database.index, queue, session.queue_failed, watches)


def _use_session(client: Client, wanted: tuple[Any, ...]) -> None:
    session = client.session
    index, queue, failed, watches = wanted
    session.unwatch_all()
    session.database = session.keyspace.databases[index]
    session.queue = None if queue is None else [(row, list(argv)) for row, argv in queue]
    session.queue_failed = failed
    for number, key, expired, touched in watches:
        database = session.keyspace.databases[number]
        watch = Watch(database, key, expired)
        watch.touched = touched
        database.watchers.setdefault(key, []).append(watch)
        session.watched.add(watch)
    session.refresh_gate()


def _copied(value: Any) -> Any:
    return value if type(value) is bytes or type(value) is int else value.copy()


def _digest(value: Any, thresholds: Any) -> Any:
    """What stands in a value, as something that can be compared."""
    kind = type(value)
    if kind is bytes or kind is int:
        return value
    if isinstance(value, bytearray):
        return ("raw", bytes(value))
    return save_value(value, thresholds)


def _length(digest: Any) -> int:
    if isinstance(digest, tuple):
        digest = digest[1]
    return len(digest) if isinstance(digest, bytes) else 8
