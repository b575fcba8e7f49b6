"""COMMAND: the command table tells of itself (server.c). Where Redis answers in hash order, the order is by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.glob import matches
from ferrous_vm.keyspace.arguments.key_positions import KeyPosition, key_positions, may_have_keys
from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.arguments.readings import CHOICE, COMMAND, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.command_table import Row, arity_matches
from ferrous_vm.keyspace.commands.help import subcommand_help
from ferrous_vm.keyspace.replies import MapReply, Reply, SetReply, Status
from ferrous_vm.keyspace.server.documents import documents_of
from ferrous_vm.keyspace.session import Session

_NO_SUCH_COMMAND: Final = b"ERR Invalid command specified"
_NO_KEYS: Final = b"ERR The command has no key arguments"
_WRONG_NUMBER: Final = b"ERR Invalid number of arguments specified for command"
_BAD_ARGUMENTS: Final = b"ERR Invalid arguments specified for command"


def _row(session: Session, words: list[bytes], *, exact: bool) -> Row | None:
    """The row that `words` begin with, offered or not; `exact`: it has no other words (`lookupCommandLogic`)."""
    row = session.keyspace.commands.by_name.get(words[0].lower())
    if row is None or len(words) == 1 or not row.subcommands:
        return None if exact and len(words) != 1 else row
    return None if exact and len(words) != 2 else row.subcommands.get(words[1].lower())


def _statuses(names: Iterable[str]) -> SetReply:
    return SetReply([Status(name.encode()) for name in names])


# COMMAND INFO


def _value(value: Any) -> Any:
    """A part of a key spec as a reply."""
    if isinstance(value, dict):
        return MapReply([(name.encode(), _value(item)) for name, item in value.items()])
    return value.encode() if isinstance(value, str) else value


def _key_spec(spec: dict[str, Any]) -> Reply:
    return MapReply([
        (name.encode(), _statuses(value) if name == "flags" else _value(value)) for name, value in spec.items()
    ])  # fmt: skip


def _information(session: Session, row: Row | None) -> Reply:
    """What COMMAND INFO tells of one command (`addReplyCommandInfo`)."""
    if row is None:
        return None
    subcommands = [_information(session, inner) for inner in dict.fromkeys(row.subcommands.values())]
    return [
        row.full_name,
        row.arity,
        _statuses(row.flags),
        row.first_key,
        row.last_key,
        row.key_step,
        _statuses(row.categories),
        SetReply([tip.encode() for tip in row.tips]),
        SetReply([_key_spec(spec) for spec in row.key_specs]),
        subcommands or ([] if session.keyspace.profile.lists_no_subcommands else SetReply()),
    ]


def all_information(session: Session) -> list[Reply]:
    """What there is to tell of every command."""
    return [_information(session, row) for row in session.keyspace.commands.by_name.values()]


def information_on(session: Session, words: list[bytes]) -> Reply:
    """What there is to tell of one, None if there is no such."""
    return _information(session, _row(session, words, exact=True))


@command("COMMAND")
def command_(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND"""
    return all_information(session)


