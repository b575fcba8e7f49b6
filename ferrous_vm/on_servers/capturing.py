"""What a call of a script would touch on a server, taken from there without a write.

The engine is asked: the call is made here on what was taken so far, from nothing on, and the keys that it touched and
that were not taken, the server tells (DUMP, PEXPIRETIME, and TIME with them). So on, until nothing is missing and
nothing has changed there meanwhile. What only reads is sent, and it is read in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.on_servers.connections import LiveServer, value
from ferrous_vm.on_servers.misplaced import Misplaced
from ferrous_vm.on_servers.trial import Touched
from ferrous_vm.records import MutableRecord, Record
from ferrous_vm.server import Client, Server
from ferrous_vm.tape import Tape, Taped

ROUNDS: Final = 200
"""How often the engine is asked for more: a list of keys that are linked to each other needs one for each."""

MOST_KEYS: Final = 10_000
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of one key, as MEMORY USAGE estimates them."""

_TELLS_END: Final = b"pexpiretime"
_NEAR: Final = 20

CALLS: Final = frozenset((b"EVAL", b"EVAL_RO", b"EVALSHA", b"EVALSHA_RO", b"FCALL", b"FCALL_RO"))

FindScript = Callable[[bytes], bytes | None]
"""The text of the script with a SHA-1 of 40 small hexadecimal digits, None where it is not known."""


class Held(Record):
    """A key as it is there: the payload of DUMP, and when it ends in Unix milliseconds, or None."""

    payload: bytes
    end: int | None


class Captured(Record):
    """A call with all it touches, made on the engine: what the tape keeps of it. `keys` are those that were there."""

    call: Taped
    keys: tuple[bytes, ...]
    profile: str


class _Taken(MutableRecord):
    """What was taken of a server: its time in Unix microseconds, and each key, None where it is not there."""

    at: int
    keys: dict[bytes, Held | None]


def capture(server: LiveServer, words: list[bytes], find_script: FindScript, protocol: int = 2) -> Captured:
    """The call `words`, EVAL and its kin, from a client of that protocol, with what it would touch.

    Raises Misplaced for what cannot be taken, and Unreachable."""
    called, libraries = _with_its_text(server, words, find_script)
    taken = _Taken(0, {})
    missing: Iterable[bytes] = [called[at] for at in range(3, 3 + int(called[2]))]
    for _ in range(ROUNDS):
        now = _look(server, [*taken.keys, *(key for key in missing if key not in taken.keys)])
        is_steady = now.keys.keys() == taken.keys.keys() and all(map(_is_same, now.keys.values(), taken.keys.values()))
        taken = now
        touched = Touched()
        engine, client = _filled(server, libraries, taken)
        engine.scripting.recorder = touched
        client.execute(*called)
        if touched.looked_anywhere:
            raise Misplaced("it asks for whatever keys there are, as KEYS and SCAN do: all would have to be taken")
        if touched.ended_by is not None:
            raise Misplaced(f"it came to its limit of {touched.ended_by} here, on the keys that were taken so far")
        missing = [key for key in touched.names if key not in taken.keys]
        if not missing and is_steady:
            keys = tuple(key for key in touched.names if taken.keys[key] is not None)
            return Captured(_made_once_more(server, libraries, taken, called, protocol), keys, server.profile)
        if len(taken.keys) + len(list(missing)) > MOST_KEYS:
            raise Misplaced(f"it touches more than {MOST_KEYS} keys")
    raise Misplaced("the keys that it touches do not stand still: each time there were others, or other values")


def _with_its_text(server: LiveServer, words: list[bytes], find_script: FindScript) -> tuple[list[bytes], list[bytes]]:
    """The call with the text of its script instead of the SHA-1, and the libraries whose function it calls."""
    if len(words) < 3 or words[0].upper() not in CALLS or not words[2].isdigit() or int(words[2]) > len(words) - 3:
        raise Misplaced("a call is written as EVALSHA <sha> <numkeys> <key>... <arg>..., or EVAL, or FCALL")
    name = words[0].upper()
    if name.startswith(b"FCALL"):
        return [name, *words[1:]], [_library(server, words[1])]
    if not name.startswith(b"EVALSHA"):
        return [name, *words[1:]], []
    sha = words[1].lower()
    source = find_script(sha) or _shown(server, sha)
    if source is None:
        raise Misplaced(
            f"no script with the SHA-1 {sha.decode('utf-8', 'replace')} was found: a server does not give texts away, "
            "so name the file, or the folder of programs, that it is in: --scripts PATH"
        )
    return [name.replace(b"SHA", b""), source, *words[2:]], []


