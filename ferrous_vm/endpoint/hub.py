"""The connections of a server: whose command is carried out, who is told what thereby, and who goes on.

Nothing here knows what carries the bytes: a socket (`sockets.py`) or this process (`in_process.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import RLock, get_ident
from time import sleep
from typing import Final, Protocol

from ferrous_vm.endpoint.requests import ProtocolError, RequestReader, whole_requests, written
from ferrous_vm.keyspace.admission import audible
from ferrous_vm.keyspace.interruption import is_inside_command
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.replies import ErrorReply, Reply, encode
from ferrous_vm.keyspace.server import memory_limit
from ferrous_vm.keyspace.server.mailboxes import take_early, take_messages
from ferrous_vm.keyspace.waiting import Waiting
from ferrous_vm.scripting.host import busy_sentence
from ferrous_vm.scripting.run import ScriptRun
from ferrous_vm.server import Server

CRON: Final = 0.1
"""Seconds between two looks at what nobody's command brings about, as timeouts: Redis looks as often (`hz`)."""

TOO_MANY: Final = b"-ERR max number of clients reached\r\n"

FROM_BROWSERS: Final = frozenset({b"post", b"host:"})
"""First words of HTTP: somebody's page speaks to the server (`securityWarningCommand`, server.c)."""

_OWN: Final = b"ferrous"
"""The command that the endpoint answers itself."""

_ASIDE: Final = FROM_BROWSERS | {_OWN}

_SMALL: Final = 16384
"""Bytes that are looked at whether they are whole requests."""


class Carrier(Protocol):
    """What carries the bytes of one connection."""

    def write(self, data: bytes) -> None:
        """Send the bytes after those before, as soon as may be."""

    def unsent(self) -> int:
        """How many bytes have not gone yet."""

    def end(self, *, at_once: bool) -> None:
        """Close the connection, `at_once` without what has not gone yet."""


class Hub:
    """All connections of one server; at any time one thread is at work on them.

    It holds `lock`. While a script takes too long its thread keeps that, and others work beside it: each holds `aside`,
    as the script does while it carries out a command. So there is always one who changes anything.
    """

    def __init__(self, server: Server) -> None:
        self.server: Final = server
        self.keyspace: Final[Keyspace] = server.keyspace
        self.lock: Final = RLock()
        self.try_to_enter: Final = self.lock.acquire
        self.leave: Final = self.lock.release
        self.aside: Final = RLock()
        self.own_words = _ASIDE
        """First words of what is not for the server."""
        self.busy: ScriptRun | None = None
        """The script that takes too long."""
        self.stand_in = 0
        """The thread that speaks for the loop whose thread runs that script; 0 if none does."""
        self.connections: Final[dict[int, Connection]] = {}
        self.suspects: Final[list[Connection]] = []
        """Those whose session may have been closed by somebody."""
        self.resumed: Final[list[Connection]] = []
        """Those that have their reply, and may have sent more meanwhile."""
        self._is_finishing = False
        self._memory = 0
        """The memory limit that was last seen."""

    def connect(self, carrier: Carrier, address: bytes | None = None, local: bytes | None = None) -> Connection | None:
        """A new connection, between its ends, if known; None, and the refusal is sent, if there are too many."""
        leave = self.enter()
        try:
            if len(self.connections) >= self.keyspace.configuration.number(b"maxclients"):
                carrier.write(TOO_MANY)
                carrier.end(at_once=False)
                return None
            connection = Connection(self, carrier)
            session = connection.client.session
            session.address = address or session.address
            session.local_address = local or session.local_address
            self.connections[session.client_id] = connection
            return connection
        finally:
            leave()

    def enter(self) -> Callable[[], None]:
        """Wait until this thread may work on the connections: when no other does, or beside a script that takes too
        long, which is so as long as `busy` is one. Answers what ends that."""
        if self.try_to_enter(blocking=False):
            return self.leave
        while True:
            if self.busy is not None:
                self.aside.acquire()
                if self.busy is not None:
                    return self.aside.release
                self.aside.release()
            if self.try_to_enter(timeout=_LOOK):
                return self.leave

    def begin_busy(self, run: ScriptRun, *, for_loop: bool) -> bool:
        """The script takes too long: from now on others come to word. Answers whether it still runs. `for_loop`: this
        thread stands in for the loop."""
        scripting = self.server.scripting
        run.hold(self.aside)
        while True:
            with self.aside:
                if scripting.running is not run:
                    return False
                if not is_inside_command(sys._current_frames().get(run.thread)):
                    self.busy = run
                    self.stand_in = get_ident() if for_loop else 0
                    self.keyspace.busy = ErrorReply(busy_sentence(run))
                    self.keyspace.refresh_gates()
                    return True
            sleep(_SOON)

    def script_ended(self) -> None:
        """A script has ended, in this thread: others wait again."""
        with self.aside:
            if self.busy is not None:
                self.busy, self.stand_in, self.keyspace.busy = None, 0, None
                self.keyspace.refresh_gates()

    def settle(self) -> None:
        """Tell everybody what a command has brought about."""
        waiters = self.keyspace.waiters
        if waiters is not None and waiters.has_news:
            for delivery in self.server.deliveries():
                connection = self.connections.get(delivery.client_id)
                if connection is not None:
                    connection.tell(take_early(connection.client.session, delivery.messages_before))
                    connection.answer(delivery.reply)
                    self.resumed.append(connection)
        self.tell_messages()

    def tell_messages(self) -> None:
        """Send what clients were told; he whose script is busy is told afterwards."""
        told = self.keyspace.told
        busy = 0 if self.busy is None else self.busy.caller.client_id
        while told:
            client_id = next((one for one in told if one != busy), 0)
            if not client_id:
                break
            connection = self.connections.get(client_id)
            if connection is None:
                told.pop(client_id)
            else:
                connection.tell(take_messages(connection.client.session))

    def settle_all(self) -> None:
        """`settle`, when everything that has come was carried out."""
        if self.keyspace.tracking is not None:
            self.keyspace.tracking.broadcast()
        self.settle()

    def look_at_clock(self) -> None:
        """Do what is due by the server's clock."""
        self.keyspace.expire_due()
        waiters = self.keyspace.waiters
        if waiters is not None:
            waiters.look_at_clock()
        if self.keyspace.tracking is not None:
            self.keyspace.tracking.limit()
        limit = self.keyspace.thresholds.memory
        if limit != self._memory:  # keys go soon after CONFIG SET, and not only before the next command
            self._memory = limit
            if limit:
                memory_limit.check(self.keyspace)
        self.settle_all()

    def finish(self) -> None:
        """Let go on who has a reply now, and end connections that somebody closed."""
        if self._is_finishing:
            return
        self._is_finishing = True
        try:
            while self.resumed or self.suspects:
                if self.suspects:
                    suspect = self.suspects.pop()
                    if suspect.client.session.closing:
                        suspect.end()
                else:
                    self.resumed.pop(0).go_on()
        finally:
            self._is_finishing = False

    def tick(self) -> None:
        """What nobody's command brings about: time is up, keys expire, clients are idle. Time stands while a script is
        busy."""
        leave = self.enter()
        try:
            if self.busy is not None:
                return
            keyspace = self.keyspace
            self.look_at_clock()
            longest = keyspace.configuration.number(b"timeout") * 1000
            if longest:
                since = keyspace.milliseconds() - longest
                for connection in [one for one in self.connections.values() if one.is_idle_since(since)]:
                    connection.end()
            self.finish()
        finally:
            leave()


