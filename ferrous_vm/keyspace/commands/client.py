"""CLIENT (networking.c `clientCommand`, tracking.c).

There is no network below a session, so what CLIENT TRACKING and NO-EVICT set has no effect but to be said back; their
arguments are checked as ever. CLIENT KILL marks sessions as closing. CLIENT PAUSE holds back who can wait.
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
from ferrous_vm.keyspace.replies import NO_REPLY, OK, MapReply, Reply, SetReply, Verbatim
from ferrous_vm.keyspace.server.client_lines import SERVER_ADDRESS, client_line, client_type
from ferrous_vm.keyspace.session import Session, Tracking
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
    return Verbatim(b"txt", client_line(session) + b"\n")


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
    return Verbatim(b"txt", b"".join(client_line(client) + b"\n" for client in clients))


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
                filters[kind] = lambda client: SERVER_ADDRESS, messages.shown(argument)
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


# Tracking

_PREFIX_WITHOUT_BCAST: Final = b"ERR PREFIX option requires BCAST mode to be enabled"
_OPTS_WITH_BCAST: Final = b"ERR OPTIN and OPTOUT are not compatible with BCAST"
_OPTIN_AND_OPTOUT: Final = b"ERR You can't specify both OPTIN mode and OPTOUT mode"
_NO_REDIRECT: Final = b"ERR The client ID you want redirect to does not exist"
_TWO_REDIRECTS: Final = b"ERR A client can only redirect to a single other client"
_BCAST_SWITCH: Final = (
    b"ERR You can't switch BCAST mode on/off before disabling tracking for this client, "
    b"and then re-enabling it with a different mode."
)
_OPT_SWITCH: Final = (
    b"ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, "
    b"and then re-enabling it with a different mode."
)
_OVERLAP: Final = b"ERR Prefix '%b' overlaps with %b prefix '%b'. Prefixes for a single client must not overlap."
_CACHING: Final = (
    b"ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled"
)


def _tracking_options(session: Session, argv: list[bytes]) -> Tracking:
    """The options after ON or OFF, read in `clientCommand`'s order."""
    wanted = Tracking()
    position = 3
    while position < len(argv):
        option = keyword(argv[position])
        more = position + 1 < len(argv)
        if option == b"redirect" and more:
            position += 1
            if wanted.redirect:
                raise CommandError(_TWO_REDIRECTS, argv[position], INTEGER)
            wanted.redirect = integer(argv[position])
            if wanted.redirect not in session.keyspace.clients:
                raise CommandError(_NO_REDIRECT, argv[position], INTEGER)
        elif option == b"prefix" and more:
            position += 1
            wanted.prefixes.append(argv[position])
        elif option in (b"bcast", b"optin", b"optout", b"noloop"):
            setattr(wanted, option.decode(), True)
        else:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        position += 1
    return wanted


def _check_tracking(current: Tracking | None, wanted: Tracking) -> None:
    if wanted.prefixes and not wanted.bcast:
        raise CommandError(_PREFIX_WITHOUT_BCAST)
    if current is not None and current.bcast != wanted.bcast:
        raise CommandError(_BCAST_SWITCH)
    if wanted.bcast and (wanted.optin or wanted.optout):
        raise CommandError(_OPTS_WITH_BCAST)
    if wanted.optin and wanted.optout:
        raise CommandError(_OPTIN_AND_OPTOUT)
    if current is not None and ((wanted.optin and current.optout) or (wanted.optout and current.optin)):
        raise CommandError(_OPT_SWITCH)
    _check_prefixes([] if current is None else current.prefixes, wanted.prefixes)


def _check_prefixes(existing: list[bytes], wanted: list[bytes]) -> None:
    """No prefix may begin with another (`checkPrefixCollisionsOrReply`)."""
    for position, prefix in enumerate(wanted):
        for other in existing:
            if prefix.startswith(other) or other.startswith(prefix):
                raise CommandError(_OVERLAP % (prefix, b"an existing", other))
        for other in wanted[position + 1 :]:
            if prefix.startswith(other) or other.startswith(prefix):
                raise CommandError(_OVERLAP % (prefix, b"another provided", other))


@command("CLIENT|TRACKING")
def tracking(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT TRACKING ON | OFF [REDIRECT id] [PREFIX prefix ...] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]"""
    wanted = _tracking_options(session, argv)
    switch = keyword(argv[2])
    if switch == b"on":
        current = session.tracking
        _check_tracking(current, wanted)
        if wanted.bcast:
            wanted.prefixes = sorted([*([] if current is None else current.prefixes), *wanted.prefixes])
        session.tracking = wanted
    elif switch == b"off":
        session.tracking = None
    else:
        raise CommandError(messages.SYNTAX, argv[2], CHOICE)
    return OK


@command("CLIENT|CACHING")
def caching(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT CACHING YES | NO"""
    state = session.tracking
    if state is None:
        raise CommandError(_CACHING)
    choice = keyword(argv[2])
    if choice == b"yes" and not state.optin:
        raise CommandError(b"ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.")
    if choice == b"no" and not state.optout:
        raise CommandError(b"ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.")
    if choice not in (b"yes", b"no"):
        raise CommandError(messages.SYNTAX, argv[2], CHOICE)
    state.caching = choice
    return OK


@command("CLIENT|GETREDIR")
def getredir(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT GETREDIR"""
    return -1 if session.tracking is None else session.tracking.redirect


@command("CLIENT|TRACKINGINFO")
def trackinginfo(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT TRACKINGINFO"""
    state = session.tracking
    flags = [b"off"]
    if state is not None:
        flags = [b"on"]
        flags += [name for name in (b"bcast", b"optin", b"optout") if getattr(state, name.decode())]
        flags += [b"caching-" + state.caching] if state.caching else []
        flags += [b"noloop"] if state.noloop else []
    return MapReply([
        (b"flags", SetReply(flags)),
        (b"redirect", -1 if state is None else state.redirect),
        (b"prefixes", [] if state is None else list(state.prefixes)),
    ])  # fmt: skip


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
