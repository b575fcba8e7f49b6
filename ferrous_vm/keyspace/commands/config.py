"""CONFIG (config.c). Where Redis answers in hash order, the order is that of its table."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.glob import matches
from ferrous_vm.keyspace.arguments.readings import NAME, SETTING
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.help import subcommand_help
from ferrous_vm.keyspace.replies import OK, MapReply, Reply
from ferrous_vm.keyspace.server.configuration import RefusedParameter
from ferrous_vm.keyspace.server.configuration_table import Parameter
from ferrous_vm.keyspace.session import Session

_UNKNOWN: Final = b"ERR Unknown option or number of arguments for CONFIG SET - '%b'"
_FAILED: Final = b"ERR CONFIG SET failed (possibly related to argument '%b') - %b"
_NO_FILE: Final = b"ERR The server is running without a config file"


@command("CONFIG|GET")
def get(session: Session, argv: list[bytes]) -> Reply:
    """CONFIG GET parameter [parameter ...]: names or patterns"""
    found: dict[bytes, tuple[bytes, Parameter]] = {}
    for argument in argv[2:]:
        name = messages.shown(argument)
        if not any(sign in name for sign in (b"[", b"*", b"?")):
            parameter = session.keyspace.configuration.known.get(argument.lower())
            if parameter is not None:
                found.setdefault(name.lower(), (name, parameter))
            continue
        for known, parameter in session.keyspace.configuration.known.items():
            if not parameter.hidden and matches(name.lower(), known):
                found.setdefault(known, (known, parameter))
    value = session.keyspace.configuration.get
    return MapReply([(name, value(parameter.name)) for name, parameter in found.values()])


@command("CONFIG|SET")
def set_(session: Session, argv: list[bytes]) -> Reply:
    """CONFIG SET parameter value [parameter value ...]: all of them or none"""
    if len(argv) % 2:
        raise CommandError(messages.SYNTAX)
    configuration = session.keyspace.configuration
    values: list[tuple[Parameter, bytes]] = []
    names: set[bytes] = set()
    for position in range(2, len(argv), 2):
        name = messages.shown(argv[position])
        parameter = session.keyspace.configuration.known.get(argv[position].lower())
        if parameter is None:
            raise CommandError(_UNKNOWN % name, argv[position], NAME)
        if parameter.fixed:
            raise CommandError(_FAILED % (name, b"can't set immutable config"), argv[position], NAME)
        if parameter.protected and not configuration.allows(b"enable-protected-configs"):
            raise CommandError(_FAILED % (name, b"can't set protected config"), argv[position], NAME)
        if name.lower() in names:
            raise CommandError(_FAILED % (name, b"duplicate parameter"), argv[position], NAME)
        names.add(name.lower())
        values.append((parameter, argv[position + 1]))
    journal = session.keyspace.journal
    default_user = session.keyspace.default_user
    if journal is not None:
        journal.note(session.keyspace.refresh_gates)
        journal.note(default_user.become, default_user.copy())
        for parameter, _ in values:
            journal.note(configuration.put_back, parameter.name, configuration.get(parameter.name))
    try:
        configuration.set_all(values)
    except RefusedParameter as error:
        refused = next(value for parameter, value in values if parameter is error.parameter)
        raise CommandError(_FAILED % (error.parameter.name, error.reason), refused, SETTING) from None
    for parameter, password in values:
        if parameter.name == b"requirepass":
            default_user.require(password)
    session.keyspace.refresh_gates()
    return OK


@command("CONFIG|RESETSTAT")
def resetstat(session: Session, argv: list[bytes]) -> Reply:
    """CONFIG RESETSTAT"""
    session.keyspace.statistics.reset()
    return OK


@command("CONFIG|REWRITE")
def rewrite(session: Session, argv: list[bytes]) -> Reply:
    """CONFIG REWRITE: refused, for there is no configuration file"""
    raise CommandError(_NO_FILE)


@command("CONFIG|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """CONFIG HELP"""
    return subcommand_help(session, b"CONFIG", _HELP)


_HELP: Final = (
    b"GET <pattern>",
    b"    Return parameters matching the glob-like <pattern> and their values.",
    b"SET <directive> <value>",
    b"    Set the configuration <directive> to <value>.",
    b"RESETSTAT",
    b"    Reset statistics reported by the INFO command.",
    b"REWRITE",
    b"    Rewrite the configuration file.",
)
