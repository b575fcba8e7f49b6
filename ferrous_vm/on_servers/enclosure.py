"""A place on somebody's server where a script can touch nothing but what was made for it.

Every run has a token: it names a user who lives as long as the run, and the hash tag of the prefix that all keys get.
That user may use the keys that are written down before, by their full names, the commands that work on values of keys,
and no channel. So what a script could leave behind is known before it begins. It is written down in one hash of the
server, `ferrous:runs`, as long as the run lasts:

    1. the names of the keys, by the token                       (HSET)
    2. the user                                                  (ACL SETUSER)
    3. the run
    4. the user goes, and with it whatever it had still sent     (ACL DELUSER)
    5. the keys go, one by one                                   (UNLINK)
    6. the token                                                 (HDEL)

Whenever this process is ended, the next one finds what is left of it: a token whose connection is gone. What stays is
what EVAL always leaves, the text of the script in the server's cache; a server that drops the scripts of others for it
is left alone. What was refused stands in ACL LOG until others push it out.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from ferrous_vm.keyspace.command_table import CommandTable
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.slots import slot_of
from ferrous_vm.on_servers.capturing import capture
from ferrous_vm.on_servers.connections import Connection, LiveServer, Unreachable, value
from ferrous_vm.on_servers.grounds import NOT_SENT, Ask, Denial
from ferrous_vm.on_servers.journal import (
    left_behind,
    name_connection,
    new_token,
    strike_out,
    write_down,
)
from ferrous_vm.on_servers.misplaced import Misplaced
from ferrous_vm.on_servers.names import beneath, has_many_spaces, matching, own_names, pattern

MOST_KEYS: Final = 5_000
"""Of one run. Each is a pattern that the server goes through with every command."""

ON_VALUES: Final = (
    b"-@all +@string +@hash +@list +@set +@sortedset +@stream +@bitmap +@hyperloglog +@geo +@transaction "
    b"-@dangerous -@admin".split()
)
ON_KEYS: Final = (
    b"del unlink exists expire expireat expiretime pexpire pexpireat pexpiretime ttl pttl persist type touch rename "
    b"renamenx copy dump object sort sort_ro eval eval_ro time ping echo".split()
)
"""Commands apart from those of the categories, as far as a server has them. RESTORE is none: some servers take what it
is given on trust."""

SINCE_PATTERNS_ARE_ASKED: Final = b"sort_ro"
"""A server with this command looks at the permissions for the patterns of SORT: one without does not get SORT."""

_READ_ONLY: Final = b"%R~* -@all +@read -@dangerous +eval_ro resetchannels".split()
_UNLINKED: Final = 500
"""Keys that one command deletes."""
_DENIED: Final = b"-"


class Enclosure:
    """A place on a server for one run after the other (`grounds.Ground`). `turn` says on which node of a cluster."""

    def __init__(self, server: LiveServer, turn: int = 0) -> None:
        """Cleans what runs that were ended have left. Raises Misplaced where no user can be made."""
        self._server = server
        self.profile = server.profile
        self._commands = profile_named(server.profile).commands
        self._node = turn % len(server.nodes)
        self.token, self.prefix = _token_on(server, self._node)
        self.rules = enclosed_rules(self._commands)
        self.protocol = 2
        self._connection: Connection | None = None
        name_connection(server, self.token)
        clean(server)

    @contextmanager
    def opened(self, names: Iterable[bytes]) -> Iterator[Ask]:
        """Where the throw-away user can use these keys; afterwards neither is there."""
        listed = list(names)
        self._check(listed)
        password = secrets.token_hex(16).encode()
        try:
            _done(write_down(self._server, self.token, listed))
            keys = [b"~" + pattern(name) for name in listed]
            user = [self.token, b"on", b">" + password, *keys, *self.rules]
            _done(self._server.ask_of(self.prefix, b"ACL", b"SETUSER", *user))
            self._connection = self._server.nodes[self._node].connect()
            _done(self._connection.ask(b"AUTH", self.token, password))
            if self.protocol == 3:
                self._connection.ask(b"HELLO", b"3")
            yield self._ask_within
        finally:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            _remove(self._server, self.token, listed)

    def denials(self) -> list[Denial]:
        """What was refused to the user since, as ACL LOG tells."""
        told = value(self._server.ask_of(self.prefix, b"ACL", b"LOG"))
        entries = [dict(zip(entry[::2], entry[1::2], strict=True)) for entry in told]
        own = [entry for entry in reversed(entries) if entry[b"username"] == self.token]
        found = dict.fromkeys(Denial(entry[b"reason"].decode(), entry[b"object"]) for entry in own)
        return list(found)

    def _ask_within(self, words: list[bytes]) -> bytes:
        assert self._connection is not None
        if words and words[0].lower() in NOT_SENT:
            raise Misplaced(f"{words[0].decode('utf-8', 'replace').upper()} is not sent to a server")
        sent = beneath(self.prefix, self._commands, words)
        return own_names(self.prefix, self._connection.ask(*sent))

    def _check(self, names: list[bytes]) -> None:
        if len(names) > MOST_KEYS:
            raise Misplaced(f"it uses {len(names)} keys, and {MOST_KEYS} are the most on a server that is not yours")
        for name in filter(has_many_spaces, names):
            own = name.removeprefix(self.prefix).decode("utf-8", "replace")
            raise Misplaced(f"the name {own!r} has more spaces than a rule of a user can hold")
        kept = profile_named(self.profile).scripts_kept
        cached = _field(self._server.ask_of(self.prefix, b"INFO", b"memory"), b"number_of_cached_scripts")
        if kept and cached >= kept - 1:
            raise Misplaced("its cache of scripts is full, and it would drop others' scripts for this one")


class RealData(Enclosure):
    """A place where a script can look at every key of the server, and change none: the user may only read, and what
    runs is EVAL_RO. It begins with what the call would touch, taken and tried here: so it is known to end."""

    def __init__(self, server: LiveServer) -> None:
        super().__init__(server)
        if not self._commands.has(b"eval_ro"):
            raise Misplaced("there are no scripts that only read before Redis 7.0")
        self.rules = _READ_ONLY

    def look(self, words: list[bytes]) -> tuple[bytes, list[Denial]]:
        """What the call replies there, and what was refused."""
        capture(self._server, words, lambda sha: None)
        if len(words) > 3:
            self._node = self._server.node_of(words[3])
            self.token, _ = _token_on(self._server, self._node)
            name_connection(self._server, self.token)
        self.prefix = prefix_of(self.token)
        with self.opened(()):
            assert self._connection is not None
            return self._connection.ask(*words), self.denials()


def _done(reply: bytes) -> None:
    if reply.startswith(_DENIED):
        told = reply[1:].decode("utf-8", "replace").strip()
        raise Misplaced(
            f"no user that may touch nothing else can be made there: {told}. If the server is yours and its database "
            "empty, say --mine"
        )


def _token_on(server: LiveServer, node: int) -> tuple[bytes, bytes]:
    """A new token, and the prefix with it as a hash tag, whose keys are on that node."""
    while True:
        token = new_token()
        prefix = prefix_of(token)
        if server.nodes[node].serves(slot_of(prefix)):
            return token, prefix


def prefix_of(token: bytes) -> bytes:
    """What the keys of a run begin with."""
    return b"{" + token + b"}:"


def enclosed_rules(commands: CommandTable) -> list[bytes]:
    """What the user may do on a server with these commands, but for its keys."""
    without_sort = [] if commands.has(SINCE_PATTERNS_ARE_ASKED) else [b"-sort"]
    single = [b"+" + name for name in ON_KEYS if commands.has(name)]
    return [*ON_VALUES, *single, *without_sort, b"resetchannels"]


def clean(server: LiveServer) -> list[bytes]:
    """Remove what runs in enclosures have left that were ended; answers their tokens. Raises Unreachable."""
    left = [
        (token, names)
        for token, names in left_behind(server).items()
        if all(name.startswith(prefix_of(token)) for name in names)
    ]
    for token, names in left:
        _remove(server, token, names)
    return [token for token, _ in left]


def _remove(server: LiveServer, token: bytes, names: list[bytes]) -> None:
    """The user goes first, and with it what it had sent and was not carried out yet; then the keys, then the token."""
    prefix = prefix_of(token)
    server.ask_of(prefix, b"ACL", b"DELUSER", token)
    every = [one for name in names if name.startswith(prefix) for one in matching(name)]
    for begin in range(0, len(every), _UNLINKED):
        reply = server.ask_of(prefix, b"UNLINK", *every[begin : begin + _UNLINKED])
        if reply.startswith(_DENIED):
            raise Unreachable(f"it does not delete the keys {prefix.decode()}…: {reply[1:].decode('utf-8', 'replace')}")
    strike_out(server, token)


def _field(information: bytes, name: bytes) -> int:
    """A number that INFO tells; 0 where it does not."""
    found = [line.partition(b":")[2] for line in information.splitlines() if line.startswith(name + b":")]
    return int(found[0]) if found else 0
