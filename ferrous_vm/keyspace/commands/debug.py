"""DEBUG (debug.c): refused unless the host has set enable-debug-command, as by a server's defaults.

What concerns memory layout, crashes and replication is not there and counts as an unknown subcommand. RELOAD and
LOADAOF write everything as a file and read it, without a disk. SLEEP lets time pass only where it passes while a
command runs, as at an endpoint.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword, positive_integer
from ferrous_vm.keyspace.arguments.readings import CHOICE, COMMAND, KEY, NUMBER, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.help import subcommand_help, subcommand_syntax
from ferrous_vm.keyspace.commands.object import encoding_name
from ferrous_vm.keyspace.replies import (
    OK,
    Attribute,
    BigNumber,
    MapReply,
    Push,
    Reply,
    SetReply,
    Several,
    Status,
    Verbatim,
)
from ferrous_vm.keyspace.server.configuration import memory_argument
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.encoded_texts import encoded

_NOT_ALLOWED: Final = (
    b'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a '
    b"local connection, otherwise you need to set this option in the configuration file, and then restart the server."
)
_BAD_KIND: Final = (
    b"ERR Wrong protocol type name. Please use one of the following: "
    b"string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false"
)
_OBJECT: Final = b"Value at:0x7f0000000000 refcount:1 encoding:%b serializedlength:%d lru:0 lru_seconds_idle:0"
_RELOADS_ONLY: Final = b"ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options."
_NO_FILE: Final = b"ERR Error trying to load the RDB dump"
_BAD_PACKED: Final = b"ERR argument must be a memory value bigger than 1 and smaller than 4gb"
_ANY_NUMBER: Final = 2**31
"""Of words."""
_NO_RESP2: Final = b"ERR RESP2 is not supported by this command"


@command("DEBUG")
def debug(session: Session, argv: list[bytes]) -> Reply:
    """DEBUG subcommand [argument ...]"""
    if not session.keyspace.configuration.allows(b"enable-debug-command"):
        raise CommandError(_NOT_ALLOWED)
    least, most, handler = _SUBCOMMANDS.get(keyword(argv[1]), (0, 0, None))
    if handler is None:
        raise subcommand_syntax(argv, argv[1], COMMAND)
    if not least <= len(argv) <= most:
        raise subcommand_syntax(argv)
    return handler(session, argv)


def _nothing(session: Session, argv: list[bytes]) -> Reply:
    """Accepted without effect: what it would change here cannot be seen by any command."""
    return OK


def _set_active_expire(session: Session, argv: list[bytes]) -> Reply:
    session.keyspace.active_expire = positive_integer(argv[2]) != 0
    return OK


_SECONDS: Final = re.compile(rb"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def _sleep(session: Session, argv: list[bytes]) -> Reply:
    """SLEEP seconds: what begins with no number is none (`strtod`)."""
    number = _SECONDS.match(argv[2])
    session.keyspace.sleep(max(0.0, float(number[0])) if number else 0.0)
    return OK


_RELOAD_OPTIONS: Final = frozenset((b"merge", b"noflush", b"nosave"))


def _reload(session: Session, argv: list[bytes]) -> Reply:
    """RELOAD [MERGE | NOFLUSH | NOSAVE ...]"""
    from ferrous_vm.keyspace.commands.saving import save
    from ferrous_vm.keyspace.encodings.rdb_files import load_file, restore_keyspace

    options = {keyword(option) for option in argv[2:]}
    if not options <= _RELOAD_OPTIONS:
        unknown = next(word for word in argv[2:] if keyword(word) not in _RELOAD_OPTIONS)
        raise CommandError(_RELOADS_ONLY, unknown, OPTION)
    keyspace, merging = session.keyspace, b"noflush" in options
    if merging and b"merge" not in options:
        raise CommandError(_NO_FILE)  # Redis would end at the first key that is there already
    saved = keyspace.saved if b"nosave" in options else save(keyspace)
    if saved is None:
        raise CommandError(_NO_FILE)
    restore_keyspace(keyspace, load_file(saved.data, keyspace.thresholds), merging=merging)
    return OK


def _load_append_only_file(session: Session, argv: list[bytes]) -> Reply:
    """LOADAOF: a file of all commands brings about what a file of all values does."""
    return _reload(session, argv[:2])


def _digest(session: Session, argv: list[bytes]) -> Reply:
    from ferrous_vm.keyspace.encodings.digests import digest_of_all

    return Status(digest_of_all(session.keyspace.databases).hex().encode())


def _digest_value(session: Session, argv: list[bytes]) -> Reply:
    from ferrous_vm.keyspace.encodings.digests import digest_of_key

    return [Status(digest_of_key(session.database, key).hex().encode()) for key in argv[2:]]


def _set_disable_deny_scripts(session: Session, argv: list[bytes]) -> Reply:
    number = re.match(rb"\s*[+-]?\d+", argv[2])
    session.keyspace.scripts_may_all = number is not None and int(number[0]) != 0
    return OK


_LARGEST_PACKED: Final = 2**32 - 2**20


def _quicklist_packed_threshold(session: Session, argv: list[bytes]) -> Reply:
    """Checked and taken: how the nodes of lists are stored shows nowhere here."""
    size = memory_argument(messages.shown(argv[2]))
    if size is None or size > _LARGEST_PACKED:
        raise CommandError(_BAD_PACKED, argv[2], NUMBER)
    return OK


def _replybuffer(session: Session, argv: list[bytes]) -> Reply:
    """REPLYBUFFER PEAK-RESET-TIME NEVER | RESET | milliseconds, or RESIZING 0 | 1: no buffer has a size here."""
    setting = keyword(argv[2])
    if setting not in (b"peak-reset-time", b"resizing"):
        raise subcommand_syntax(argv, argv[2], CHOICE)
    if setting == b"peak-reset-time" and keyword(argv[3]) not in (b"never", b"reset"):
        integer(argv[3])
    return OK


def _error(session: Session, argv: list[bytes]) -> Reply:
    raise CommandError(argv[2].translate(bytes.maketrans(b"\r\n", b"  ")))


def _object(session: Session, argv: list[bytes]) -> Reply:
    from ferrous_vm.keyspace.encodings.rdb_values import save_value

    value = session.database.entries.get(argv[2])  # also one that has expired
    if value is None:
        raise CommandError(messages.NO_SUCH_KEY, argv[2], KEY)
    _, body = save_value(value, session.database.thresholds)
    return Status(_OBJECT % (encoding_name(session.database, argv[2], value), len(body)))


def _populate(session: Session, argv: list[bytes]) -> Reply:
    """Strings `key:0`, `key:1` and so on, where there are none; optionally with a prefix and a size."""
    count = positive_integer(argv[2])
    size = positive_integer(argv[4]) if len(argv) == 5 else 0
    prefix = argv[3] if len(argv) > 3 else b"key"
    for number in range(count):
        key, text = b"%b:%d" % (prefix, number), b"value:%d" % number
        if not session.database.exists(key):
            session.database.put(key, encoded(text[:size].ljust(size, b"\0") if size else text))
    return OK


_KINDS: Final[dict[bytes, Any]] = {
    b"string": b"Hello World",
    b"integer": 12345,
    b"double": 3.141,
    b"bignum": BigNumber(b"1234567999999999999999999999999999999"),
    b"null": None,
    b"array": [0, 1, 2],
    b"set": SetReply([0, 1, 2]),
    b"map": MapReply([(0, False), (1, True), (2, False)]),
    b"verbatim": Verbatim(b"txt", b"This is a verbatim\nstring"),
    b"true": True,
    b"false": False,
}


_ATTRIBUTE: Final = Attribute([(b"key-popularity", [b"key:123", 90])])


def _protocol(session: Session, argv: list[bytes]) -> Reply:
    """A value of each kind of reply. Scripts are not told of attributes."""
    kind = keyword(argv[2])
    if kind in _KINDS:
        reply: Reply = _KINDS[kind]
        return reply
    if kind == b"attrib":
        adorned = b"Some real reply following the attribute"
        return adorned if session.protocol < 3 or session.script else Several((_ATTRIBUTE, adorned))
    if kind == b"push":
        if session.protocol < 3:
            raise CommandError(_NO_RESP2)
        return Several((Push([b"server-cpu-usage", 42]), b"Some real reply following the push reply"))
    raise CommandError(_BAD_KIND, argv[2], CHOICE)


def _help(session: Session, argv: list[bytes]) -> Reply:
    return subcommand_help(session, b"DEBUG", _HELP)


_SUBCOMMANDS: Final[dict[bytes, tuple[int, int, Callable[[Session, list[bytes]], Reply] | None]]] = {
    b"change-repl-id": (2, 2, _nothing),
    b"digest": (2, 2, _digest),
    b"digest-value": (2, _ANY_NUMBER, _digest_value),
    b"error": (3, 3, _error),
    b"help": (2, 2, _help),
    b"loadaof": (2, _ANY_NUMBER, _load_append_only_file),
    b"log": (3, 3, _nothing),
    b"object": (3, 3, _object),
    b"pause-cron": (3, 3, _nothing),
    b"populate": (3, 5, _populate),
    b"protocol": (3, 3, _protocol),
    b"quicklist-packed-threshold": (3, 3, _quicklist_packed_threshold),
    b"reload": (2, _ANY_NUMBER, _reload),
    b"replybuffer": (4, 4, _replybuffer),
    b"set-active-expire": (3, 3, _set_active_expire),
    b"set-disable-deny-scripts": (3, 3, _set_disable_deny_scripts),
    b"sleep": (3, 3, _sleep),
}
"""Each with the fewest and the most words."""

_HELP: Final = (
    b"CHANGE-REPL-ID",
    b"    Change the replication IDs of the instance.",
    b"    Dangerous: should be used only for testing the replication subsystem.",
    b"DIGEST",
    b"    Output a hex signature representing the current DB content.",
    b"DIGEST-VALUE <key> [<key> ...]",
    b"    Output a hex signature of the values of all the specified keys.",
    b"ERROR <string>",
    b"    Return a Redis protocol error with <string> as message. Useful for clients",
    b"    unit tests to simulate Redis errors.",
    b"LOADAOF",
    b"    Flush the AOF buffers on disk and reload the AOF in memory.",
    b"LOG <message>",
    b"    Write <message> to the server log.",
    b"OBJECT <key>",
    b"    Show low level info about `key` and associated value.",
    b"POPULATE <count> [<prefix>] [<size>]",
    b"    Create <count> string keys named key:<num>. If <prefix> is specified then",
    b"    it is used instead of the 'key' prefix.",
    b"PROTOCOL <type>",
    b"    Reply with a test value of the specified type. <type> can be: string,",
    b"    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
    b"    true, false.",
    b"RELOAD [option ...]",
    b"    Save the RDB on disk and reload it back to memory. Valid <option> values:",
    b"    * MERGE: conflicting keys will be loaded from RDB.",
    b"SLEEP <seconds>",
    b"    Stop the server for <seconds>. Decimals allowed.",
    b"SET-ACTIVE-EXPIRE <0|1>",
    b"    Setting it to 0 disables expiring keys in background when they are not",
    b"    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the",
    b"    default.",
    b"QUICKLIST-PACKED-THRESHOLD <size>",
    b"    Sets the threshold for elements to be inserted as plain vs packed nodes",
    b"    Default value is 1GB, allows values up to 4GB. Setting to 0 restores to default.",
    b"PAUSE-CRON <0|1>",
    b"    Stop periodic cron job processing.",
)
