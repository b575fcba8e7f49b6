"""CLIENT (networking.c `clientCommand`).

CLIENT NO-EVICT has no effect but to be said back. CLIENT KILL marks sessions as closing. CLIENT PAUSE holds back who
can wait. CLIENT TRACKING and its like are in `client_tracking.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from operator import attrgetter
from typing import Final, TypeAlias

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import CHOICE, INTEGER, NAME, OPTION, SURPLUS
from ferrous_vm.keyspace.arguments.timeouts import timeout_of
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.connection import check_client_name
from ferrous_vm.keyspace.commands.help import subcommand_help, subcommand_syntax
from ferrous_vm.keyspace.replies import NO_REPLY, OK, Reply, Verbatim
from ferrous_vm.keyspace.server.client_lines import client_line, client_type, request_size
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.waiting import PAUSE, UNBLOCKED, waiters_of

_TYPES: Final = frozenset({b"normal", b"slave", b"replica", b"pubsub", b"master"})
_BAD_ID: Final = b"ERR Invalid client ID"
_ID_NOT_POSITIVE: Final = b"ERR client-id should be greater than 0"
_NO_SUCH_CLIENT: Final = b"ERR No such client"
_REASON: Final = b"ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"
_PAUSE_MODE: Final = b"ERR CLIENT PAUSE mode must be WRITE or ALL"


@command("CLIENT|ID")
def id_(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT ID"""
    return session.client_id


