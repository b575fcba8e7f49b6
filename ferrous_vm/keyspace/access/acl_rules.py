"""The rules of ACL SETUSER: what each changes, and the rules that would make a user what it is (acl.c)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.access.users import ALL_COMMANDS, Access, Selector, User, hashed
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.command_table import CommandTable, Row
from ferrous_vm.keyspace.profiles.profile import Profile

CATEGORIES: Final = (
    b"keyspace", b"read", b"write", b"set", b"sortedset", b"list", b"hash", b"string", b"bitmap", b"hyperloglog",
    b"geo", b"stream", b"pubsub", b"admin", b"fast", b"slow", b"blocking", b"dangerous", b"connection",
    b"transaction", b"scripting",
)  # fmt: skip

SYNTAX: Final = b"Syntax error"
UNKNOWN: Final = b"Unknown command or category name in ACL"
AFTER_ALL_KEYS: Final = (
    b"Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. "
    b"Try 'resetkeys' to start with an empty list of patterns"
)
AFTER_ALL_CHANNELS: Final = (
    b"Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. "
    b"Try 'resetchannels' to start with an empty list of channels"
)
NO_SUCH_PASSWORD: Final = b"The password you are trying to remove from the user does not exist"
BAD_HASH: Final = b"The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters"
NO_DATABASE: Final = b"The provided database ID is out of range"
BELOW_SUBCOMMAND: Final = b"Allowing first-arg of a subcommand is not supported"

HAS_SPACE: Final = re.compile(rb"[\0\t-\r ]").search
_IS_HASH: Final = re.compile(rb"[0-9a-f]{64}").fullmatch
_KEY_PATTERN: Final = re.compile(rb"%(r|w|rw|wr)(?:~(.*))?", re.IGNORECASE | re.DOTALL).fullmatch
_ACCESS: Final = {b"r": Access.READ, b"w": Access.WRITE, b"rw": Access.BOTH, b"wr": Access.BOTH}
_SIGN: Final = {Access.READ: b"%R~", Access.WRITE: b"%W~", Access.BOTH: b"~"}


class RefusedRule(Exception):
    """A rule that changes nothing: `reason` says why, as ACL SETUSER words it."""

    def __init__(self, reason: bytes) -> None:
        super().__init__(reason)
        self.reason = reason


def merged(rules: list[bytes], *, once: bool = False) -> tuple[list[bytes], bytes | None]:
    """The rules, those in parentheses put together; and the one whose parenthesis is never closed, if there is one.

    A parenthesis within an open one begins anew, unless one begins only `once`: what came before it is lost
    (`ACLMergeSelectorArguments`).
    """
    found: list[bytes] = []
    opened: list[bytes] = []
    for rule in rules:
        if rule[:1] == b"(" and rule[-1:] != b")" and not (once and opened):
            opened = [rule]
        elif not opened:
            found.append(rule)
        else:
            opened.append(rule)
            if rule[-1:] == b")":
                found.append(b" ".join(opened))
                opened = []
    return found, opened[0] if opened else None


# Users


def change_user(profile: Profile, user: User, rule: bytes, *, all_channels: bool) -> None:
    """Change the user as the rule says (`ACLSetUser`); raises RefusedRule.

    `profile`: the server whose rules these are; `all_channels`: what `acl-pubsub-default` gives to those who begin.
    """
    sign, rest = rule[:1], rule[1:]
    match messages.shown(rule).lower():
        case b"":
            pass
        case b"on" | b"off" as word:
            user.enabled = word == b"on"
        case b"sanitize-payload" | b"skip-sanitize-payload" as word:
            user.sanitizing = word
        case b"nopass" | b"resetpass" as word:
            user.needs_no_password = word == b"nopass"
            user.passwords.clear()
        case b"clearselectors":
            del user.selectors[1:]
        case b"reset":
            fresh = User(user.name, sanitizing=b"sanitize-payload", selectors=[_begun(all_channels)])
            fresh.selectors[0].first_arguments.clear()
            user.become(fresh)
        case _ if sign in (b">", b"#"):
            password = _password(sign, rest)
            if password not in user.passwords:
                user.passwords.append(password)
            user.needs_no_password = False
        case _ if sign in (b"<", b"!"):
            password = _password(sign, rest)
            if password not in user.passwords:
                raise RefusedRule(NO_SUCH_PASSWORD)
            user.passwords.remove(password)
        case _ if sign == b"(" and rule[-1:] == b")":
            selector = _begun(all_channels)
            for inner in split_words(rule[1:-1]) or ():
                change_selector(profile, selector, inner)
            user.selectors.append(selector)
        case _:
            change_selector(profile, user.selectors[0], rule)


def _begun(all_channels: bool) -> Selector:
    return Selector(all_channels=all_channels)


def _password(sign: bytes, text: bytes) -> bytes:
    if sign in (b">", b"<"):
        return hashed(text)
    if not _IS_HASH(text):
        raise RefusedRule(BAD_HASH)
    return text


# Selectors


def change_selector(profile: Profile, selector: Selector, rule: bytes) -> None:
    """Change what the selector allows (`ACLSetSelector`); raises RefusedRule."""
    commands = profile.commands
    match messages.shown(rule).lower():
        case b"allkeys" | b"~*" | b"resetkeys" as word:
            selector.all_keys = word != b"resetkeys"
            selector.keys.clear()
        case b"allchannels" | b"&*" | b"resetchannels" as word:
            selector.all_channels = word != b"resetchannels"
            selector.channels.clear()
        case b"allcommands" | b"+@all" | b"nocommands" | b"-@all" as word:
            selector.commands = ALL_COMMANDS if word in (b"allcommands", b"+@all") else 0
            selector.first_arguments.clear()
            selector.rules.clear()
        case _ if rule[:1] in (b"~", b"%"):
            _add_keys(selector, rule)
        case _ if rule[:1] == b"&":
            _add_channels(selector, rule[1:])
        case _ if rule[:2] in (b"+@", b"-@"):
            category = messages.shown(rule[2:]).lower()
            if category not in CATEGORIES:
                raise RefusedRule(UNKNOWN)
            _permit(selector, _ruled(commands)[category], allowed=rule[:1] == b"+")
            _remember(selector, rule)
        case _ if rule[:1] in (b"+", b"-"):
            _change_command(commands, selector, messages.shown(rule[1:]), allowed=rule[:1] == b"+")
            _remember(selector, rule)
        case _ if profile.users_have_databases:
            _set_databases(selector, messages.shown(rule))
        case _:
            raise RefusedRule(SYNTAX)


def _set_databases(selector: Selector, rule: bytes) -> None:
    from ferrous_vm.keyspace.access.databases import allowed_by

    try:
        selector.databases = allowed_by(rule)
    except KeyError:
        raise RefusedRule(SYNTAX) from None
    except ValueError:
        raise RefusedRule(NO_DATABASE) from None


def _remember(selector: Selector, rule: bytes) -> None:
    """A rule of commands comes last; those that said something of the same are gone (`ACLUpdateCommandRules`)."""
    rule = messages.shown(rule).lower()
    selector.rules[:] = [
        known for known in selector.rules if known[1:] != rule[1:] and not known[1:].startswith(rule[1:] + b"|")
    ]
    selector.rules.append(rule)


def _add_keys(selector: Selector, rule: bytes) -> None:
    if selector.all_keys:
        raise RefusedRule(AFTER_ALL_KEYS)
    access, pattern = Access.BOTH, rule[1:]
    if rule[:1] == b"%":
        parts = _KEY_PATTERN(rule)
        if parts is None:
            raise RefusedRule(SYNTAX)
        access, pattern = _ACCESS[parts[1].lower()], parts[2] or b""
    if HAS_SPACE(pattern):
        raise RefusedRule(SYNTAX)
    selector.keys[pattern] = selector.keys.get(pattern, Access.NONE) | access


def _add_channels(selector: Selector, pattern: bytes) -> None:
    if selector.all_channels:
        raise RefusedRule(AFTER_ALL_CHANNELS)
    if HAS_SPACE(pattern):
        raise RefusedRule(SYNTAX)
    if pattern not in selector.channels:
        selector.channels.append(pattern)


def _change_command(commands: CommandTable, selector: Selector, name: bytes, *, allowed: bool) -> None:
    container, bar, argument = name.rpartition(b"|")
    if bar and not allowed and commands.subcommands_are_arguments:
        raise RefusedRule(UNKNOWN)
    row = _lookup(commands, container if bar and allowed else name)
    if row is None:
        raise RefusedRule(UNKNOWN)
    if bar and allowed:
        if row.container is not None:
            raise RefusedRule(BELOW_SUBCOMMAND)
        if not argument:
            raise RefusedRule(SYNTAX)
        if not row.subcommands:
            _allow_first_argument(selector, row, argument)
            return
        subcommand = _lookup(commands, name)
        if subcommand is None and commands.subcommands_are_arguments:
            _allow_first_argument(selector, row, argument)
            return
        row = subcommand
        if row is None:
            raise RefusedRule(UNKNOWN)
    _permit(selector, _bits((row,)), allowed=allowed)


def refuse_selectors(rule: bytes) -> None:
    """Raise RefusedRule for a rule that came with selectors."""
    if rule[:1] in (b"(", b"%") or rule.lower() == b"clearselectors":
        raise RefusedRule(SYNTAX)


def _lookup(commands: CommandTable, name: bytes) -> Row | None:
    """The row called `get`, `config` or `config|get`, in any case."""
    name, bar, subcommand = name.lower().partition(b"|")
    row = commands.by_name.get(name)
    return row.subcommands.get(subcommand) if row is not None and bar else row


def _allow_first_argument(selector: Selector, row: Row, argument: bytes) -> None:
    known = selector.first_arguments.setdefault(row.number, [])
    if all(argument.lower() != other.lower() for other in known):
        known.append(argument)


def _permit(selector: Selector, bits: int, *, allowed: bool) -> None:
    """Allow or forbid all these commands; what was said of their first arguments is forgotten."""
    selector.commands = selector.commands | bits if allowed else selector.commands & ~bits
    for number in [number for number in selector.first_arguments if bits >> number & 1]:
        del selector.first_arguments[number]


def _bits(rows: Iterable[Row]) -> int:
    """The bits of the commands, those of a container's subcommands with it."""
    bits = 0
    for row in rows:
        bits |= 1 << row.number
        for subcommand in row.subcommands.values():
            bits |= 1 << subcommand.number
    return bits