def _shown(server: LiveServer, sha: bytes) -> bytes | None:
    """The text of a script by its SHA-1, where the server tells it (Valkey 8)."""
    reply = server.ask_node(0, b"SCRIPT", b"SHOW", sha)
    text = None if reply.startswith(b"-") else value(reply)
    return text if isinstance(text, bytes) else None


def _library(server: LiveServer, function: bytes) -> bytes:
    """The source of the library that a function is of."""
    told = value(server.ask_node(0, b"FUNCTION", b"LIST", b"WITHCODE"))
    for entry in told if isinstance(told, list) else ():
        fields = dict(zip(entry[::2], entry[1::2], strict=True))
        if any(one[one.index(b"name") + 1] == function for one in fields[b"functions"]):
            source: bytes = fields[b"library_code"]
            return source
    raise Misplaced(f"there is no function {function.decode('utf-8', 'replace')} on the server")


def _look(server: LiveServer, names: list[bytes]) -> _Taken:
    """The keys as they are there at one moment: of each node of a cluster at one."""
    by_node: dict[int, list[bytes]] = {0: []} if not names else {}
    for name in names:
        by_node.setdefault(server.node_of(name), []).append(name)
    at, found = 0, dict[bytes, Held | None]()
    is_exact = profile_named(server.profile).commands.has(_TELLS_END)
    tells_end = _TELLS_END if is_exact else b"PTTL"
    for node, here in by_node.items():
        for name in here:
            _check_size(server, node, name)
        server.ask_node(node, b"MULTI")
        for words in ([b"TIME"], *([command, name] for name in here for command in (b"DUMP", tells_end))):
            server.ask_node(node, *words)
        told = value(server.ask_node(node, b"EXEC"))
        if not isinstance(told, list):
            raise Misplaced(f"the server does not show its keys: {told[1:].decode('utf-8', 'replace')}")
        seconds, microseconds = told[0]
        at = max(at, int(seconds) * 1_000_000 + int(microseconds))
        for index, name in enumerate(here):
            found[name] = _held(name, told[1 + 2 * index], told[2 + 2 * index], 0 if is_exact else at // 1000)
    return _Taken(at, {name: found[name] for name in names})


def _held(name: bytes, payload: bytes | None, rest: bytes, now: int) -> Held | None:
    """`rest` is what is added to `now`, both in milliseconds: its end."""
    if payload is None:
        return None
    if payload.startswith(b"-") or rest.startswith(b"-NO"):
        told = (payload if payload.startswith(b"-") else rest)[1:].decode("utf-8", "replace")
        raise Misplaced(f"the server does not show the key {name.decode('utf-8', 'replace')}: {told}")
    return Held(payload, None if int(rest) < 0 else now + int(rest))


def _is_same(one: Held | None, other: Held | None) -> bool:
    """Whether a key did not change. A server before 7.0 tells its end to some milliseconds."""
    if one is None or other is None or one.end is None or other.end is None:
        return one == other
    return one.payload == other.payload and abs(one.end - other.end) <= _NEAR


def _check_size(server: LiveServer, node: int, name: bytes) -> None:
    size = value(server.ask_node(node, b"MEMORY", b"USAGE", name))
    if isinstance(size, bytes) and size.isdigit() and int(size) > LARGEST:
        raise Misplaced(f"the key {name.decode('utf-8', 'replace')} is too large to take: about {size.decode()} bytes")


def _filled(server: LiveServer, libraries: list[bytes], taken: _Taken) -> tuple[Server, Client]:
    """A server of the engine that holds what was taken, at the time of the other."""
    engine = Server(profile=server.profile, clock=lambda: taken.at, seed=0)
    client = engine.connect()
    for source in libraries:
        _done(client, "the library", b"FUNCTION", b"LOAD", source)
    for name, held in taken.keys.items():
        if held is not None:
            end = b"%d" % (held.end or 0)
            _done(client, f"the key {name.decode('utf-8', 'replace')}", b"RESTORE", name, end, held.payload, b"ABSTTL")
    return engine, client


def _done(client: Client, what: str, *words: bytes) -> None:
    reply = client.execute(*words)
    if isinstance(reply, ErrorReply):
        raise Misplaced(f"{what} cannot be held here: {reply.message.decode('utf-8', 'replace')}")


def _made_once_more(
    server: LiveServer, libraries: list[bytes], taken: _Taken, words: list[bytes], protocol: int
) -> Taped:
    """The call on all it touches, as the tape keeps it."""
    engine, client = _filled(server, libraries, taken)
    if protocol == 3:
        client.execute(b"HELLO", b"3")
    tape = Tape(engine)
    tape.start()
    reply = client.execute_resp(*words)
    calls = tape.kept.all()
    if not calls:  # it did not begin
        raise Misplaced(f"the call is refused: {reply[1:].decode('utf-8', 'replace').strip()}")
    return calls[-1]
