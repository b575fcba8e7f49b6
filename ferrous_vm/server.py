"""A Redis server in one object: `Server`, and `Client`, a connection to it. The public surface for Redis scripts.

RDB files are read and written by modules that are imported when first asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ferrous_vm import engines
from ferrous_vm.bounds import FEW
from ferrous_vm.errors import CommandError, LimitExceeded, StateError
from ferrous_vm.keyspace import commands as _keyspace_commands  # noqa: F401 - registers the commands
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.execute import execute
from ferrous_vm.keyspace.interruption import is_between_commands
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.keyspace.replies import NO_REPLY, ErrorReply, Reply, encode, size_of
from ferrous_vm.keyspace.server.mailboxes import take_messages
from ferrous_vm.keyspace.session import Session
from ferrous_vm.limits import Limits
from ferrous_vm.progress import Progress, unwatched
from ferrous_vm.scripting import commands as _scripting_commands  # noqa: F401 - registers the commands
from ferrous_vm.scripting.host import Scripting
from ferrous_vm.scripting.log import Log, LogLine
from ferrous_vm.values.random import Drand48

if TYPE_CHECKING:
    from ferrous_vm.keyspace.cluster import Cluster
    from ferrous_vm.keyspace.waiting import Delivery, Waiters, Waiting

DEFAULT_ENGINE: Final = engines.DEFAULT

FIRST_RANDOM_STATE: Final = 0x1234ABCD
"""The seed of `math.random` in a Redis that has just started (rand.c)."""


INTERRUPTED: Final = b"Script killed by Ferrous: its host has interrupted it"
"""What the client of a script is told that the host ends."""


def system_clock() -> int:
    """Unix time in microseconds."""
    return time.time_ns() // 1000


def _discard(text: bytes) -> None:
    """Scripts have no `print`."""


class Server:
    """An in-memory Redis that runs scripts.

    `engine`: "translator" or "machine"; the machine runs what the translator cannot, and runs that count instructions.
    Another raises StateError. `clock` answers Unix microseconds as an int, by default the system's. `seed`, any int,
    makes every random choice repeatable (of `math.random` its low 32 bits); without it commands choose at random, and
    `math.random` begins as in a fresh Redis. `limits` hold for every run of a script: 5 seconds and 512 MiB unless they
    say otherwise. `profile` is the server imitated, Redis 7.0.15 unless it is another of `ferrous_vm.PROFILES`; a name
    that is none of them raises StateError. `shuffle`, any int, is told to `Server.shuffle`. `cluster` makes it one node
    of `ferrous_vm.keyspace.cluster.Cluster`, with that node's slots only.
    """

    def __init__(
        self,
        engine: str = DEFAULT_ENGINE,
        *,
        clock: Callable[[], int] = system_clock,
        seed: int | None = None,
        limits: Limits | None = None,
        profile: str | Profile = REDIS_7_0_15,
        shuffle: int | None = None,
        cluster: Cluster | None = None,
    ) -> None:
        engines.require(engine)
        limits = limits or Limits()
        self._random = random = Drand48(FIRST_RANDOM_STATE if seed is None else seed)
        self.keyspace = Keyspace(clock=clock, seed=seed, profile=profile_named(profile), cluster=cluster)
        self.keyspace.bounds.use(limits)

        def create_runtime(name: str) -> Any:
            return engines.create(name, write=_discard, random=random, may_interrupt=is_between_commands)

        self.shuffle(shuffle)
        if limits.instructions is not None:
            engine = engines.REFERENCE
        self.scripting = Scripting(self.keyspace, create_runtime, (engine, engines.REFERENCE), limits)

    def seed(self, seed: int) -> None:
        """Begin both sequences of random choices anew, that of commands and, with the low 32 bits, of `math.random`."""
        self.keyspace.random.seed(seed)
        self._random.seed(seed)

    @property
    def random_state(self) -> tuple[Any, int]:
        """What decides the random choices to come, those of commands and those of `math.random`; it can be set back."""
        return self.keyspace.random.getstate(), self._random.state

    @random_state.setter
    def random_state(self, state: tuple[Any, int]) -> None:
        """Go back to what `random_state` once told."""
        choices, self._random.state = state
        self.keyspace.random.setstate(choices)

    def shuffle(self, seed: int | None) -> None:
        """From now on SMEMBERS, HGETALL, KEYS and all whose order Redis leaves open answer in one that `seed` decides;
        None: in the order of insertion."""
        if seed is None:
            self.keyspace.shuffle = None
            return
        from ferrous_vm.keyspace.server.shuffling import Shuffle

        self.keyspace.shuffle = Shuffle(seed)

    def connect(self) -> Client:
        """A new connection: database 0, RESP2, the user `default`, no transaction."""
        return Client(Session(self.keyspace))

    def save_rdb(self, writing: Progress = unwatched, checking: Progress = unwatched) -> bytes:
        """Everything stored and the function libraries as an RDB file of version 10, which redis-server 7.0 loads.

        `writing` hears how many of the keys are written, `checking` then how many bytes are summed up.
        """
        from ferrous_vm.keyspace.encodings.rdb_files import save_file

        return save_file(self.keyspace, self.keyspace.library_sources(), writing, checking)

    def load_rdb(
        self,
        data: bytes,
        reading: Progress = unwatched,
        checking: Progress = unwatched,
        filling: Progress = unwatched,
    ) -> None:
        """Hold what an RDB file of version 1 to 10 holds, and nothing else.

        Raises CommandError for a file that Redis would not load, or one with modules' data; then nothing has changed.
        `reading` hears how many of the bytes are read, `checking` how many are summed up, and `filling` then how many
        of the keys are there.
        """
        from ferrous_vm.keyspace.encodings.rdb_files import load_file, restore_keyspace
        from ferrous_vm.scripting.payload import dump_libraries

        contents = load_file(data, self.keyspace.thresholds, reading, checking)
        libraries = dump_libraries(contents.libraries, self.keyspace.profile.rdb_version)
        reply = self.connect().execute(b"FUNCTION", b"RESTORE", libraries, b"FLUSH")
        if isinstance(reply, ErrorReply):
            raise CommandError(reply.message)
        restore_keyspace(self.keyspace, contents, filling)

    def deliveries(self) -> list[Delivery]:
        """The replies to commands that waited (`Client.send`) and are due now, in the order in which they came about:
        each with the id of its client, as CLIENT ID answers it, and the reply as a value.

        Ask after every command, and when `next_deadline` has come.
        """
        waiters = self.keyspace.waiters
        return [] if waiters is None else list(waiters.deliveries())

    def next_deadline(self) -> int | None:
        """When `deliveries` is to be asked again though nobody sent a command, in Unix milliseconds; None: never."""
        waiters: Waiters | None = self.keyspace.waiters
        return None if waiters is None else waiters.next_deadline()

    def interrupt(self) -> bool:
        """End the script that runs, whatever it has done, from any thread: its client is told so by an error, and what
        it wrote stays. Answers whether one ran. It ends where it may, which is soon, and never within a command."""
        run = self.scripting.running
        return run is not None and run.kill(INTERRUPTED)

    def take_log(self) -> list[LogLine]:
        """The lines scripts wrote with `redis.log` since this was last asked, oldest first: level 0
        (debug) to 3 (warning), message, and the script's line from 1, None where it is not known."""
        lines, self.scripting.log = self.scripting.log, Log()
        return lines


