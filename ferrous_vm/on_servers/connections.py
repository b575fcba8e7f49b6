"""Connections to servers that run, which redis-py or valkey-py makes: TLS, users, sentinels and clusters are theirs.

    redis://user:password@host:6379/0     rediss:// with TLS, unix:///path of a socket; valkey:// and valkeys:// too
    sentinel://host:26379,host:26380/service/0       the primary that the sentinels name

What goes over a connection is raw, for a client library would read replies as its own values and drop parts of errors.
A node of a cluster leads to all of its primaries.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from ferrous_vm.keyspace.profiles.profile import PROFILES
from ferrous_vm.keyspace.slots import slot_of
from ferrous_vm.records import Record
from ferrous_vm.workbench.resp import parse

SECONDS: Final = 60.0
"""How long a reply is waited for."""

LIBRARIES: Final = ("redis", "valkey")
"""Those that can make connections; they are alike."""

SENTINEL: Final = "sentinel"
"""The scheme of an address that names sentinels."""

AUTHORITY: Final = re.compile(r"(?<=://)[^/@]*@")

NESTED: Final = {b"*": 1, b"~": 1, b">": 1, b"%": 2}
"""By the mark of a reply that holds others, how many for each that it counts."""


class Unreachable(Exception):
    """A server cannot be reached, or does not go on; the message is for a person."""


class Connection:
    """One connection, in RESP2 at first; `ask` answers the raw bytes of a reply."""

    def __init__(self, made: Any) -> None:
        """`made` is a connection of a client library that is connected: from now on its socket is used alone."""
        self._made = made
        self._socket = made._sock
        self._socket.settimeout(SECONDS)
        self._file = self._socket.makefile("rb")

    def ask(self, *words: bytes) -> bytes:
        """Send a command. Raises Unreachable."""
        try:
            self._socket.sendall(
                b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)
            )
            return self._reply()
        except TimeoutError:
            raise Unreachable(f"it did not reply within {SECONDS:.0f} seconds") from None
        except (OSError, ValueError) as error:
            raise Unreachable(f"the connection was lost: {error}") from None

    def _reply(self) -> bytes:
        parts: list[bytes] = []
        pending = 1
        while pending:
            pending -= 1
            line = self._file.readline()
            if not line.endswith(b"\n"):
                raise Unreachable("the server closed the connection")
            parts.append(line)
            kind = line[:1]
            if kind in b"$=!" and line != b"$-1\r\n":
                parts.append(self._file.read(int(line[1:]) + 2))
            elif kind in NESTED and line != b"*-1\r\n":
                pending += NESTED[kind] * int(line[1:])
        return b"".join(parts)

    def close(self) -> None:
        """End it."""
        self._file.close()
        self._made.disconnect()


class Node(Record):
    """A server that takes commands: what makes connections to it, and the ranges of slots that it serves, which are
    empty for one that is no node of a cluster."""

    pool: Any
    slots: tuple[tuple[int, int], ...] = ()

    def serves(self, slot: int) -> bool:
        """Whether keys of a slot are on it."""
        return not self.slots or any(first <= slot <= last for first, last in self.slots)

    def connect(self) -> Connection:
        """A new connection. Raises Unreachable."""
        try:
            made = self.pool.make_connection()
            made.connect()
            return Connection(made)
        except Exception as error:  # each of the libraries has classes of its own
            raise Unreachable(f"{type(error).__name__}: {error}") from None


class LiveServer:
    """A server or a cluster at an address, with one connection a node as the person whose address it is.

    `profile` names the one of Ferrous that imitates it. Raises Unreachable.
    """

    def __init__(self, address: str) -> None:
        self.shown: Final = without_password(address)
        self._connections: dict[int, Connection] = {}
        try:
            self.nodes = [Node(connections_to(address))]
            self.information = self._information()
            if b"cluster_enabled:1" in self.information:
                self.nodes = _primaries(self.nodes[0], value(self.ask_node(0, b"CLUSTER", b"SLOTS")))
                self.close()
        except Unreachable:
            self.close()
            raise
        self.profile: Final = profile_of(self.information)

    def __enter__(self) -> LiveServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def is_cluster(self) -> bool:
        """Whether keys are divided among nodes."""
        return bool(self.nodes[0].slots)

    @property
    def title(self) -> str:
        """The address, and what is there: `redis://localhost:6379 (Redis 7.0.15)`."""
        name, version = name_and_version(self.information)
        return f"{self.shown} ({name} {version}{', a cluster' if self.is_cluster else ''})"

    def node_of(self, key: bytes) -> int:
        """The number of the node that serves a key."""
        slot = slot_of(key)
        return next((number for number, node in enumerate(self.nodes) if node.serves(slot)), 0)

    def ask_node(self, number: int, *words: bytes) -> bytes:
        """Send a command to a node as the person. Raises Unreachable."""
        if number not in self._connections:
            self._connections[number] = self.nodes[number].connect()
        return self._connections[number].ask(*words)

    def ask_of(self, key: bytes, *words: bytes) -> bytes:
        """Send a command to the node that serves a key."""
        return self.ask_node(self.node_of(key), *words)

    def close(self) -> None:
        """End the connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _information(self) -> bytes:
        told = b"".join(self.ask_node(0, b"INFO", section) for section in (b"server", b"cluster"))
        if told.startswith(b"-"):
            raise Unreachable(told[1:].decode("utf-8", "replace").strip())
        return told


