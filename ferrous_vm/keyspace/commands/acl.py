"""ACL (acl.c) of a server with one user, `default`, who may do everything and needs no password."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.command import TABLE, arity_matches, command, rows, wrong_arity
from ferrous_vm.keyspace.help import subcommand_help, subcommand_syntax
from ferrous_vm.keyspace.parsing import integer
from ferrous_vm.keyspace.replies import OK, MapReply, Reply, SetReply
from ferrous_vm.keyspace.session import Session

_USER: Final = b"default"
_DESCRIPTION: Final = b"user default on nopass ~* &* +@all"
_CATEGORIES: Final = (
    b"keyspace", b"read", b"write", b"set", b"sortedset", b"list", b"hash", b"string", b"bitmap", b"hyperloglog",
    b"geo", b"stream", b"pubsub", b"admin", b"fast", b"slow", b"blocking", b"dangerous", b"connection",
    b"transaction", b"scripting",
)  # fmt: skip
_UNKNOWN_CATEGORY: Final = b"ERR Unknown category '%b'"
_UNKNOWN_USER: Final = b"ERR User '%b' not found"
_UNKNOWN_COMMAND: Final = b"ERR Command '%b' not found"
_UNREMOVABLE: Final = b"ERR The 'default' user cannot be removed"
_MOST_BITS: Final = 4096
_BAD_BITS: Final = (
    b"ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096"
)
_NO_FILE: Final = (
    b"ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER "
    b"command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store "
    b"users in the Redis configuration."
)


@command("ACL|WHOAMI")
def whoami(session: Session, argv: list[bytes]) -> Reply:
    """ACL WHOAMI"""
    return _USER


@command("ACL|USERS")
def users(session: Session, argv: list[bytes]) -> Reply:
    """ACL USERS"""
    return [_USER]


@command("ACL|LIST")
def list_(session: Session, argv: list[bytes]) -> Reply:
    """ACL LIST"""
    return [_DESCRIPTION]


@command("ACL|GETUSER")
def getuser(session: Session, argv: list[bytes]) -> Reply:
    """ACL GETUSER username"""
    if argv[2] != _USER:
        return None
    return MapReply([
        (b"flags", SetReply([b"on", b"nopass"])),
        (b"passwords", []),
        (b"commands", b"+@all"),
        (b"keys", b"~*"),
        (b"channels", b"&*"),
        (b"selectors", []),
    ])  # fmt: skip


@command("ACL|DELUSER")
def deluser(session: Session, argv: list[bytes]) -> Reply:
    """ACL DELUSER username [username ...]: how many were deleted, and there is none that can be"""
    if _USER in argv[2:]:
        raise CommandError(_UNREMOVABLE)
    return 0


@command("ACL|CAT")
def cat(session: Session, argv: list[bytes]) -> Reply:
    """ACL CAT [category]"""
    if len(argv) > 3:
        raise subcommand_syntax(argv)
    if len(argv) == 2:
        return list(_CATEGORIES)
    category = messages.shown(argv[2]).lower()
    if category not in _CATEGORIES:
        raise CommandError(_UNKNOWN_CATEGORY % messages.shown(argv[2], 128))
    return [row.full_name for row in rows() if f"@{category.decode()}" in row.categories]


@command("ACL|GENPASS")
def genpass(session: Session, argv: list[bytes]) -> Reply:
    """ACL GENPASS [bits]: hex digits of the keyspace's own randomness"""
    if len(argv) > 3:
        raise subcommand_syntax(argv)
    bits = integer(argv[2]) if len(argv) == 3 else 256
    if not 0 < bits <= _MOST_BITS:
        raise CommandError(_BAD_BITS)
    digits = (bits + 3) // 4
    return b"%0*x" % (digits, session.keyspace.random.getrandbits(4 * digits))


@command("ACL|LOG")
def log(session: Session, argv: list[bytes]) -> Reply:
    """ACL LOG [count | RESET]: always empty, for wrong passwords are not logged and nothing else is denied"""
    if len(argv) > 3:
        raise subcommand_syntax(argv)
    if len(argv) == 3:
        if argv[2].lower() == b"reset":
            return OK
        integer(argv[2])
    return []


@command("ACL|DRYRUN")
def dryrun(session: Session, argv: list[bytes]) -> Reply:
    """ACL DRYRUN username command [argument ...]"""
    if argv[2] != _USER:
        raise CommandError(_UNKNOWN_USER % messages.shown(argv[2]))
    words = argv[3:]
    row = TABLE.get(words[0].lower())
    if row is not None and row.subcommands and len(words) > 1:
        row = row.subcommands.get(words[1].lower())
    if row is None:
        raise CommandError(_UNKNOWN_COMMAND % messages.shown(words[0]))
    if not arity_matches(row, len(words)):
        raise wrong_arity(row.full_name)
    return OK


@command("ACL|LOAD", "ACL|SAVE")
def load(session: Session, argv: list[bytes]) -> Reply:
    """ACL LOAD and SAVE: refused, for there is no file"""
    raise CommandError(_NO_FILE)


@command("ACL|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """ACL HELP"""
    return subcommand_help(b"ACL", _HELP)


_HELP: Final = (
    b"CAT [<category>]",
    b"    List all commands that belong to <category>, or all command categories",
    b"    when no category is specified.",
    b"DELUSER <username> [<username> ...]",
    b"    Delete a list of users.",
    b"DRYRUN <username> <command> [<arg> ...]",
    b"    Returns whether the user can execute the given command without executing the command.",
    b"GETUSER <username>",
    b"    Get the user's details.",
    b"GENPASS [<bits>]",
    b"    Generate a secure 256-bit user password. The optional `bits` argument can",
    b"    be used to specify a different size.",
    b"LIST",
    b"    Show users details in config file format.",
    b"LOAD",
    b"    Reload users from the ACL file.",
    b"LOG [<count> | RESET]",
    b"    Show the ACL log entries.",
    b"SAVE",
    b"    Save the current config to the ACL file.",
    b"SETUSER <username> <attribute> [<attribute> ...]",
    b"    Create or modify a user with the specified attributes.",
    b"USERS",
    b"    List all the registered usernames.",
    b"WHOAMI",
    b"    Return the current connection username.",
)