class Client:
    """One connection; what it selects, watches and queues is its own."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def execute(self, *argv: bytes) -> Reply:
        """Run one command, for example ``execute(b"SET", b"k", b"v")``, and answer its reply as a value: a Status, int,
        bytes, None, list or another of those that `ferrous_vm.keyspace.replies` lists. No words, no reply: NO_REPLY.

        Errors are answered too, as ErrorReply with Redis's sentence: nothing a user can send raises.
        """
        session = self.session
        keyspace = session.keyspace
        session.last_interaction = keyspace.milliseconds()
        if keyspace.debugger is not None:
            taken: Reply | None = keyspace.debugger.take(session, list(argv))
            if taken is not None:
                return taken
        return execute(session, list(argv)) if argv else NO_REPLY

    def send(self, *argv: bytes) -> Reply | Waiting:
        """`execute` for a client that can be told later: a command that finds nothing, or that CLIENT PAUSE holds back,
        waits, and `Server.deliveries` has its reply.

        The `Waiting` tells its keys, its deadline in Unix milliseconds and its words, with `$` as the id it stood for.
        The client sends nothing else meanwhile: StateError. `close` ends the waiting too.
        """
        session = self.session
        if session.waiting is not None:
            raise StateError("a client that waits", "one that does not")
        session.may_wait = True
        try:
            reply = self.execute(*argv)
        finally:
            session.may_wait = False
        waiting: Waiting | None = session.waiting
        return reply if waiting is None else waiting

    def close(self) -> None:
        """End the connection: nothing of it stays behind."""
        self.session.close()

    def execute_resp(self, *argv: bytes) -> bytes:
        """Run one command and answer its reply as RESP bytes, in the protocol the connection is in afterwards: 2
        at first, then what HELLO said. Several replies, as SUBSCRIBE gives, follow each other; none are b""."""
        return self.encoded(self.execute(*argv))

    def encoded(self, reply: Reply) -> bytes:
        """A reply as RESP bytes in the connection's protocol; one that is too large is an error."""
        session = self.session
        try:
            if type(reply) is not list:
                return encode(reply, session.protocol, session.keyspace.profile.double_text)
            bounds = session.keyspace.bounds
            if len(reply) > FEW:
                bounds.check_reply(size_of(reply))
            data = encode(reply, session.protocol, session.keyspace.profile.double_text)
            if len(data) > bounds.most_bytes:
                bounds.check_reply(len(data))
            return data
        except LimitExceeded as error:
            message = b"ERR " + error.message
        except MemoryError:
            message = messages.OUT_OF_MEMORY
        return encode(ErrorReply(message), session.protocol)

    def take_messages(self) -> list[bytes]:
        """What this connection was told and did not ask for since this was last asked, each as RESP bytes: messages of
        what it subscribed to, keys that its cache must forget (CLIENT TRACKING), and the lines of MONITOR."""
        session = self.session
        if session.keyspace.tracking is not None:
            session.keyspace.tracking.broadcast()
        return [encode(message, session.protocol) for message in take_messages(session)]
