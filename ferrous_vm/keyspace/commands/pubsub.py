"""Commands of publish and subscribe (pubsub.c). Confirmations are replies; messages wait in `keyspace/pubsub.py`."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.glob import matches
from ferrous_vm.keyspace.arguments.readings import SURPLUS
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.help import subcommand_help, subcommand_syntax
from ferrous_vm.keyspace.replies import Push, Reply, Several
from ferrous_vm.keyspace.server import pubsub
from ferrous_vm.keyspace.server.pubsub import CHANNELS, PATTERNS, SHARD_CHANNELS
from ferrous_vm.keyspace.session import Session

_NOT_SUBSCRIBED: Final = b"NOSUB '%b' command executed not in subscribed mode"
_DENIED: Final = b"ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client"
_WORDS: Final = {CHANNELS: b"subscribe", PATTERNS: b"psubscribe", SHARD_CHANNELS: b"ssubscribe"}
_ENDING_WORDS: Final = {CHANNELS: b"unsubscribe", PATTERNS: b"punsubscribe", SHARD_CHANNELS: b"sunsubscribe"}


def _subscribe(session: Session, kind: int, names: list[bytes]) -> Reply:
    confirmations = []
    for name in names:
        pubsub.subscribe(session, kind, name)
        confirmations.append(Push([_WORDS[kind], name, pubsub.count(session, kind)]))
    return Several(confirmations)


def _unsubscribe(session: Session, kind: int, argv: list[bytes]) -> Reply:
    names = argv[1:]
    if not session.subscribed and session.keyspace.profile.leaves_subscriptions_only:
        raise CommandError(_NOT_SUBSCRIBED % argv[0].lower())
    confirmations = []
    nothing: list[bytes | None] = [None]
    for name in names or pubsub.subscriptions(session, kind) or nothing:
        if name is not None:
            pubsub.unsubscribe(session, kind, name)
        confirmations.append(Push([_ENDING_WORDS[kind], name, pubsub.count(session, kind)]))
    return Several(confirmations)


@command("SUBSCRIBE")
def subscribe(session: Session, argv: list[bytes]) -> Reply:
    """SUBSCRIBE channel [channel ...]"""
    return _subscribe(session, CHANNELS, argv[1:])


@command("PSUBSCRIBE")
def psubscribe(session: Session, argv: list[bytes]) -> Reply:
    """PSUBSCRIBE pattern [pattern ...]"""
    return _subscribe(session, PATTERNS, argv[1:])


@command("SSUBSCRIBE")
def ssubscribe(session: Session, argv: list[bytes]) -> Reply:
    """SSUBSCRIBE shardchannel [shardchannel ...]: not in transactions, where SUBSCRIBE may stand"""
    if not session.may_block:
        raise CommandError(_DENIED)
    return _subscribe(session, SHARD_CHANNELS, argv[1:])


@command("UNSUBSCRIBE")
def unsubscribe(session: Session, argv: list[bytes]) -> Reply:
    """UNSUBSCRIBE [channel ...]: without channels, from all of them"""
    return _unsubscribe(session, CHANNELS, argv)


@command("PUNSUBSCRIBE")
def punsubscribe(session: Session, argv: list[bytes]) -> Reply:
    """PUNSUBSCRIBE [pattern ...]"""
    return _unsubscribe(session, PATTERNS, argv)


@command("SUNSUBSCRIBE")
def sunsubscribe(session: Session, argv: list[bytes]) -> Reply:
    """SUNSUBSCRIBE [shardchannel ...]"""
    return _unsubscribe(session, SHARD_CHANNELS, argv)


@command("PUBLISH")
def publish(session: Session, argv: list[bytes]) -> Reply:
    """PUBLISH channel message"""
    return pubsub.publish(session.keyspace, argv[1], argv[2])


@command("SPUBLISH")
def spublish(session: Session, argv: list[bytes]) -> Reply:
    """SPUBLISH shardchannel message"""
    return pubsub.publish(session.keyspace, argv[1], argv[2], shard=True)


# PUBSUB


def _active(session: Session, kind: int, argv: list[bytes]) -> Reply:
    if len(argv) > 3:
        raise subcommand_syntax(argv, argv[3], SURPLUS)
    names = pubsub.names(session.keyspace, kind)
    return [name for name in names if len(argv) == 2 or matches(argv[2], name)]


def _subscriber_counts(session: Session, kind: int, names: list[bytes]) -> Reply:
    return [item for name in names for item in (name, pubsub.subscriber_count(session.keyspace, kind, name))]


@command("PUBSUB|CHANNELS")
def channels(session: Session, argv: list[bytes]) -> Reply:
    """PUBSUB CHANNELS [pattern]"""
    return _active(session, CHANNELS, argv)


@command("PUBSUB|SHARDCHANNELS")
def shardchannels(session: Session, argv: list[bytes]) -> Reply:
    """PUBSUB SHARDCHANNELS [pattern]"""
    return _active(session, SHARD_CHANNELS, argv)


@command("PUBSUB|NUMSUB")
def numsub(session: Session, argv: list[bytes]) -> Reply:
    """PUBSUB NUMSUB [channel ...]"""
    return _subscriber_counts(session, CHANNELS, argv[2:])


@command("PUBSUB|SHARDNUMSUB")
def shardnumsub(session: Session, argv: list[bytes]) -> Reply:
    """PUBSUB SHARDNUMSUB [shardchannel ...]"""
    return _subscriber_counts(session, SHARD_CHANNELS, argv[2:])


@command("PUBSUB|NUMPAT")
def numpat(session: Session, argv: list[bytes]) -> Reply:
    """PUBSUB NUMPAT: patterns, however many are subscribed to each"""
    return len(pubsub.names(session.keyspace, PATTERNS))


@command("PUBSUB|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """PUBSUB HELP"""
    return subcommand_help(session, b"PUBSUB", _HELP)


_HELP: Final = (
    b"CHANNELS [<pattern>]",
    b"    Return the currently active channels matching a <pattern> (default: '*').",
    b"NUMPAT",
    b"    Return number of subscriptions to patterns.",
    b"NUMSUB [<channel> ...]",
    b"    Return the number of subscribers for the specified channels, excluding",
    b"    pattern subscriptions(default: no channels).",
    b"SHARDCHANNELS [<pattern>]",
    b"    Return the currently active shard level channels matching a <pattern> (default: '*').",
    b"SHARDNUMSUB [<shardchannel> ...]",
    b"    Return the number of subscribers for the specified shard level channel(s)",
)
