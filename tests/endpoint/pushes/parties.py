"""Several clients of one server, here and on a real one: what each step of a dialogue brings to each.

A step is the name of a client and its commands, sent in one piece: `A: MULTI && SET k v && EXEC`; or `@ 80`, by which
so many milliseconds pass. `ID_A` stands for the id of a client. Those with small letters speak RESP3. What a step
brings is a dictionary: the bytes that came, by the name of the client, with ids, addresses and times made alike.
"""

from __future__ import annotations

import re
import select
import socket
import time
from typing import Final

from ferrous_vm import Server
from ferrous_vm.endpoint.hub import Connection, hub_of
from ferrous_vm.endpoint.requests import written
from tests.keyspace.differential import split

Brought = dict[str, bytes]

START: Final = 1_700_000_000_000_000
"""When dialogues begin for Ferrous, in Unix microseconds."""

FIRST_ID: Final = 1001
"""No client has a smaller id, so that ids are known in what is told."""

ALONG: Final = " && "


def client_and_commands(step: str) -> tuple[str, list[list[bytes]]]:
    """The parts of a step."""
    name, _, commands = step.partition(": ")
    return name, [split(command) for command in commands.split(ALONG)]


_CLIENT_LINE: Final = re.compile(
    rb"id=(\d+) addr=\S+(?: laddr=\S+)? fd=\d+ name=(\S*) age=\d+ idle=\d+ flags=(\S+) (?:capa=\S* )?db=(\d+) "
    rb"sub=(\d+) psub=(\d+) (?:ssub=(\d+) )?"
)


_COUNTED: Final = re.compile(
    rb"^((?:blocked|tracking|pubsub|watching)_clients|total_(?:watched|blocking)_keys|pubsub(?:shard)?_(?:channels|patterns)"
    rb"|tracking_total_\w+|expired_keys|errorstat_\w+|clients_in_timeout_table"
    rb"|cmdstat_(?!ping|config|client\|id|hello|info|flushall|script|select)[\w|]+):(.*?)\r$",
    re.MULTILINE,
)
"""What INFO counts that has nothing to do with who asks."""


class Names:
    """What is alike in what two servers tell: clients by their names."""

    def __init__(self) -> None:
        self.identities: dict[int, str] = {}
        self.addresses: dict[bytes, str] = {}
        self.control = b""
        """Where commands come from that are no part of the dialogue."""

    def add(self, name: str, identity: int, address: bytes) -> None:
        self.identities[identity] = name
        self.addresses[address] = name

    def plain(self, data: bytes) -> bytes:
        """The bytes, with names of clients instead of ids and addresses, and without times."""
        if b"\r\n# " in data or b"txt:# " in data:
            counted = (b"%b:%b" % found for found in _COUNTED.findall(data))
            data = b"\n".join(sorted(re.sub(rb"usec\w*=[\d.]+,", b"", line) for line in counted))
        if b" fd=" in data:
            data = b"".join(sorted(b"%b %b %b %b %b %b %b\n" % row for row in _CLIENT_LINE.findall(data)))
        data = re.sub(rb"\$5\r\n\d\.\d\.\d\r\n", b"(version)", data)
        data = re.sub(rb"\+\d{10}\.\d{6} \[(\d+) ", rb"+[\1 ", data)
        if self.control:
            data = re.sub(rb"\+\[0 %b\] [^\r]*\r\n" % re.escape(self.control), b"", data)
        for address, name in self.addresses.items():
            data = data.replace(b" %b] " % address, b" @%b] " % name.encode())
        return re.sub(rb"\b(\d{4,})\b", self._name, data)

    def _name(self, found: re.Match[bytes]) -> bytes:
        name = self.identities.get(int(found[1]))
        return found[1] if name is None else b"ID_" + name.encode()


class _Carrier:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data

    def unsent(self) -> int:
        return 0

    def end(self, *, at_once: bool) -> None:
        self.data += b"(closed)"


