"""Commands about the connection itself, but CLIENT (networking.c, acl.c, db.c)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.access import access_log
from ferrous_vm.keyspace.access.denials import Reason
from ferrous_vm.keyspace.access.users import DEFAULT_USER
from ferrous_vm.keyspace.arguments.parsing import c_int, integer, keyword
from ferrous_vm.keyspace.arguments.readings import INTEGER, NAME, OPTION, SURPLUS
from ferrous_vm.keyspace.command import command, wrong_arity
from ferrous_vm.keyspace.commands.keys import database_argument, refuse_in_cluster
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.replies import OK, MapReply, Reply, Status
from ferrous_vm.keyspace.session import Session

_WRONG_PASSWORD: Final = b"WRONGPASS invalid username-password pair or user is disabled."
_NO_PASSWORD: Final = (
    b"ERR AUTH <password> called without any password configured for the default user. "
    b"Are you sure your configuration is correct?"
)
_NOT_A_VERSION: Final = b"ERR Protocol version is not an integer or out of range"
_NO_PROTOCOL: Final = b"NOPROTO unsupported protocol version"
_BAD_NAME: Final = b"ERR Client names cannot contain spaces, newlines or special characters."
_PONG: Final = Status(b"PONG")


@command("PING")
def ping(session: Session, argv: list[bytes]) -> Reply:
    """PING [message]"""
    if len(argv) > 2:
        raise wrong_arity(b"ping")
    if session.subscribed and session.protocol == 2:
        return [b"pong", argv[1] if len(argv) == 2 else b""]
    return argv[1] if len(argv) == 2 else _PONG


@command("ECHO")
def echo(session: Session, argv: list[bytes]) -> Reply:
    """ECHO message"""
    return argv[1]


@command("SELECT")
def select(session: Session, argv: list[bytes]) -> Reply:
    """SELECT index"""
    if c_int(argv[1]) != 0:
        by_number = session.keyspace.profile.clusters_have_databases
        sentence = messages.DB_INDEX_OUT_OF_RANGE if by_number else messages.NOT_IN_CLUSTER % b"SELECT"
        refuse_in_cluster(session, sentence)
    session.select(database_argument(session, argv[1]).index)
    return OK


def _authenticate(session: Session, argv: list[bytes], name: bytes, password: bytes) -> None:
    """Log the session in as the user called `name` (`ACLAuthenticateUser`); the command `argv` asks for it."""
    user = session.keyspace.users.get(name)
    if user is None or not user.accepts(password):
        access_log.note(
            session, session.keyspace.commands.row_named(argv[0].lower()), Reason.AUTHENTICATION, argv[0], user=name
        )
        raise CommandError(_WRONG_PASSWORD)
    session.log_in(user)


@command("AUTH")
def auth(session: Session, argv: list[bytes]) -> Reply:
    """AUTH [username] password"""
    if len(argv) > 3:
        raise CommandError(messages.SYNTAX, argv[3], SURPLUS)
    if len(argv) == 2 and session.keyspace.default_user.needs_no_password:
        raise CommandError(_NO_PASSWORD)
    name, password = (DEFAULT_USER, argv[1]) if len(argv) == 2 else argv[1:]
    _authenticate(session, argv, name, password)
    return OK


def check_client_name(session: Session, name: bytes) -> None:
    """Raise CommandError for a name with anything but visible ASCII (`validateClientName`)."""
    if any(not 33 <= byte <= 126 for byte in looked_at(session, name)):
        raise CommandError(_BAD_NAME, name, NAME)


def looked_at(session: Session, name: bytes) -> bytes:
    """What is looked at of a name that a client gives."""
    return name.partition(b"\0")[0] if session.keyspace.profile.names_end_at_nul else name


def modules_told(profile: Profile) -> list[Reply]:
    """The modules that the server brings along, as HELLO and MODULE LIST tell of them."""
    return [
        MapReply([(b"name", name), (b"ver", version), (b"path", path), (b"args", [])])
        for name, version, path in profile.modules
    ]


@command("HELLO")
def hello(session: Session, argv: list[bytes]) -> Reply:
    """HELLO [protover [AUTH username password] [SETNAME clientname]]

    Each option works at once, or, where all is read first, the last of each; then the protocol.
    """
    keyspace = session.keyspace
    protocol = session.protocol
    if len(argv) > 1:
        protocol = integer(argv[1], _NOT_A_VERSION)
        if protocol not in (2, 3):
            raise CommandError(_NO_PROTOCOL, argv[1], INTEGER)
    position = 2
    wanted: dict[bytes, Callable[[], object]] = {}
    while position < len(argv):
        option = keyword(argv[position])
        if option == b"auth" and position + 2 < len(argv):
            wanted[option] = partial(_authenticate, session, argv, argv[position + 1], argv[position + 2])
            position += 3
        elif option == b"setname" and position + 1 < len(argv):
            check_client_name(session, argv[position + 1])
            wanted[option] = partial(setattr, session, "name", argv[position + 1])
            position += 2
        else:
            sentence = b"ERR Syntax error in HELLO option '%b'" % messages.shown(argv[position])
            raise CommandError(sentence, argv[position], OPTION)
        if not keyspace.profile.reads_hello_first:
            wanted.popitem()[1]()
    if b"auth" in wanted:
        wanted[b"auth"]()
    if not session.authenticated:
        raise CommandError(keyspace.profile.sentences.no_hello)
    if b"setname" in wanted:
        wanted[b"setname"]()
    session.protocol = protocol
    profile = keyspace.profile
    return MapReply([
        (b"server", profile.server),
        (b"version", profile.version),
        (b"proto", protocol),
        (b"id", session.client_id),
        (b"mode", b"standalone" if session.keyspace.cluster is None else b"cluster"),
        (b"role", b"master"),
        (b"modules", modules_told(profile)),
    ])  # fmt: skip


@command("QUIT")
def quit_(session: Session, argv: list[bytes]) -> Reply:
    """QUIT: the connection is closed after the reply"""
    session.closing = True
    return OK


@command("RESET")
def reset(session: Session, argv: list[bytes]) -> Reply:
    """RESET: the session as it was when it connected"""
    session.reset()
    return Status(b"RESET")
