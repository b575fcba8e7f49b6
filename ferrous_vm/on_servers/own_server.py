"""A server that a person says is theirs (`--mine`): scripts run as the person, and keys have their own names.

It must hold nothing in the database that is used, and holds nothing afterwards: each key that is there then is deleted
by its name, and so is each library that was loaded. What a run may have left that was ended is removed when a person
says so (`--clean --mine`), for meanwhile it may have become something else. A cluster gets each command where its first
key is, as from a client; what has no key goes to its nodes in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.on_servers.connections import Connection, LiveServer, value
from ferrous_vm.on_servers.grounds import NOT_SENT, Ask, Denial
from ferrous_vm.on_servers.journal import JOURNAL, left_behind, name_connection, new_token, strike_out, write_down
from ferrous_vm.on_servers.misplaced import Misplaced
from ferrous_vm.on_servers.names import keys_of
from ferrous_vm.printing import counted

_LISTED: Final = b"1000"
"""How many keys one SCAN looks at."""


class OwnServer:
    """A server that is theirs (`grounds.Ground`). `turn` says to which node goes what has no key."""

    def __init__(self, server: LiveServer, turn: int = 0) -> None:
        self._server = server
        self.profile = server.profile
        self._commands = profile_named(server.profile).commands
        self._turn = turn
        self.prefix = b""
        self.rules: list[bytes] = []
        self.protocol = 2
        self._connections: list[Connection] = []

    @contextmanager
    def opened(self, names: Iterable[bytes]) -> Iterator[Ask]:
        """Where every key can be used. Raises Misplaced where something is stored already."""
        left = left_behind(self._server)
        for number in range(len(self._server.nodes)):
            stored = int(value(self._server.ask_node(number, b"DBSIZE")).lstrip(b"-") or 0)
            if stored:
                raise Misplaced(
                    f"the database holds {counted(stored, 'key')} already: --mine wants an empty one, as "
                    "redis://host:6379/9 chooses it"
                    + (f"; what {counted(len(left), 'run')} may have left --clean --mine removes" if left else "")
                )
        libraries = self._libraries()
        token = new_token()
        name_connection(self._server, token)
        write_down(self._server, token, names)
        self._connections = [node.connect() for node in self._server.nodes]
        if self.protocol == 3:
            for connection in self._connections:
                connection.ask(b"HELLO", b"3")
        try:
            yield self._ask
        finally:
            for connection in self._connections:
                connection.close()
            self._empty()
            strike_out(self._server, token)
            self._forget(self._libraries() - libraries)

    def denials(self) -> list[Denial]:
        """Nothing is refused to whoever owns it, but by the user's own permissions."""
        return []

    def _ask(self, words: list[bytes]) -> bytes:
        if words and words[0].lower() in NOT_SENT:
            raise Misplaced(f"{words[0].decode('utf-8', 'replace').upper()} is not sent to a server")
        named = keys_of(self._commands, words)
        if words[0].upper() == b"FUNCTION":  # each node has libraries of its own
            return [connection.ask(*words) for connection in self._connections].pop()
        if named:
            return self._connections[self._server.node_of(words[named[0]])].ask(*words)
        self._turn += 1
        return self._connections[(self._turn - 1) % len(self._connections)].ask(*words)

    def _empty(self) -> None:
        """Delete what is there."""
        for number in range(len(self._server.nodes)):
            cursor = b"0"
            while True:
                cursor, names = value(self._server.ask_node(number, b"SCAN", cursor, b"COUNT", _LISTED))
                for name in names:
                    if name != JOURNAL:
                        self._server.ask_node(number, b"UNLINK", name)
                if cursor == b"0":
                    break

    def _libraries(self) -> set[bytes]:
        told = value(self._server.ask_node(0, b"FUNCTION", b"LIST"))
        return {entry[entry.index(b"library_name") + 1] for entry in told} if isinstance(told, list) else set()

    def _forget(self, libraries: set[bytes]) -> None:
        for name in libraries:
            for number in range(len(self._server.nodes)):
                self._server.ask_node(number, b"FUNCTION", b"DELETE", name)


def clean_own(server: LiveServer) -> list[bytes]:
    """Remove the keys that runs may have left that were ended, on a server that is theirs; answers their tokens."""
    left = left_behind(server)
    for token, names in left.items():
        for name in names:
            server.ask_of(name, b"UNLINK", name)
        strike_out(server, token)
    return list(left)
