"""What is to be carried out on a server is tried on the engine first: which keys it touches, and whether it ends.

The trial is on a server of the same profile, as a user with the same permissions who may use any key beneath the
prefix; so it goes the way that it will go there, as far as that does not hang on time or chance.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.waiting import Waiting
from ferrous_vm.on_servers.misplaced import Misplaced
from ferrous_vm.on_servers.names import beneath, keys_of, own_names
from ferrous_vm.scripting.run import ScriptRun
from ferrous_vm.server import Server, system_clock
from ferrous_vm.workbench import content

_USER = b"trial"
_SORTING = (b"sort", b"sort_ro")
_FIELD = re.compile(rb"->[^*]+\Z", re.DOTALL)
"""What names a field of a hash, in a pattern (`lookupKeyByPattern`, sort.c)."""


class Touched:
    """Notes the keys that scripts touch, each once, and what ended one that did not end (`scripting.run.Recorder`)."""

    def __init__(self) -> None:
        self.names: dict[bytes, None] = {}
        self.looked_anywhere = False
        """A command asked for whatever keys there are."""
        self.ended_by: str | None = None

    def prepare(self) -> None:
        """Chance goes on."""

    def record(self, run: ScriptRun, source: bytes, call: Callable[[], Reply]) -> Reply:
        """The reply of a script, whose commands are looked at before they are carried out."""
        issue = run.call

        def noting(session: Session, row: Row, argv: list[bytes]) -> Reply:
            names = [argv[word] for word in keys_of(session.keyspace.commands, argv)]
            if row.full_name in _SORTING:
                names += _looked_up(session, argv)
            self.names |= dict.fromkeys(names)
            self.looked_anywhere |= "@keyspace" in row.categories and not row.key_specs
            return issue(session, row, argv)

        run.call = noting
        reply = call()
        self.ended_by = self.ended_by or run.ended_by
        return reply


def _looked_up(session: Session, argv: list[bytes]) -> list[bytes]:
    """The keys whose values SORT looks up: for each element those that the patterns of BY and GET name."""
    patterns = [pattern for word, pattern in pairwise(argv[2:]) if word.lower() in (b"by", b"get") and b"*" in pattern]
    sorted_value = session.database.entries.get(argv[1])
    if not patterns or sorted_value is None:
        return []
    is_list = content.type_name(sorted_value) == "list"
    elements = [value if is_list else name for name, value in content.elements(sorted_value)]
    keys = [_FIELD.sub(b"", pattern) for pattern in patterns]
    return [key.replace(b"*", element, 1) for key in keys for element in elements]


class Trial:
    """A server of the engine with nothing in it. `rules` are those of ACL SETUSER for the one who asks; with none it is
    the default user."""

    def __init__(
        self,
        profile: str | Profile,
        prefix: bytes,
        rules: list[bytes],
        protocol: int = 2,
        clock: Callable[[], int] = system_clock,
    ) -> None:
        self.server = Server(profile=profile, clock=clock)
        self.server.scripting.recorder = self._touched = Touched()
        self._prefix = prefix
        self._client = self.server.connect()
        if rules:
            words: list[Any] = [b"ACL", b"SETUSER", _USER, b"on", b"nopass", b"~" + prefix + b"*", *rules]
            self._client.execute(*words)
            self._client.execute(b"AUTH", _USER, b"")
        if protocol == 3:
            self._client.execute(b"HELLO", b"3")

    def ask(self, words: list[bytes]) -> bytes:
        """Carry out a command whose keys have their own names. Raises Misplaced for one that waits."""
        renamed = beneath(self._prefix, self.server.keyspace.commands, words)
        self._touched.names |= dict.fromkeys(renamed[at] for at in keys_of(self.server.keyspace.commands, renamed))
        reply = self._client.send(*renamed)
        if isinstance(reply, Waiting):
            raise Misplaced(f"{words[0].decode('utf-8', 'replace').upper()} waits there, and nobody ends that")
        return own_names(self._prefix, self._client.encoded(reply))

    @property
    def ended_by(self) -> str | None:
        """The limit that ended a script."""
        return self._touched.ended_by

    @property
    def touched(self) -> list[bytes]:
        """Every key that was named, beneath the prefix or not, in the order of the first time."""
        return [name for name in self._touched.names if name.startswith(self._prefix)]