def in_category(commands: CommandTable, category: bytes) -> list[Row]:
    """The commands and subcommands of a category."""
    return [row for row in commands.rows() if f"@{category.decode()}" in row.categories]


@cache
def _ruled(commands: CommandTable) -> dict[bytes, int]:
    """What a rule about a category changes: with a container come its subcommands."""
    return {category: _bits(in_category(commands, category)) for category in CATEGORIES}


@cache
def _counted(commands: CommandTable) -> dict[bytes, int]:
    """The commands that are in a category themselves."""
    return {category: sum(1 << row.number for row in in_category(commands, category)) for category in CATEGORIES}


# Descriptions


def allows_all(selector: Selector) -> bool:
    """Whether it allows every command there is or will be."""
    return selector.commands == ALL_COMMANDS


def describe_user(profile: Profile, user: User) -> bytes:
    """The rules that make the user, as ACL LIST shows them (`ACLDescribeUser`)."""
    words = [*flags(profile, user), *(b"#" + password for password in user.passwords)]
    own, *others = (describe_selector(profile, selector) for selector in user.selectors)
    return b" ".join([*words, own, *(b"(%b)" % other for other in others)])


def flags(profile: Profile, user: User) -> list[bytes]:
    """What is said of a user in one word each."""
    words = [b"on" if user.enabled else b"off"]
    if user.needs_no_password:
        words.append(b"nopass")
    if profile.users_have_databases:  # they have forgotten of sanitizing
        return words
    sanitizing = user.sanitizing or (b"sanitize-payload" if profile.users_tell_of_sanitizing else b"")
    return [*words, sanitizing] if sanitizing else words