def value(reply: bytes) -> Any:
    """What a reply holds: bytes, None, or a list of such; numbers and errors are their text, of which errors begin with
    `-`."""
    nodes = parse(reply)
    ready: list[Any] = []
    for node in reversed(nodes):  # what is within an aggregate was made before it
        if node.children:
            within = [ready.pop() for _ in range(node.children)]
            ready.append(within)
        elif node.kind in ("array", "map", "set", "push"):
            ready.append([])
        else:
            ready.append(None if node.kind == "nil" else b"-" * (node.kind == "error") + node.value)
    return ready[0]


def without_password(address: str) -> str:
    """The address as it may be shown."""
    return AUTHORITY.sub("", address)


def name_and_version(information: bytes) -> tuple[str, str]:
    """Which server it is, from what INFO tells."""
    fields = dict(line.partition(":")[::2] for line in information.decode("utf-8", "replace").splitlines())
    if "valkey_version" in fields:
        return "Valkey", fields["valkey_version"]
    return "Redis", fields.get("redis_version", "of an unknown version")


def profile_of(information: bytes) -> str:
    """The profile of the server that INFO tells of: that of its version, or the last one before it."""
    name, version = name_and_version(information)
    of_name = [profile for profile in PROFILES if profile.startswith(f"{name.lower()}-")]
    not_later = [profile for profile in of_name if _numbers(profile) <= _numbers(version)]
    return not_later[-1] if not_later else of_name[0]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)[:2]]


def connections_to(address: str) -> Any:
    """What makes connections to an address. Raises Unreachable."""
    library = _library(address)
    try:
        if urlsplit(address).scheme == SENTINEL:
            address = _named_by_sentinels(address, library)
        made: Any = library.ConnectionPool.from_url(_in_scheme_of(library.__name__, address), protocol=2)
    except Unreachable:
        raise
    except Exception as error:  # each of the libraries has classes of its own
        raise Unreachable(f"{type(error).__name__}: {error}") from None
    return made


def _library(address: str) -> Any:
    """The client library for an address: valkey-py for valkey://, else redis-py, or the one that is installed."""
    wanted = sorted(LIBRARIES, key=lambda name: not address.startswith(name))
    for name in wanted:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise Unreachable("neither redis-py nor valkey-py is installed: pip install 'ferrous-vm[servers]'")


def _in_scheme_of(library: str, address: str) -> str:
    """The address with the scheme that the library knows."""
    scheme, rest = address.split("://", 1) if "://" in address else ("redis", address)
    if scheme in ("redis", "rediss", "valkey", "valkeys"):
        scheme = library + ("s" if scheme.endswith("ss") or scheme == "valkeys" else "")
    return f"{scheme}://{rest}"


def _named_by_sentinels(address: str, library: Any) -> str:
    """The address of the primary: sentinel://user:password@one:26379,two:26379/service/0. Raises Unreachable."""
    parts = urlsplit(address)
    credentials, _, hosts = parts.netloc.rpartition("@")
    service, _, rest = parts.path.strip("/").partition("/")
    places = [(host.partition(":")[0], int(host.partition(":")[2] or 26379)) for host in hosts.split(",")]
    sentinels = library.sentinel.Sentinel(places, socket_timeout=SECONDS)
    try:
        host, port = sentinels.discover_master(service)
    except library.sentinel.MasterNotFoundError:
        raise Unreachable(f"no sentinel there knows a primary called {service!r}") from None
    at = f"{credentials}@{host}:{port}" if credentials else f"{host}:{port}"
    return str(urlunsplit((library.__name__, at, rest, parts.query, "")))


def _primaries(first: Node, told: Iterable[Any]) -> list[Node]:
    """The nodes that CLUSTER SLOTS tells of, that with the lowest slot first."""
    slots: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for begin, end, (host, port, *_), *_ in told:
        there = host.decode() if host else first.pool.connection_kwargs["host"]
        slots.setdefault((there, int(port)), []).append((int(begin), int(end)))
    kind, settings = type(first.pool), first.pool.connection_kwargs
    return [
        Node(kind(first.pool.connection_class, **{**settings, "host": host, "port": port}), tuple(sorted(ranges)))
        for (host, port), ranges in sorted(slots.items(), key=lambda item: min(item[1]))
    ]
