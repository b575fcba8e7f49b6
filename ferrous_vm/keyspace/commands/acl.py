"""ACL (acl.c): users, what they may do, and what was denied to them."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.access import acl_rules
from ferrous_vm.keyspace.access.denials import Reason
from ferrous_vm.keyspace.access.permissions import denial, may_use_channel
from ferrous_vm.keyspace.access.users import DEFAULT_USER, Selector, User
from ferrous_vm.keyspace.admission import with_names
from ferrous_vm.keyspace.arguments.parsing import integer
from ferrous_vm.keyspace.arguments.readings import COMMAND, INTEGER, NAME, RULE, SURPLUS
from ferrous_vm.keyspace.command import command, wrong_arity
from ferrous_vm.keyspace.command_table import arity_matches
from ferrous_vm.keyspace.commands.client import close
from ferrous_vm.keyspace.commands.help import subcommand_help, subcommand_syntax
from ferrous_vm.keyspace.replies import OK, MapReply, Reply, SetReply
from ferrous_vm.keyspace.server.pubsub import CHANNELS, PATTERNS, SHARD_CHANNELS, subscriptions
from ferrous_vm.keyspace.session import Session

_BAD_NAME: Final = b"ERR Usernames can't contain spaces or null characters"
_UNMATCHED: Final = b"ERR Unmatched parenthesis in acl selector starting at '%b'."
_REFUSED: Final = b"ERR Error in ACL SETUSER modifier '%b': %b"
_UNKNOWN_CATEGORY: Final = b"ERR Unknown category '%b'"
_UNKNOWN_USER: Final = b"ERR User '%b' not found"
_UNKNOWN_COMMAND: Final = b"ERR Command '%b' not found"
_UNREMOVABLE: Final = b"ERR The 'default' user cannot be removed"
_DENIED: Final[dict[Reason, bytes]] = {
    Reason.DATABASE: b" has no permissions to access database %b",
    Reason.COMMAND: b" has no permissions to run the '%b' command",
    Reason.KEY: b" has no permissions to access the '%b' key",
    Reason.CHANNEL: b" has no permissions to access the '%b' channel",
}
_LOGGED: Final[dict[Reason, bytes]] = {
    Reason.DATABASE: b"database",
    Reason.COMMAND: b"command",
    Reason.KEY: b"key",
    Reason.AUTHENTICATION: b"auth",
    Reason.CHANNEL: b"channel",
}
_ENTRIES: Final = 10
"""Entries of the log that ACL LOG shows unless it is told how many."""
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
    return session.user.name


@command("ACL|USERS")
def users(session: Session, argv: list[bytes]) -> Reply:
    """ACL USERS"""
    return sorted(session.keyspace.users)


@command("ACL|LIST")
def list_(session: Session, argv: list[bytes]) -> Reply:
    """ACL LIST"""
    by_name = sorted(session.keyspace.users.items())
    return [b"user %b %b" % (name, acl_rules.describe_user(session.keyspace.profile, user)) for name, user in by_name]


@command("ACL|GETUSER")
def getuser(session: Session, argv: list[bytes]) -> Reply:
    """ACL GETUSER username"""
    user = session.keyspace.users.get(argv[2])
    if user is None:
        return None
    own, *others = (_described(session, selector) for selector in user.selectors)
    return MapReply([
        (b"flags", SetReply(acl_rules.flags(session.keyspace.profile, user))),
        (b"passwords", list(user.passwords)),
        *own,
        (b"selectors", others),
    ])  # fmt: skip


def _described(session: Session, selector: Selector) -> MapReply:
    profile = session.keyspace.profile
    told: list[tuple[Reply, Reply]] = [
        (b"commands", acl_rules.describe_commands(profile, selector)),
        (b"keys", b" ".join(acl_rules.key_rules(selector))),
        (b"channels", b" ".join(acl_rules.channel_rules(selector))),
    ]
    if profile.users_have_databases:
        told.append((b"databases", b"" if selector.databases == frozenset() else acl_rules.database_rule(selector)))
    return MapReply(told)


@command("ACL|SETUSER")
def setuser(session: Session, argv: list[bytes]) -> Reply:
    """ACL SETUSER username [rule [rule ...]]: all of the rules or none"""
    keyspace, name = session.keyspace, argv[2]
    if acl_rules.HAS_SPACE(name):
        raise CommandError(_BAD_NAME, name, NAME)
    selectors = "acl selectors" in keyspace.profile.options
    rules, unmatched = (argv[3:], None)
    if selectors:
        rules, unmatched = acl_rules.merged(argv[3:], once=keyspace.profile.selectors_begin_once)
    if unmatched is not None:
        raise CommandError(_UNMATCHED % messages.shown(unmatched), unmatched, RULE)
    all_channels = keyspace.configuration.get(b"acl-pubsub-default") == b"allchannels"
    user = keyspace.users.get(name)
    changed = User(name, selectors=[Selector(all_channels=all_channels)]) if user is None else user.copy()
    for rule in rules:
        try:
            if not selectors:
                acl_rules.refuse_selectors(rule)
            acl_rules.change_user(keyspace.profile, changed, rule, all_channels=all_channels)
        except acl_rules.RefusedRule as refused:
            raise CommandError(_REFUSED % (messages.shown(rule), refused.reason), rule, RULE) from None
    if keyspace.journal is not None:
        keyspace.journal.note(keyspace.refresh_gates)
    if user is None:
        keyspace.put_user(changed)
    else:
        _end_subscriptions(session, user, changed)
        if keyspace.journal is not None:
            keyspace.journal.note(user.become, user.copy())
        user.become(changed)
    keyspace.refresh_gates()
    return OK


def _end_subscriptions(session: Session, user: User, changed: User) -> None:
    """Close the clients of `user` that listen to what it may not any more (`ACLKillPubsubClientsIfNeeded`)."""
    if any(selector.all_channels for selector in changed.selectors):
        return
    allowed = [pattern for selector in changed.selectors for pattern in selector.channels]
    had_all = any(selector.all_channels for selector in user.selectors)
    if not had_all and all(pattern in allowed for selector in user.selectors for pattern in selector.channels):
        return
    listeners = [client for client in session.keyspace.clients.values() if client.user is user and client.subscribed]
    close(session, [client for client in listeners if not _may_listen(client, allowed)])


def _may_listen(client: Session, allowed: list[bytes]) -> bool:
    """Whether the patterns allow all that the client has subscribed to."""
    return all(
        may_use_channel(allowed, name, is_pattern=kind == PATTERNS)
        for kind in (PATTERNS, CHANNELS, SHARD_CHANNELS)
        for name in subscriptions(client, kind)
    )


@command("ACL|DELUSER")
def deluser(session: Session, argv: list[bytes]) -> Reply:
    """ACL DELUSER username [username ...]: how many were deleted; the connections that were theirs end"""
    keyspace = session.keyspace
    for name in argv[2:]:
        if messages.shown(name) == DEFAULT_USER:
            raise CommandError(_UNREMOVABLE, name, NAME)
    deleted = [keyspace.remove_user(name) for name in dict.fromkeys(argv[2:]) if name in keyspace.users]
    close(session, [client for client in keyspace.clients.values() if client.user in deleted])
    return len(deleted)


@command("ACL|CAT")
def cat(session: Session, argv: list[bytes]) -> Reply:
    """ACL CAT [category]"""
    if len(argv) > 3:
        raise subcommand_syntax(argv, argv[3], SURPLUS)
    if len(argv) == 2:
        return list(acl_rules.CATEGORIES)
    category = messages.shown(argv[2]).lower()
    if category not in acl_rules.CATEGORIES:
        raise CommandError(_UNKNOWN_CATEGORY % messages.shown(argv[2], 128), argv[2], NAME)
    return [row.full_name for row in acl_rules.in_category(session.keyspace.commands, category)]


@command("ACL|GENPASS")
def genpass(session: Session, argv: list[bytes]) -> Reply:
    """ACL GENPASS [bits]: hex digits of the keyspace's own randomness"""
    if len(argv) > 3:
        raise subcommand_syntax(argv, argv[3], SURPLUS)
    bits = integer(argv[2]) if len(argv) == 3 else 256
    if not 0 < bits <= _MOST_BITS:
        raise CommandError(_BAD_BITS, argv[2], INTEGER)
    digits = (bits + 3) // 4
    return b"%0*x" % (digits, session.keyspace.random.getrandbits(4 * digits))


