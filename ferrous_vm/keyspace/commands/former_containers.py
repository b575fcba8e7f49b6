"""Commands with subcommands, as they were before Redis 7.0: one command each, which looks at its arguments itself."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.access import acl_rules
from ferrous_vm.keyspace.arguments.counting import at_most
from ferrous_vm.keyspace.arguments.parsing import integer, keyword
from ferrous_vm.keyspace.arguments.readings import NAME, SETTING
from ferrous_vm.keyspace.commands import client, command_information, config
from ferrous_vm.keyspace.commands.help import subcommand_syntax
from ferrous_vm.keyspace.profiles.own_handlers import own
from ferrous_vm.keyspace.replies import OK, MapReply, Reply, SetReply
from ferrous_vm.keyspace.session import Session

_ENTRIES_SHOWN: Final = 10
"""Of the slow log, where nobody says how many."""
_NO_CLUSTER: Final = b"ERR This instance has cluster support disabled"


@own("ACL", "CLIENT", "CONFIG", "LATENCY", "MEMORY", "MODULE", "OBJECT", "PUBSUB", "SCRIPT", "SLOWLOG")
def container(session: Session, argv: list[bytes]) -> Reply:
    """What no subcommand fits."""
    subcommand = messages.shown(argv[1])  # of any length
    raise CommandError(messages.UNKNOWN_SUBCOMMAND_OR_ARITY % (subcommand, argv[0].upper()))


@own("CLUSTER")
def cluster(session: Session, argv: list[bytes]) -> Reply:
    """What no subcommand of CLUSTER fits, which outside clusters is refused as a whole."""
    if session.keyspace.cluster is None:
        raise CommandError(_NO_CLUSTER)
    raise subcommand_syntax(argv)


@own("READWRITE")
def readwrite(session: Session, argv: list[bytes]) -> Reply:
    """READWRITE, which is answered outside clusters too."""
    return OK


@own("COMMAND")
def command(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND alone, or with what is no subcommand."""
    if len(argv) > 1:
        raise subcommand_syntax(argv)
    return [_information(reply) for reply in command_information.all_information(session)]


@own("COMMAND|INFO")
def command_info(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND INFO [command-name ...]: nothing without a name."""
    return [_information(command_information.information_on(session, [name])) for name in argv[2:]]


def _information(reply: Reply) -> Reply:
    """Tips, key specs and subcommands came with 7.0."""
    return reply[:7] if isinstance(reply, list) else reply


@own("COMMAND|GETKEYS")
def getkeys(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND GETKEYS command [argument ...]: of the commands that store a union the destination comes last."""
    name = keyword(argv[2])
    if name == b"stralgo":
        return _algorithm_keys(argv)
    try:
        keys = command_information.getkeys(session, argv)
    except CommandError:
        if name not in _KEYED:
            raise
        raise CommandError(_INVALID) from None
    if isinstance(keys, list) and name in (b"zunionstore", b"zinterstore", b"zdiffstore"):
        return [*keys[1:], keys[0]]
    return keys


_INVALID: Final = b"ERR Invalid arguments specified for command"
_KEYED: Final = (b"memory", b"object", b"xgroup", b"xinfo")
"""Containers whose third word is a key, in the table that does not know their subcommands."""


def _algorithm_keys(argv: list[bytes]) -> list[Reply]:
    """The two keys of STRALGO (`lcsGetKeys`)."""
    for place in range(3, len(argv) - 2):
        if keyword(argv[place]) == b"keys":
            return [*argv[place + 1 : place + 3]]
    raise CommandError(_INVALID)


@own("CONFIG|GET")
def config_get(session: Session, argv: list[bytes]) -> Reply:
    """CONFIG GET parameter: told by its own name, however it was written, and known up to a NUL."""
    return config.get(session, [*argv[:2], messages.shown(argv[2]).lower()])


_WITHOUT_REASON: Final = (
    b"notify-keyspace-events", b"save", b"client-output-buffer-limit", b"oom-score-adj-values",
)  # fmt: skip
"""Parameters of whose values CONFIG SET does not say what is wrong."""


@own("CONFIG|SET")
def config_set(session: Session, argv: list[bytes]) -> Reply:
    """CONFIG SET parameter value"""
    name = messages.shown(argv[2])
    parameter = session.keyspace.configuration.known.get(name.lower())
    if parameter is None or parameter.fixed:
        raise CommandError(b"ERR Unsupported CONFIG parameter: %b" % name, argv[2], NAME)
    try:
        if parameter.name == b"notify-keyspace-events" and b"n" in argv[3]:  # new keys are not told of yet
            raise CommandError(b"", argv[3], SETTING)
        return config.set_(session, [*argv[:2], name, argv[3]])
    except CommandError as error:
        reason = error.message.partition(b"') - ")[2].replace(b"argument(s) must", b"argument must")
        shown = b"ERR Invalid argument '%b' for CONFIG SET '%b'" % (messages.shown(argv[3]), name)
        untold = parameter.name in _WITHOUT_REASON
        raise CommandError(shown if untold else shown + b" - " + reason, argv[3], SETTING) from None


@own("CLIENT|KILL")
def client_kill(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT KILL, whose ID may be any integer."""
    if len(argv) == 2:
        raise CommandError(messages.SYNTAX)
    if len(argv) > 3:
        for option, value in zip(argv[2::2], argv[3::2], strict=False):
            if keyword(option) == b"id" and integer(value) <= 0:
                return 0
    return client.kill(session, argv)


@own("SLOWLOG|GET")
def slowlog_get(session: Session, argv: list[bytes]) -> Reply:
    """SLOWLOG GET [count]: any negative count means all."""
    if len(argv) > 3:
        raise subcommand_syntax(argv)
    count = integer(argv[2]) if len(argv) == 3 else _ENTRIES_SHOWN
    return [list(entry) for entry in at_most(session.keyspace.statistics.slow, None if count < 0 else count)]


@own("ACL|GETUSER")
def getuser(session: Session, argv: list[bytes]) -> Reply:
    """ACL GETUSER username: what its one selector allows in words, and its patterns bare."""
    user = session.keyspace.users.get(argv[2])
    if user is None:
        return None
    selector = user.selectors[0]
    state, *flags = acl_rules.flags(session.keyspace.profile, user)
    broad = {
        b"allkeys": selector.all_keys,
        b"allchannels": selector.all_channels,
        b"allcommands": acl_rules.allows_all(selector),
    }
    return MapReply([
        (b"flags", SetReply([state, *(word for word, holds in broad.items() if holds), *flags])),
        (b"passwords", list(user.passwords)),
        (b"commands", acl_rules.describe_commands(session.keyspace.profile, selector)),
        (b"keys", [rule[1:] for rule in acl_rules.key_rules(selector)]),
        (b"channels", [rule[1:] for rule in acl_rules.channel_rules(selector)]),
    ])  # fmt: skip
