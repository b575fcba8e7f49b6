"""Who waits in a keyspace, for what, and in which order they are served (blocked.c).

A command that finds nothing may wait where its client may (`Client.send`): then it is a `Waiting`, and the client gets
its reply later. Whatever makes a key ready tells of it (`Database.put` and its like, while somebody waits for the key),
and when the command of that client has ended, MULTI and scripts as a whole, those who wait for the key are served, the
longest waiting first. Replies that are due lie in `delivered` until the host fetches them.

Redis 7.0 serves a client with the one key that is ready; later servers carry out its command once more
(`Profile.waiting_runs_again`). Times are those of the keyspace's clock: nothing here waits itself.

Imported when somebody waits for the first time; until then `Keyspace.waiters` is None and nobody pays.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from ferrous_vm.errors import CommandError, LimitExceeded, PartMissing
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.admission import audible
from ferrous_vm.keyspace.execute import execute, failed, tell_time, with_own_messages
from ferrous_vm.keyspace.replies import NULL_ARRAY, ErrorReply, Reply
from ferrous_vm.keyspace.server.mailboxes import messages_waiting
from ferrous_vm.keyspace.server.memory_limit import may_write
from ferrous_vm.records import MutableRecord, Record

if TYPE_CHECKING:
    from ferrous_vm.keyspace.command_table import Row
    from ferrous_vm.keyspace.database import Database, Value
    from ferrous_vm.keyspace.journal import Opposite
    from ferrous_vm.keyspace.keyspace import Keyspace
    from ferrous_vm.keyspace.session import Session

LIST: Final = b"list"
SORTED_SET: Final = b"zset"
STREAM: Final = b"stream"
REPLICAS: Final = b"replicas"
"""WAIT: no key, and only time ends it."""
PAUSE: Final = b"pause"
"""CLIENT PAUSE: the command has not begun."""

_STREAM_GONE: Final = ErrorReply(b"UNBLOCKED the stream key no longer exists")
UNBLOCKED: Final = ErrorReply(b"UNBLOCKED client unblocked via CLIENT UNBLOCK")


class Waiting(MutableRecord):
    """A command that waits."""

    session: Session
    row: Row
    words: list[bytes]
    """The command; `$` has become the id it stood for."""
    keys: list[bytes]
    kind: bytes
    """The type that a key must have, as TYPE answers it, or what else is waited for."""
    deadline: int | None
    """Unix milliseconds after which there is an answer anyway; None: never."""
    serve: Callable[[bytes], Reply]
    """Carries out the command with a key that is ready; answers None if that does not do yet."""
    nothing: Reply = NULL_ARRAY
    """The reply when time is up."""
    ends_with_key: bool = False
    """It is an error too if the key goes (XREADGROUP)."""
    mode: bytes = b"on"
    """What CLIENT REPLY had said before."""
    number: int = 0
    """Counts those who began to wait."""
    delivery: Delivery | None = None
    """Its reply, if it has one."""


class Delivery(Record):
    """A reply to a command that waited."""

    client_id: int
    reply: Reply
    messages_before: int = 0
    """How many messages the client had been told and not fetched."""


class Waiters:
    """Everybody who waits in one keyspace."""

    def __init__(self, keyspace: Keyspace) -> None:
        self.keyspace: Final = keyspace
        self.waiting: Final[dict[int, Waiting]] = {}
        """By the id of the client."""
        self.delivered: list[Delivery] = []
        self.resumed: Waiting | None = None
        """What is carried out once more."""
        self._kinds: Final[Counter[bytes]] = Counter()
        self._begun = 0
        self._ready: Final[OrderedDict[tuple[int, bytes], Database]] = OrderedDict()
        """The keys that are ready and not yet served, with their databases."""
        self._is_serving = False
        self._pause_end = 0
        self._pauses_all = False

    @property
    def is_needed(self) -> bool:
        """Whether commands must come by here."""
        return bool(self.waiting) or self.is_paused

    # Beginning and ending

    def begin(self, waiting: Waiting) -> None:
        """From now on the session waits; the journal takes it back."""
        self._begun += 1
        waiting.number = self._begun
        waiting.mode = waiting.session.reply_mode
        if self.resumed is not None and self.resumed.session is waiting.session:
            waiting.deadline, waiting.mode = self.resumed.deadline, self.resumed.mode
        self._count(waiting, -1)
        self._enter(waiting)
        if self.keyspace.journal is not None:
            self.keyspace.journal.note(self._leave, waiting)

    def _count(self, waiting: Waiting, calls: int) -> None:
        """A command that is carried out anew counts when it has ended, and not when it began to wait."""
        if self.keyspace.profile.waiting_runs_again and waiting.kind != PAUSE:
            self.keyspace.statistics.calls[waiting.row.number] += calls

    def end(self, waiting: Waiting, reply: Reply) -> None:
        """The command has its reply."""
        self._stop(waiting)
        self._count(waiting, 1)
        if isinstance(reply, ErrorReply):
            self.keyspace.statistics.fail(waiting.row, reply)
        self._deliver(waiting, audible(waiting.session, waiting.mode, reply))

    def _stop(self, waiting: Waiting) -> None:
        """It waits no more; the journal takes that back, and the reply that it may be given now."""
        self._leave(waiting)
        if self.keyspace.journal is not None:
            self.keyspace.journal.note(self._withdraw, waiting)

    def _deliver(self, waiting: Waiting, reply: Reply) -> None:
        waiting.delivery = Delivery(waiting.session.client_id, reply, messages_waiting(waiting.session))
        self.delivered.append(waiting.delivery)

    def forget(self, session: Session) -> None:
        """The client is gone, and nothing reaches it any more."""
        if session.waiting is not None:
            self._leave(session.waiting)
        self.delivered = [delivery for delivery in self.delivered if delivery.client_id != session.client_id]

    def _withdraw(self, waiting: Waiting) -> Opposite:
        """Let the command wait again, unless its reply has been fetched."""
        delivery = waiting.delivery
        if delivery is not None and not any(delivery is one for one in self.delivered):
            return None
        self.delivered = [one for one in self.delivered if one is not delivery]
        waiting.delivery = None
        return None if self._enter(waiting) is None else partial(self._give, waiting, delivery)

    def _give(self, waiting: Waiting, delivery: Delivery | None) -> Opposite:
        self._leave(waiting)
        if delivery is not None:
            waiting.delivery = delivery
            self.delivered.append(delivery)
        return partial(self._withdraw, waiting)

    def _enter(self, waiting: Waiting) -> Opposite:
        """Wait, unless the client is gone."""
        session, client_id = waiting.session, waiting.session.client_id
        if session.closing:
            return None
        was_needed = self.is_needed
        session.waiting = self.waiting[client_id] = waiting
        self._kinds[waiting.kind] += 1
        awaited = session.database.awaited
        is_first = not awaited
        for key in waiting.keys:
            queue = awaited.setdefault(key, {})
            queue[client_id] = waiting
            if len(queue) > 1:
                awaited[key] = dict(sorted(queue.items(), key=lambda item: item[1].number))
        if is_first and awaited:
            self.keyspace.refresh_attention()
        if not was_needed:
            self.keyspace.refresh_gates()
        return partial(self._leave, waiting)

    def _leave(self, waiting: Waiting) -> Opposite:
        """Wait no more, if it still waits: the client may be gone."""
        session, client_id = waiting.session, waiting.session.client_id
        if self.waiting.get(client_id) is not waiting:
            return None
        session.waiting = None
        del self.waiting[client_id]
        self._kinds[waiting.kind] -= 1
        awaited = session.database.awaited
        for key in waiting.keys:
            queue = awaited.get(key)
            if queue is not None:
                queue.pop(client_id, None)
                if not queue:
                    del awaited[key]
        if waiting.keys and not awaited:
            self.keyspace.refresh_attention()
        if not self.is_needed:
            self.keyspace.refresh_gates()
        return partial(self._enter, waiting)

    # What a database tells

    def signal(self, database: Database, key: bytes, kind: bytes) -> None:
        """There may be something for who waits for `key` of type `kind` (`signalKeyAsReady`)."""
        place = (database.index, key)
        if self._kinds[kind] and key in database.awaited:
            self._ready.setdefault(place, database)

    def stored(self, database: Database, key: bytes, before: Value | None, value: Value) -> None:
        """`key` was given a value: a new key may serve somebody, a stream that is overwritten is gone."""
        if before is None:
            self.signal(database, key, _type_of(value))
        elif before is not value and _type_of(before) == STREAM and self.keyspace.profile.waiting_ends_with_key:
            self.signal(database, key, STREAM)

    def removed(self, database: Database, key: bytes, value: Value) -> None:
        """`key` was deleted."""
        if _type_of(value) == STREAM and self.keyspace.profile.waiting_ends_with_key:
            self.signal(database, key, STREAM)

    def exchanged(self, database: Database, entries: dict[bytes, Value]) -> None:
        """All keys of the database are others now (`scanDatabaseForDeletedKeys`, `scanDatabaseForReadyKeys`)."""
        before = database.entries
        for key in database.awaited:
            is_stream_still = key in entries and _type_of(entries[key]) == STREAM
            if key in before and not is_stream_still:
                self.removed(database, key, before[key])
        for key in database.awaited:
            if key in entries:
                self.signal(database, key, _type_of(entries[key]))

    # Serving

    def serve(self) -> None:
        """Serve those whose keys are ready, and whose keys become ready thereby (`handleClientsBlockedOnKeys`)."""
        if self._is_serving:
            return
        self._is_serving = True
        place = None
        try:
            while self._ready:
                place, database = self._ready.popitem(last=False)
                self._serve_key(database, place[1])
        except BaseException:  # whoever is left is served when the next command has ended
            if place is not None:
                self._ready[place] = database
                self._ready.move_to_end(place, last=False)
            raise
        finally:
            self._is_serving = False

    def _serve_key(self, database: Database, key: bytes) -> None:
        keyspace = self.keyspace
        frozen = keyspace.frozen
        keyspace.freeze()
        try:
            value = database.lookup(key)
            kind = None if value is None else _type_of(value)
            for waiting in list(database.awaited.get(key, {}).values()):
                there = database.entries.get(key)
                if waiting.kind == kind and there is value:
                    self._serve_one(waiting, key)
                elif waiting.ends_with_key and (there is None or _type_of(there) != STREAM):
                    if keyspace.profile.waiting_runs_again:
                        self._run_again(waiting)
                    else:
                        self.end(waiting, _STREAM_GONE)
        finally:
            keyspace.frozen = frozen

    def _serve_one(self, waiting: Waiting, key: bytes) -> None:
        if self.keyspace.profile.waiting_runs_again:
            self._run_again(waiting)
            return
        keyspace, session, journal = self.keyspace, waiting.session, self.keyspace.journal
        mark = 0 if journal is None else journal.savepoint()
        before = keyspace.current, keyspace.executes
        keyspace.current, keyspace.executes = session, True
        session.command, session.has_reply, session.begins_reply = (waiting.row, waiting.words), False, False
        author = None if keyspace.tracking is None else keyspace.tracking.begin(session)
        if keyspace.tracking is not None and waiting.kind == LIST and waiting.row.name != b"blmpop":
            keyspace.tracking.served = key
        start = keyspace.clock()
        try:
            reply = waiting.serve(key)
        except CommandError as error:
            reply = ErrorReply(error.message, error.word, error.reading)
        except LimitExceeded as error:
            reply = ErrorReply(b"ERR " + error.message)
        except PartMissing:
            raise
        except Exception as error:  # as `call` does
            if journal is not None:
                journal.undo(mark)
            reply = failed(error)
        finally:
            if keyspace.tracking is not None:
                keyspace.tracking.author, keyspace.tracking.served = author, None
                keyspace.tracking.settle()
            keyspace.current, keyspace.executes = before
        if reply is not None:
            tell_time(session, waiting.row, list(waiting.words), start)
            self.end(waiting, with_own_messages(session, waiting.row, reply) if session.among_reply else reply)

    def _run_again(self, waiting: Waiting) -> None:
        """Carry out the command from its beginning: it has a reply now, or waits on behind the others."""
        session = waiting.session
        if self.waiting.get(session.client_id) is not waiting:
            return
        self._stop(waiting)
        self.resumed = None if waiting.kind == PAUSE else waiting
        session.may_wait = True
        try:
            reply = execute(session, list(waiting.words))
        except BaseException:
            self._take_up(waiting)
            raise
        finally:
            session.may_wait = False
            self.resumed = None
        if session.waiting is None:
            self._deliver(waiting, reply)

    def _take_up(self, waiting: Waiting) -> None:
        """What was carried out again was interrupted: it waits as before, but for what a pause had held back, which may
        have done half of its work: that has an error as its reply."""
        if waiting.session.waiting is not None:
            return
        if waiting.kind == PAUSE:
            self._deliver(waiting, ErrorReply(messages.INTERRUPTED))
        elif self._enter(waiting) is not None and self.keyspace.journal is not None:
            self.keyspace.journal.note(self._leave, waiting)

    # Pauses

    @property
    def is_paused(self) -> bool:
        """Whether CLIENT PAUSE holds commands back."""
        return self._pause_end >= self.keyspace.milliseconds()

    def pause(self, end: int, *, is_for_all: bool) -> None:
        """Hold back commands until Unix milliseconds `end`, those that write or all; the longest and widest pause
        counts (`pauseClients`)."""
        self._pauses_all = is_for_all or (self.is_paused and self._pauses_all)
        self._pause_end = max(self._pause_end, end)
        self.keyspace.refresh_gates()

    def unpause(self) -> None:
        """Go on; those who were held back do so when replies are fetched."""
        self._pause_end = 0
        self.keyspace.refresh_gates()

    def holds_back(self, session: Session, row: Row, argv: list[bytes]) -> bool:
        """Whether the command has to wait for the end of a pause."""
        if not self.is_paused or not session.may_wait:
            return False
        queued = session.queue if row.name == b"exec" else None
        return self._pauses_all or any(may_write(session, *each) for each in queued or [(row, argv)])

    def hold_back(self, session: Session, row: Row, argv: list[bytes]) -> None:
        """The command waits for the end of the pause."""
        self.begin(Waiting(session, row, argv, [], PAUSE, None, _not_yet))

    # What the host asks

    @property
    def has_news(self) -> bool:
        """Whether `deliveries` has something, but for what the clock brings."""
        return bool(self.delivered) or (self._kinds[PAUSE] > 0 and not self.is_paused)

    def deliveries(self) -> list[Delivery]:
        """The replies that are due, in the order in which they came about."""
        self.look_at_clock()
        delivered, self.delivered = self.delivered, []
        return delivered

    def look_at_clock(self) -> None:
        """Let go on whose pause has ended, and answer to whose time is up."""
        for database in self.keyspace.databases:
            if database.awaited:
                database.purge_expired()
        if not self.is_paused:
            for waiting in [waiting for waiting in self.waiting.values() if waiting.kind == PAUSE]:
                self._run_again(waiting)
            if not self.is_needed:
                self.keyspace.refresh_gates()
        self.serve()
        now = self.keyspace.milliseconds()
        late = [waiting for waiting in self.waiting.values() if waiting.deadline is not None and waiting.deadline < now]
        for waiting in sorted(late, key=lambda waiting: (waiting.deadline, waiting.number)):
            self.end(waiting, waiting.nothing)

    def next_deadline(self) -> int | None:
        """The first of the Unix milliseconds at which `deliveries` may have something that it has not now."""
        times = [waiting.deadline for waiting in self.waiting.values() if waiting.deadline is not None]
        if any(waiting.kind == PAUSE for waiting in self.waiting.values()):
            times.append(self._pause_end)
        if any(waiting.ends_with_key for waiting in self.waiting.values()):
            ends = (database.next_expiry() for database in self.keyspace.databases if database.awaited)
            times += [end for end in ends if end is not None]
        return min(times) + 1 if times else None


def _type_of(value: Value) -> bytes:
    return b"string" if isinstance(value, int | bytes) else value.type_name


def _not_yet(key: bytes) -> Reply:
    return None


def waiters_of(keyspace: Keyspace) -> Waiters:
    """Those who wait in `keyspace`; from now on it knows them."""
    if keyspace.waiters is None:
        keyspace.waiters = Waiters(keyspace)
    waiters: Waiters = keyspace.waiters
    return waiters