@command("ACL|LOG")
def log(session: Session, argv: list[bytes]) -> Reply:
    """ACL LOG [count | RESET]"""
    if len(argv) > 3:
        raise subcommand_syntax(argv, argv[3], SURPLUS)
    denials = session.keyspace.denials
    if len(argv) == 3 and messages.shown(argv[2]).lower() == b"reset":
        denials.clear()
        return OK
    count = max(integer(argv[2]), 0) if len(argv) == 3 else _ENTRIES
    now = session.keyspace.milliseconds()
    return [
        MapReply([
            (b"count", denied.count),
            (b"reason", _LOGGED[denied.reason]),
            (b"context", denied.context),
            (b"object", denied.object),
            (b"username", denied.user),
            (b"age-seconds", (now - denied.when) / 1000),
            (b"client-info", denied.client),
        ])
        for denied in denials[:count]
    ]  # fmt: skip


@command("ACL|DRYRUN")
def dryrun(session: Session, argv: list[bytes]) -> Reply:
    """ACL DRYRUN username command [argument ...]"""
    user = session.keyspace.users.get(argv[2])
    if user is None:
        raise CommandError(_UNKNOWN_USER % messages.shown(argv[2]), argv[2], NAME)
    words = argv[3:]
    row = session.keyspace.commands.by_name.get(words[0].lower())
    if row is not None and row.subcommands and len(words) > 1:
        row = row.subcommands.get(words[1].lower())
    if row is None:
        raise CommandError(_UNKNOWN_COMMAND % messages.shown(words[0]), words[0], COMMAND)
    if not arity_matches(row, len(words)):
        raise wrong_arity(row.full_name)
    denied = denial(user, row, words, session.database)
    if denied is None:
        return OK
    who = with_names(session.keyspace.profile.sentences.dry_run_user, user.name)
    object_ = words[denied.word] if denied.reason is Reason.DATABASE else denied.object(row, words)
    return who + _DENIED[denied.reason] % messages.shown(object_)


@command("ACL|LOAD", "ACL|SAVE")
def load(session: Session, argv: list[bytes]) -> Reply:
    """ACL LOAD and SAVE: refused, for there is no file"""
    raise CommandError(_NO_FILE)


@command("ACL|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """ACL HELP"""
    return subcommand_help(session, b"ACL", _HELP)


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