@command("CLIENT|GETNAME")
def getname(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT GETNAME"""
    return session.name or None


@command("CLIENT|SETNAME")
def setname(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT SETNAME name: an empty name takes it away"""
    check_client_name(session, argv[2])
    session.name = argv[2]
    return OK


# Who is connected


@command("CLIENT|INFO")
def info(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT INFO"""
    return Verbatim(b"txt", client_line(session, request_size(argv)) + b"\n")


@command("CLIENT|LIST")
def list_(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT LIST [TYPE type] [ID client-id [client-id ...]]"""
    clients = sorted(session.keyspace.clients.values(), key=lambda client: client.client_id)
    if session.keyspace.profile.client_filters:
        clients = _filtered(session, argv, clients, spares_caller=False)
    elif len(argv) == 4 and keyword(argv[2]) == b"type":
        wanted = _type_argument(argv[3])
        clients = [client for client in clients if client_type(client) == wanted]
    elif len(argv) > 3 and keyword(argv[2]) == b"id":
        ids = [integer(argument, _BAD_ID) for argument in argv[3:]]
        clients = [session.keyspace.clients[number] for number in ids if number in session.keyspace.clients]
    elif len(argv) != 2:
        raise CommandError(messages.SYNTAX, argv[2], OPTION)
    sizes = {session: request_size(argv)}
    return Verbatim(b"txt", b"".join(client_line(client, sizes.get(client, 0)) + b"\n" for client in clients))


def _filtered(session: Session, argv: list[bytes], clients: list[Session], *, spares_caller: bool) -> list[Session]:
    """Those of the clients that the words from argv[2] on look for."""
    from ferrous_vm.keyspace.commands.client_filters import filters

    wanted = filters(session, argv, spares_caller=spares_caller)
    return [client for client in clients if all(holds(client) for holds in wanted)]


def _type_argument(text: bytes) -> bytes:
    if keyword(text) not in _TYPES:
        raise CommandError(b"ERR Unknown client type '%b'" % messages.shown(text), text, CHOICE)
    return text.lower()


# Ending and holding connections


@command("CLIENT|KILL")
def kill(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT KILL ip:port, or filters: ID, TYPE, USER, ADDR, LADDR, SKIPME"""
    everybody = list(session.keyspace.clients.values())
    if len(argv) == 3:
        victims = [client for client in everybody if client.address == messages.shown(argv[2])]
        if not victims:
            raise CommandError(_NO_SUCH_CLIENT, argv[2], NAME)
        close(session, victims)
        return OK
    if session.keyspace.profile.client_filters:
        victims = _filtered(session, argv, everybody, spares_caller=True)
        close(session, victims)
        return len(victims)
    filters, skip_me = _kill_filters(session, argv)
    victims = [
        client for client in everybody
        if not (skip_me and client is session) and all(of(client) == wanted for of, wanted in filters.values())
    ]  # fmt: skip
    close(session, victims)
    return len(victims)


_Filters: TypeAlias = dict[bytes, tuple[Callable[[Session], object], object]]


def _kill_filters(session: Session, argv: list[bytes]) -> tuple[_Filters, bool]:
    """What a victim must be: properties and the values they must have, of each kind the last; and whether the caller is
    spared."""
    filters: _Filters = {}
    skip_me = True
    for option, argument in zip_longest(argv[2::2], argv[3::2]):
        if argument is None:
            raise CommandError(messages.SYNTAX, option, OPTION)
        match kind := keyword(option):
            case b"id":
                number = to_integer(argument)
                if number is None or number < 1:
                    raise CommandError(_ID_NOT_POSITIVE, argument, INTEGER)
                filters[kind] = attrgetter("client_id"), number
            case b"type":
                filters[kind] = client_type, _type_argument(argument)
            case b"addr":
                filters[kind] = attrgetter("address"), messages.shown(argument)
            case b"laddr":
                filters[kind] = attrgetter("local_address"), messages.shown(argument)
            case b"user":
                user = session.keyspace.users.get(argument)
                if user is None:
                    raise CommandError(b"ERR No such user '%b'" % messages.shown(argument), argument, NAME)
                filters[kind] = attrgetter("user"), user
            case b"maxage" if "client kill maxage" in session.keyspace.profile.options:
                age = integer(argument, b"ERR maxage is not an integer or out of range")
                if age <= 0:
                    raise CommandError(b"ERR maxage should be greater than 0", argument, INTEGER)
                filters[kind] = partial(_is_older, session.keyspace.milliseconds(), age), True
            case b"skipme" if keyword(argument) in (b"yes", b"no"):
                skip_me = keyword(argument) == b"yes"
            case b"skipme":
                raise CommandError(messages.SYNTAX, argument, CHOICE)
            case _:
                raise CommandError(messages.SYNTAX, option, OPTION)
    return filters, skip_me


def _is_older(now: int, seconds: int, client: Session) -> bool:
    """Whether a client has been connected for so many seconds at `now`, in Unix milliseconds."""
    return (now - client.created) // 1000 >= seconds


def close(session: Session, victims: list[Session]) -> None:
    """End the connections of `victims`; that of the caller `session` after the reply."""
    for client in victims:
        if client is session:
            client.closing = True
        else:
            client.close()


@command("CLIENT|UNBLOCK")
def unblock(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT UNBLOCK client-id [TIMEOUT | ERROR]: one that CLIENT PAUSE holds back stays so"""
    if len(argv) > 4 and not session.keyspace.profile.client_filters:
        raise subcommand_syntax(argv, argv[4], SURPLUS)
    if len(argv) > 3 and keyword(argv[3]) not in (b"timeout", b"error"):
        raise CommandError(_REASON, argv[3], CHOICE)
    identity = integer(argv[2])
    waiters = session.keyspace.waiters
    waiting = None if waiters is None else waiters.waiting.get(identity)
    if waiting is None or waiting.kind == PAUSE:
        return 0
    waiters.end(waiting, UNBLOCKED if len(argv) > 3 and keyword(argv[3]) == b"error" else waiting.nothing)
    return 1


@command("CLIENT|PAUSE")
def pause(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT PAUSE timeout [WRITE | ALL]"""
    if len(argv) > 4 and not session.keyspace.profile.client_filters:
        raise subcommand_syntax(argv, argv[4], SURPLUS)
    if len(argv) > 3 and keyword(argv[3]) not in (b"write", b"all"):
        raise CommandError(_PAUSE_MODE, argv[3], CHOICE)
    end = session.keyspace.milliseconds() + timeout_of(session.keyspace, argv[2])
    waiters_of(session.keyspace).pause(end, is_for_all=len(argv) < 4 or keyword(argv[3]) == b"all")
    return OK


@command("CLIENT|UNPAUSE")
def unpause(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT UNPAUSE"""
    if session.keyspace.waiters is not None:
        session.keyspace.waiters.unpause()
    return OK


@command("CLIENT|NO-EVICT")
def no_evict(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT NO-EVICT ON | OFF"""
    if keyword(argv[2]) not in (b"on", b"off"):
        raise CommandError(messages.SYNTAX, argv[2], CHOICE)
    session.no_evict = keyword(argv[2]) == b"on"
    return OK


@command("CLIENT|REPLY")
def reply_(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT REPLY ON | OFF | SKIP"""
    mode = keyword(argv[2])
    if mode not in (b"on", b"off", b"skip"):
        raise CommandError(messages.SYNTAX, argv[2], CHOICE)
    if mode == b"skip" and session.reply_mode == b"skip":
        session.reply_mode = b"skip_next"
    elif mode != b"skip" or session.reply_mode == b"on":
        session.reply_mode = mode
        session.refresh_gate()
    return OK if mode == b"on" else NO_REPLY


@command("CLIENT|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT HELP"""
    return subcommand_help(session, b"CLIENT", _HELP)


_HELP: Final = (
    b"CACHING (YES|NO)",
    b"    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
    b"GETREDIR",
    b"    Return the client ID we are redirecting to when tracking is enabled.",
    b"GETNAME",
    b"    Return the name of the current connection.",
    b"ID",
    b"    Return the ID of the current connection.",
    b"INFO",
    b"    Return information about the current client connection.",
    b"KILL <ip:port>",
    b"    Kill connection made from <ip:port>.",
    b"KILL <option> <value> [<option> <value> [...]]",
    b"    Kill connections. Options are:",
    b"    * ADDR (<ip:port>|<unixsocket>:0)",
    b"      Kill connections made from the specified address",
    b"    * LADDR (<ip:port>|<unixsocket>:0)",
    b"      Kill connections made to specified local address",
    b"    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
    b"      Kill connections by type.",
    b"    * USER <username>",
    b"      Kill connections authenticated by <username>.",
    b"    * SKIPME (YES|NO)",
    b"      Skip killing current connection (default: yes).",
    b"LIST [options ...]",
    b"    Return information about client connections. Options:",
    b"    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
    b"      Return clients of specified type.",
    b"UNPAUSE",
    b"    Stop the current client pause, resuming traffic.",
    b"PAUSE <timeout> [WRITE|ALL]",
    b"    Suspend all, or just write, clients for <timeout> milliseconds.",
    b"REPLY (ON|OFF|SKIP)",
    b"    Control the replies sent to the current connection.",
    b"SETNAME <name>",
    b"    Assign the name <name> to the current connection.",
    b"UNBLOCK <clientid> [TIMEOUT|ERROR]",
    b"    Unblock the specified blocked client.",
    b"TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
    b"         [OPTIN] [OPTOUT] [NOLOOP]",
    b"    Control server assisted client side caching.",
    b"TRACKINGINFO",
    b"    Report tracking status for the current connection.",
    b"NO-EVICT (ON|OFF)",
    b"    Protect current client connection from eviction.",
)
