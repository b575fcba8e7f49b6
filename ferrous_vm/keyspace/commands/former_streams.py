"""XGROUP, XINFO and XSETID as they were before Redis 7.0: they look for the stream before anything else."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.arguments.readings import COMMAND, KEY, NAME, OPTION
from ferrous_vm.keyspace.command import Handler
from ferrous_vm.keyspace.commands import stream_groups, stream_information, streams
from ferrous_vm.keyspace.commands.stream_arguments import NO_GROUP_FOR_KEY
from ferrous_vm.keyspace.profiles.own_handlers import own
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.streams import Stream

_SUBCOMMANDS: Final[dict[bytes, tuple[Handler, tuple[int, ...]]]] = {
    b"create": (stream_groups.create, (5, 6)),
    b"setid": (stream_groups.setid, (5,)),
    b"destroy": (stream_groups.destroy, (4,)),
    b"createconsumer": (stream_groups.createconsumer, (5,)),
    b"delconsumer": (stream_groups.delconsumer, (5,)),
}
"""Of XGROUP, each with how many words it may have."""
_OF_A_GROUP: Final = (b"setid", b"createconsumer", b"delconsumer")
_WORDS_OF_MKSTREAM: Final = 6


def _misfit(argv: list[bytes]) -> CommandError:
    name = argv[0].upper()
    return CommandError(messages.UNKNOWN_SUBCOMMAND_OR_ARITY % (messages.shown(argv[1]), name), argv[1], COMMAND)


@own("XGROUP", "XGROUP|CREATE", "XGROUP|CREATECONSUMER", "XGROUP|DELCONSUMER", "XGROUP|DESTROY", "XGROUP|SETID")
def xgroup(session: Session, argv: list[bytes]) -> Reply:
    """XGROUP subcommand key group [argument ...]"""
    option = keyword(argv[1])
    handler, counts = _SUBCOMMANDS.get(option, (None, ()))
    makes = option == b"create" and len(argv) == _WORDS_OF_MKSTREAM
    if makes and keyword(argv[5]) != b"mkstream":
        raise CommandError(_misfit(argv).message, argv[5], OPTION)
    if len(argv) > 3:
        stream = session.database.find(argv[2], Stream)
        if stream is None and not makes:
            raise CommandError(stream_groups.NEEDS_KEY, argv[2], KEY)
        if stream is not None and option in _OF_A_GROUP and argv[3] not in stream.groups:
            raise CommandError(NO_GROUP_FOR_KEY % (messages.shown(argv[3]), messages.shown(argv[2])), argv[3], NAME)
    if handler is None or len(argv) not in counts:
        raise _misfit(argv)
    return handler(session, argv)


@own("XINFO")
def xinfo(session: Session, argv: list[bytes]) -> Reply:
    """What no subcommand of XINFO fits; HELP takes whatever follows."""
    if keyword(argv[1]) == b"help":
        return stream_information.help_(session, argv)
    if len(argv) > 2:
        _look_for(session, argv[2])
    raise _misfit(argv)


@own("XSETID")
def xsetid(session: Session, argv: list[bytes]) -> Reply:
    """XSETID key last-id"""
    _look_for(session, argv[1])
    return streams.xsetid(session, argv)


def _look_for(session: Session, key: bytes) -> None:
    if session.database.find(key, Stream) is None:
        raise CommandError(messages.NO_SUCH_KEY, key, KEY)
