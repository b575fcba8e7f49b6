"""Which clients have which keys in a cache of their own, and who is told when those change (tracking.c).

Imported when somebody says CLIENT TRACKING ON; until then `Keyspace.tracking` is None and nobody pays. From then on
every command is followed (`followed.py`), and databases tell of every key that they change (`Database.record`).

A client without BCAST is told once of each key that it read. One with BCAST is told of whatever begins with its
prefixes, when everything that has come was carried out: a host says when that is (`broadcast`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from ferrous_vm.keyspace.arguments.key_positions import key_positions
from ferrous_vm.keyspace.replies import NO_REPLY, Push, Written, encode
from ferrous_vm.keyspace.server.mailboxes import send
from ferrous_vm.keyspace.server.reply_order import is_changed_behind_reply
from ferrous_vm.records import MutableRecord, field

if TYPE_CHECKING:
    from ferrous_vm.keyspace.command_table import Row
    from ferrous_vm.keyspace.journal import Opposite
    from ferrous_vm.keyspace.keyspace import Keyspace
    from ferrous_vm.keyspace.session import Session, Tracking

CHANNEL: Final = b"__redis__:invalidate"
"""Where clients of RESP2 are told, if they have subscribed to anything."""

_EFFORT: Final = 100
"""Keys that are forgotten at once where the table is too large; as many more each time that it still is."""

_NEVER_CACHED: Final = frozenset(b"eval_ro evalsha_ro fcall_ro".split())
"""Commands that read, whose own commands tell what."""


_NAME: Final = "tracking"


class Prefix(MutableRecord):
    """Who is told of all keys that begin so, and which have changed since they were told."""

    clients: dict[int, None] = field(factory=dict)
    keys: dict[bytes, Session | None] = field(factory=dict)
    """By key, who changed it last: a client, or that of a script; None for nobody."""


class TrackingTable:
    """What one server remembers of the caches of its clients."""

    def __init__(self, keyspace: Keyspace, changed: Callable[[Keyspace], None]) -> None:
        self.keyspace: Final = keyspace
        self._changed: Final = changed
        """Is called when a client begins or ends to track keys."""
        self.clients: Final[WeakValueDictionary[int, Session]] = WeakValueDictionary()
        """Those that track keys."""
        self.holders: Final[dict[bytes, dict[int, None]]] = {}
        """By key, in whatever database, the ids of the clients that may have it."""
        self.prefixes: Final[dict[bytes, Prefix]] = {}
        self.author: Session | None = None
        """Whose command changes keys now."""
        self.served: bytes | None = None
        """A list that somebody waited for: who is served with it, but by BLMPOP, has not changed it, to those who want
        to know."""
        self.item_count = 0
        self._owed: list[bytes | None] = []
        """Keys that the current client is told of when its command has ended; None: all."""
        self._rounds = 0

    @property
    def is_needed(self) -> bool:
        """Whether changes must be told."""
        return bool(self.clients or self.holders)

    # Who tracks

    def enable(self, session: Session, wanted: Tracking) -> None:
        """From now on the session tracks keys as `wanted` says; prefixes are added to those it had."""
        if not self.is_needed:
            for database in self.keyspace.databases:
                database.purge_expired()  # before anybody is told
        before = session.tracking
        if before is not None:
            wanted.caching = before.caching
        if wanted.bcast:
            own = dict.fromkeys([] if before is None else before.prefixes)
            for prefix in wanted.prefixes or [b""]:
                own[prefix] = None
                self.prefixes.setdefault(prefix, Prefix()).clients[session.client_id] = None
            wanted.prefixes = sorted(own)
        if _NAME not in session.extensions:
            session.extensions[_NAME] = self
            session.on_reset.append(partial(self.disable, session))
        session.tracking = wanted
        self._count(session)

    def disable(self, session: Session) -> None:
        """The session tracks no more; what it may have is forgotten when that changes."""
        if session.tracking is None:
            return
        for prefix in session.tracking.prefixes:
            state = self.prefixes[prefix]
            state.clients.pop(session.client_id, None)
            if not state.clients:
                del self.prefixes[prefix]
        session.tracking = None
        self._count(session)

    def _count(self, session: Session) -> None:
        was_needed = self.is_needed
        if session.tracking is None:
            self.clients.pop(session.client_id, None)
        else:
            self.clients[session.client_id] = session
        self._changed(self.keyspace)
        if self.is_needed is not was_needed:
            self.keyspace.refresh_attention()

    def begin(self, session: Session) -> Session | None:
        """From now on it is the session that changes keys; answers who it was before, for `author`."""
        before, self.author = self.author, session
        return before

    # What is remembered

    def remember(self, session: Session, row: Row, argv: list[bytes]) -> None:
        """The session has read the keys of a command (`trackingRememberKeys`)."""
        state = session.tracking
        if state is None or state.bcast or (state.optin and not state.caching) or (state.optout and state.caching):
            return
        if "pubsub" in row.flags:
            return
        for position in key_positions(row, argv):
            key = argv[position.word]
            holders = self.holders.get(key, {})
            if session.client_id not in holders:
                self._set(key, holders | {session.client_id: None})

    def _set(self, key: bytes, holders: dict[int, None] | None) -> None:
        """Let these have the key; the journal takes it back."""
        again = self._put(key, holders)
        if self.keyspace.journal is not None:
            self.keyspace.journal.note(again)

    def _put(self, key: bytes, holders: dict[int, None] | None) -> Callable[[], Opposite]:
        """`_set`, that nothing takes back but the inverse it answers."""
        before = self.holders.pop(key, None)
        self.item_count += len(holders or ()) - len(before or ())
        if holders is not None:
            self.holders[key] = holders
        return partial(self._put, key, before)

    # What is told

    def invalidate(self, key: bytes, *, has_changed: bool = True) -> None:
        """The key changes; or, as it is forgotten here, who may have it has to forget it (`trackingInvalidateKey`)."""
        if has_changed and self.prefixes:
            for prefix, state in self.prefixes.items():
                if key.startswith(prefix) and not (key == self.served and key in state.keys):
                    state.keys[key] = self.author
        holders = self.holders.get(key)
        if holders is None:
            return
        self._set(key, None)
        keyspace = self.keyspace
        for client_id in sorted(holders, key=_place):
            target = self.clients.get(client_id)
            if target is None or target.tracking is None or target.tracking.bcast:
                continue
            if target is keyspace.current:
                if target.tracking.noloop:
                    continue
                if keyspace.executes:
                    self._owed.append(key)
                    continue
            self._tell(target, [key])

    def invalidate_all(self, *, at_once: bool) -> None:
        """All keys are gone (`trackingInvalidateKeysOnFlush`); `at_once`: everybody is told before the reply, the
        current client too, and of what else has changed."""
        current = self.keyspace.current
        for _, target in sorted(self.clients.items()):
            if target is not current:
                self._tell(target, None)
        if current is not None and current.tracking is not None:
            if at_once:
                self._tell(current, None)
            else:
                self._owed.append(None)
        if at_once:
            self.broadcast()
        for key in list(self.holders):
            self._set(key, None)

    def settle(self) -> None:
        """The command of the current client has ended: tell it what it is owed."""
        if not self._owed:
            return
        owed, self._owed = self._owed, []
        current = self.keyspace.current
        if current is not None and current.tracking is not None:
            for key in owed:
                self._tell(current, None if key is None else [key], late=True)

    def broadcast(self) -> None:
        """Tell of what has changed to who wants to hear of all keys (`trackingBroadcastInvalidationMessages`)."""
        for _, state in sorted(self.prefixes.items()):
            if not state.keys:
                continue
            changed, state.keys = sorted(state.keys.items()), {}
            for client_id in list(state.clients):
                target = self.clients.get(client_id)
                if target is None or target.tracking is None:
                    continue
                is_deaf = target.tracking.noloop
                keys = [key for key, author in changed if not (is_deaf and author is target)]
                if keys:
                    self._tell(target, keys)

    def _tell(self, session: Session, keys: list[bytes] | None, *, late: bool | None = None) -> None:
        """Tell the session, or whom it redirects to, which keys are no longer what they were; None: all
        (`sendTrackingMessage`)."""
        redirect = 0 if session.tracking is None else session.tracking.redirect
        target = self.keyspace.clients.get(redirect) if redirect else session
        if target is None:
            assert session.tracking is not None
            session.tracking.is_broken = True
            if session.protocol == 3:
                send(session, Push([b"tracking-redir-broken", redirect]), late=late)
            return
        if target.protocol == 2 and not (redirect and target.subscribed):
            return
        current = self.keyspace.current
        if late is None and target is current and self.keyspace.executes and current.command is not None:
            late = self.keyspace.profile.replies_come_first or is_changed_behind_reply(*current.command)
        head = [b"invalidate"] if target.protocol == 3 else [b"message", CHANNEL]
        # What no key is written as goes by the protocol of who tracks, not of who is told.
        told = encode(Push([*head, NO_REPLY]), target.protocol) + encode(keys, session.protocol)
        send(target, Written(told), late=late if target is current else None)

    def limit(self) -> None:
        """Forget some keys, and tell, if there are more than `tracking-table-max-keys` (`trackingLimitUsedSlots`)."""
        most = self.keyspace.configuration.number(b"tracking-table-max-keys")
        if not most or len(self.holders) <= most:
            self._rounds = 0
            return
        self._rounds += 1
        keys = list(self.holders)
        for _ in range(_EFFORT * self._rounds):
            place = self.keyspace.random.randrange(len(keys))
            keys[place], keys[-1] = keys[-1], keys[place]
            self.invalidate(keys.pop(), has_changed=False)
            if len(self.holders) <= most:
                self._rounds = 0
                return


def _place(client_id: int) -> bytes:
    """Where a client stands among those who have a key: ids are kept as C writes them."""
    return client_id.to_bytes(8, "little")


def reads_what_may_be_cached(row: Row) -> bool:
    """Whether who tracks keys is taken to have those of the command."""
    return "readonly" in row.flags and row.full_name not in _NEVER_CACHED