class OurParty:
    """Connections to an endpoint whose clock stands but for what the dialogue waits for."""

    def __init__(self, names: str, profile: str = "redis-7.0", engine: str = "translator") -> None:
        self.now = START
        self.server = Server(engine, profile=profile, clock=lambda: self.now)
        self.server.keyspace.next_client_id = FIRST_ID
        self.hub = hub_of(self.server)
        self.carriers: dict[str, _Carrier] = {}
        self.connections: dict[str, Connection] = {}
        self.names = Names()
        for name in names:
            self._connect(name)

    def _connect(self, name: str) -> None:
        carrier = self.carriers[name] = _Carrier()
        connection = self.hub.connect(carrier)
        assert connection is not None
        self.connections[name] = connection
        session = connection.client.session
        self.names.add(name, session.client_id, session.address)
        if name.islower():
            connection.receive(written([[b"HELLO", b"3"]]))
            carrier.data = b""

    def waits(self, name: str) -> bool:
        return self.connections[name].client.session.waiting is not None

    def has_ended(self, name: str) -> bool:
        return self.connections[name].has_ended

    def ask(self, step: str) -> Brought:
        """What a step brings."""
        if step.startswith("@"):
            self.now += int(step[1:]) * 1000
            self.hub.tick()
        else:
            name, commands = client_and_commands(step)
            ids = {b"ID_" + who.encode(): identity for identity, who in self.names.identities.items()}
            self.connections[name].receive(
                written([[b"%d" % ids[word] if word in ids else word for word in words] for words in commands])
            )
        brought = {name: self.names.plain(carrier.data) for name, carrier in self.carriers.items()}
        for carrier in self.carriers.values():
            carrier.data = b""
        return {name: data for name, data in brought.items() if data}


class _Socket:
    """One connection to a real server, read as it comes."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.has_ended = False

    def ask(self, *argv: bytes) -> bytes:
        """A reply, which has to be a short one."""
        self.socket.sendall(written([list(argv)]))
        return self.socket.recv(65536)

    def come(self) -> bytes:
        """What has come."""
        data = b""
        self.socket.setblocking(False)
        try:
            while not self.has_ended:
                piece = self.socket.recv(1 << 20)
                data += piece
                if not piece:
                    self.has_ended = True
                    data += b"(closed)"
        except BlockingIOError:
            pass
        except ConnectionResetError:
            self.has_ended = True
            data += b"(closed)"
        finally:
            self.socket.settimeout(20)
        return data


class RealParty:
    """Connections to a real server, which is brought back to how it was."""

    def __init__(self, names: str, port: int) -> None:
        self.control = _Socket(port)
        while int(self.control.ask(b"CLIENT", b"ID")[1:]) < FIRST_ID:
            self.control.socket.close()
            self.control = _Socket(port)
        for command in (b"FLUSHALL", b"CONFIG SET maxmemory 0", b"CONFIG SET tracking-table-max-keys 1000000"):
            self.control.ask(*command.split())
        self.control.ask(b"CONFIG", b"SET", b"notify-keyspace-events", b"")
        self.control.ask(b"CONFIG", b"RESETSTAT")
        self.sockets: dict[str, _Socket] = {}
        self.names = Names()
        self.names.control = b"%b:%d" % (b"127.0.0.1", self.control.socket.getsockname()[1])
        for name in names:
            connection = self.sockets[name] = _Socket(port)
            own = connection.socket.getsockname()
            self.names.add(name, int(connection.ask(b"CLIENT", b"ID")[1:]), b"%b:%d" % (own[0].encode(), own[1]))
            if name.islower():
                connection.ask(b"HELLO", b"3")

    def ask(self, step: str) -> Brought:
        """What a step brings, once the server has settled."""
        if step.startswith("@"):
            time.sleep(int(step[1:]) / 1000)
        else:
            name, commands = client_and_commands(step)
            ids = {b"ID_" + who.encode(): identity for identity, who in self.names.identities.items()}
            words = [[b"%d" % ids[word] if word in ids else word for word in words] for words in commands]
            self.sockets[name].socket.sendall(written(words))
            if b"FLUSH" in step.upper().encode():
                select.select([self.sockets[name].socket], [], [], 0.05)  # some servers let it wait for a moment
        for _ in range(2):  # what was read before the first is carried out with it, and has gone before the second
            self.control.ask(b"PING")
        come = {name: self.names.plain(connection.come()) for name, connection in self.sockets.items()}
        return {name: data for name, data in come.items() if data}

    def close(self) -> None:
        for connection in (self.control, *self.sockets.values()):
            connection.socket.close()
        time.sleep(0.001)