_LOOK: Final = 0.02
"""Seconds between two looks whether a script has become busy that keeps others waiting."""

_SOON: Final = 0.001

_NAME: Final = "endpoint"


def hub_of(server: Server) -> Hub:
    """The hub of a server, the same each time."""
    extensions = server.keyspace.extensions
    hub: Hub = extensions.get(_NAME) or extensions.setdefault(_NAME, Hub(server))
    return hub


class Connection:
    """One client, whatever carries its bytes."""

    def __init__(self, hub: Hub, carrier: Carrier) -> None:
        self.hub = hub
        self.carrier = carrier
        self.client = hub.server.connect()
        self.client.session.is_one_stream = True
        self.client.session.unsent = lambda: self.carrier.unsent()  # whichever carries by then
        self.reader = RequestReader(hub.keyspace.configuration.number(b"proto-max-bulk-len"))
        self.has_ended = False
        self.is_full = False
        """The client does not read: nothing more is carried out for it."""
        self._out = bytearray()
        """Replies that are to be sent."""
        self._over_since: int | None = None
        """Since when, in Unix milliseconds, more is unsent than the soft limit."""
        self.client.session.on_reset.append(lambda: hub.suspects.append(self))

    def receive(self, data: bytes) -> None:
        """The client has sent something."""
        hub = self.hub
        leave = hub.leave if hub.try_to_enter(False) else hub.enter()
        try:
            if self.has_ended:
                return
            session = self.client.session
            requests = None
            if self.reader.is_idle and len(data) <= _SMALL and session.authenticated and not self.must_stop:
                requests = whole_requests(data)
            if requests is not None:
                self._carry_out_all(requests)
            else:
                self.reader.feed(data)
                self.go_on()
                if self.reader.unread > hub.keyspace.configuration.number(b"client-query-buffer-limit"):
                    self.end()
            if hub.resumed or hub.suspects:
                hub.finish()
            if hub.keyspace.tracking is not None and hub.busy is None:
                hub.settle_all()
        finally:
            leave()

    def _carry_out_all(self, requests: list[list[bytes]]) -> None:
        """Carry out requests until the client waits or does not read; what is left is read later."""
        for done, words in enumerate(requests):
            if self.must_stop or self.has_ended:
                self.reader.feed(written(requests[done:]))
                break
            self._carry_out(words)
            if len(self._out) >= _MUCH:
                self._flush()
        self._flush()

    @property
    def must_stop(self) -> bool:
        """Whether nothing more can be carried out for now."""
        return self.is_full or self.client.session.waiting is not None

    def go_on(self) -> None:
        """Carry out what has come whole, until the client waits or does not read."""
        reader = self.reader
        reader.longest_bulk = self.hub.keyspace.configuration.number(b"proto-max-bulk-len")
        try:
            while not (self.has_ended or self.must_stop):
                reader.must_log_in = self.client.session.must_log_in
                words = reader.next_request()
                if words is None:
                    break
                self._carry_out(words)
                if len(self._out) >= _MUCH:
                    self._flush()
        except ProtocolError as error:
            self._out += error.reply
            self.end()
        self._flush()

    def _carry_out(self, words: list[bytes]) -> None:
        client, hub = self.client, self.hub
        session = client.session
        if words[0].lower() in hub.own_words:
            self._turn_aside(words)
            return
        reply = client.send(*words)
        told = hub.keyspace.told
        if told and session.client_id in told:
            self._put(take_early(session))
        if not isinstance(reply, Waiting):
            self._out += client.encoded(reply)
        if told and session.client_id in told:
            self._put(take_messages(session))
        if session.closing:
            self.end()
        if (told or hub.keyspace.waiters is not None) and hub.busy is None:
            hub.settle()

    def _turn_aside(self, words: list[bytes]) -> None:
        """What comes to the endpoint rather than to the server."""
        if words[0].lower() != _OWN:
            self.end(at_once=True)
            return
        if self.hub.busy is not None:
            self._out += self.client.encoded(self.hub.keyspace.busy)
            return
        from ferrous_vm.endpoint.ferrous_command import answer, desk_of

        session = self.client.session
        mode = session.reply_mode
        reply = answer(desk_of(self.hub.server), self.client, words)
        self._out += self.client.encoded(audible(session, mode, reply))
        session.last_interaction = self.hub.keyspace.milliseconds()
        self.hub.look_at_clock()

    def answer(self, reply: Reply) -> None:
        """The reply to what waited: the client begins to be idle only now."""
        self.client.session.last_interaction = self.hub.keyspace.milliseconds()
        self._out += self.client.encoded(reply)
        self._flush()

    def tell(self, messages: list[Reply]) -> None:
        """Send what the client did not ask for."""
        self._put(messages)
        self._flush()

    def _put(self, messages: list[Reply]) -> None:
        protocol = self.client.session.protocol
        self._out += b"".join([encode(message, protocol) for message in messages])

    def _flush(self) -> None:
        if self._out:
            data = bytes(self._out)
            self._out.clear()
            if data and not self.has_ended:
                self.carrier.write(data)
                if (unsent := self.carrier.unsent()) and self._is_over(unsent):
                    self.end(at_once=True)

    def _is_over(self, unsent: int) -> bool:
        """Whether so much is unsent that the connection has to end (`checkClientOutputBufferLimits`)."""
        keyspace = self.hub.keyspace
        words = keyspace.configuration.get(b"client-output-buffer-limit").split()
        kind = b"pubsub" if self.client.session.subscribed else b"normal"
        hard, soft, seconds = map(int, words[words.index(kind) + 1 :][:3])
        now = keyspace.milliseconds()
        if not soft or unsent <= soft:
            self._over_since = None
        elif self._over_since is None:
            self._over_since = now
        is_over_for_long = self._over_since is not None and now - self._over_since > seconds * 1000
        return bool(hard and unsent > hard) or is_over_for_long

    def is_idle_since(self, when: int) -> bool:
        """Whether nothing has come since Unix milliseconds `when`, and nothing is waited for."""
        session = self.client.session
        return session.last_interaction < when and session.waiting is None and not session.subscribed

    def end(self, *, at_once: bool = False) -> None:
        """Close the connection from this side, after what is to be sent."""
        if not self.has_ended:
            if not at_once:
                data = bytes(self._out)
                self._out.clear()
                if data:
                    self.carrier.write(data)
            self.lost()
            self.carrier.end(at_once=at_once)

    def lost(self) -> None:
        """The connection is no more: nothing of it stays behind."""
        leave = self.hub.enter()
        try:
            busy = self.hub.busy
            if busy is not None and busy.caller is self.client.session:
                busy.caller.closing = True  # whoever carries out its script ends it then
            elif not self.has_ended:
                self.has_ended = True
                self.hub.connections.pop(self.client.session.client_id, None)
                self.client.close()
        finally:
            leave()


_MUCH: Final = 65536
"""Bytes of replies that are put together before they are sent."""