def describe_selector(profile: Profile, selector: Selector) -> bytes:
    """The rules that make the selector (`ACLDescribeSelector`)."""
    words = [*key_rules(selector)]
    if not selector.all_channels:
        words.append(b"resetchannels")
    databases = [] if selector.databases is None else [database_rule(selector)]
    return b" ".join([*words, *channel_rules(selector), *databases, describe_commands(profile, selector)])


def database_rule(selector: Selector) -> bytes:
    """The rule of databases."""
    from ferrous_vm.keyspace.access.databases import rule_of

    return rule_of(selector.databases)


def key_rules(selector: Selector) -> list[bytes]:
    """The patterns of keys, each as a rule."""
    if selector.all_keys:
        return [b"~*"]
    return [_SIGN[access] + pattern for pattern, access in selector.keys.items()]


def channel_rules(selector: Selector) -> list[bytes]:
    """The patterns of channels, each as a rule."""
    return [b"&*"] if selector.all_channels else [b"&" + pattern for pattern in selector.channels]


def describe_commands(profile: Profile, selector: Selector) -> bytes:
    """Rules that allow these commands and no others (`ACLDescribeSelectorCommandRules`).

    First all or none, then the categories that come nearest, one after the other, and at last single commands: they are
    in the order of the command table, in Redis in that of a hash.
    """
    adds = selector.commands >= 0
    if profile.rules_as_given:
        return b" ".join([b"-@all" if adds else b"+@all", *selector.rules])
    commands = profile.commands
    words, sign = ([b"-@all"], b"+@") if adds else ([b"+@all"], b"-@")
    made, left = (0, selector.commands) if adds else (ALL_COMMANDS, selector.commands)
    categories = list(CATEGORIES)
    while (best := _nearest(_counted(commands), categories, left, adds=adds)) is not None:
        categories.remove(best)
        words.append(sign + best)
        bits = _ruled(commands)[best]
        made, left = (made | bits, left & ~bits) if adds else (made & ~bits, left | bits)
    for row in commands.rows():
        allowed = selector.commands >> row.number & 1
        if allowed != made >> row.number & 1:
            words.append((b"+" if allowed else b"-") + row.full_name)
            bits = _bits((row,))
            made = made | bits if allowed else made & ~bits
        if not allowed:
            arguments = selector.first_arguments.get(row.number, ())
            words += [b"+%b|%b" % (row.full_name, argument) for argument in arguments]
    return b" ".join(words)


def _nearest(counts: dict[bytes, int], categories: list[bytes], left: int, *, adds: bool) -> bytes | None:
    """The category that says most of what is left to say and least that is wrong; None if none says more right."""
    best, fewest, most = None, float("inf"), 0
    for category in categories:
        counted = counts[category]
        on, off = (left & counted).bit_count(), (~left & counted).bit_count()
        right, wrong = (on, off) if adds else (off, on)
        if right > wrong and (wrong < fewest or (wrong == fewest and right > most)):
            best, fewest, most = category, wrong, right
    return best