@command("COMMAND|INFO")
def info(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND INFO [command-name ...]"""
    if len(argv) == 2:
        return command_(session, argv)
    return [information_on(session, name.split(b"|")) for name in argv[2:]]


@command("COMMAND|COUNT")
def count(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND COUNT"""
    return len(session.keyspace.commands.by_name)


# COMMAND DOCS


def _argument(argument: dict[str, Any]) -> Reply:
    """One argument of a command's syntax (`addReplyCommandArgList`)."""
    pairs: list[tuple[bytes, Any]] = []
    for name, value in argument.items():
        if name == "flags":
            pairs.append((b"flags", _statuses(value)))
        elif name == "arguments":
            pairs.append((b"arguments", [_argument(inner) for inner in value]))
        else:
            pairs.append((name.encode(), _value(value)))
    return MapReply(pairs)


def _document(document: dict[str, Any]) -> Reply:
    """What COMMAND DOCS tells of one command (`addReplyCommandDocs`)."""
    pairs: list[tuple[bytes, Any]] = []
    for name, value in document.items():
        reply: Any
        if name == "doc_flags":
            reply = _statuses(value)
        elif name == "history":
            reply = SetReply([[since.encode(), change.encode()] for since, change in value])
        elif name == "arguments":
            reply = [_argument(argument) for argument in value]
        elif name == "subcommands":
            reply = MapReply([(inner.encode(), _document(item)) for inner, item in value.items()])
        else:
            reply = value.encode()
        pairs.append((name.encode(), reply))
    return MapReply(pairs)


@command("COMMAND|DOCS")
def docs(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND DOCS [command-name ...]"""
    documents = documents_of(session.keyspace.profile)
    wanted: list[Row | None]
    if len(argv) == 2:
        wanted = [*session.keyspace.commands.by_name.values()]
    else:
        wanted = [_row(session, name.split(b"|"), exact=True) for name in argv[2:]]
    pairs = []
    for row in wanted:
        document = None if row is None else documents.get((row.container or row).full_name.decode())
        if row is not None and document is not None:
            if row.container is not None:
                document = document["subcommands"][row.full_name.decode()]
            pairs.append((row.full_name, _document(document)))
    return MapReply(pairs)


# COMMAND LIST


@command("COMMAND|LIST")
def list_(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND LIST [FILTERBY MODULE module-name | ACLCAT category | PATTERN pattern]"""
    rows = session.keyspace.commands.rows
    if len(argv) == 2:
        return [row.full_name for row in rows()]
    if keyword(argv[2]) != b"filterby":
        raise CommandError(messages.SYNTAX, argv[2], OPTION)
    if len(argv) != 5:
        raise CommandError(messages.SYNTAX)
    kind, wanted = keyword(argv[3]), messages.shown(argv[4]).lower()
    if kind == b"module":
        return []
    if kind == b"aclcat":
        category = "@" + wanted.decode("latin-1")
        return [row.full_name for row in rows() if category in row.categories]
    if kind == b"pattern":
        return [row.full_name for row in rows() if matches(argv[4].lower(), row.full_name)]
    raise CommandError(messages.SYNTAX, argv[3], CHOICE)


# COMMAND GETKEYS


def _keys_of(session: Session, words: list[bytes]) -> list[KeyPosition]:
    """The keys of a command (`getKeysSubcommandImpl`)."""
    row = _row(session, words, exact=False)
    if row is None:
        raise CommandError(_NO_SUCH_COMMAND, words[0], COMMAND)
    if not may_have_keys(row):
        raise CommandError(_NO_KEYS, words[0], COMMAND)
    if not arity_matches(row, len(words)):
        raise CommandError(_WRONG_NUMBER)
    positions = key_positions(row, words)
    if not positions and "no_mandatory_keys" not in row.flags:
        raise CommandError(_BAD_ARGUMENTS)
    return positions


@command("COMMAND|GETKEYS")
def getkeys(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND GETKEYS command [argument ...]"""
    return [argv[2 + position.word] for position in _keys_of(session, argv[2:])]


@command("COMMAND|GETKEYSANDFLAGS")
def getkeysandflags(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND GETKEYSANDFLAGS command [argument ...]"""
    return [[argv[2 + position.word], _statuses(position.flags)] for position in _keys_of(session, argv[2:])]


@command("COMMAND|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND HELP"""
    return subcommand_help(session, b"COMMAND", _HELP)


_HELP: Final = (
    b"(no subcommand)",
    b"    Return details about all Redis commands.",
    b"COUNT",
    b"    Return the total number of commands in this Redis server.",
    b"LIST",
    b"    Return a list of all commands in this Redis server.",
    b"INFO [<command-name> ...]",
    b"    Return details about multiple Redis commands.",
    b"    If no command names are given, documentation details for all",
    b"    commands are returned.",
    b"DOCS [<command-name> ...]",
    b"    Return documentation details about multiple Redis commands.",
    b"    If no command names are given, documentation details for all",
    b"    commands are returned.",
    b"GETKEYS <full-command>",
    b"    Return the keys from a full Redis command.",
    b"GETKEYSANDFLAGS <full-command>",
    b"    Return the keys and the access flags from a full Redis command.",
)
