"""What CLIENT LIST and CLIENT KILL may look for in Valkey 8.1 and later (networking.c `parseClientFiltersOrReply`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, integer_in_range, keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import CHOICE, INTEGER, NAME, OPTION
from ferrous_vm.keyspace.server.client_lines import client_flags, client_type
from ferrous_vm.keyspace.session import Session

Filter = Callable[[Session], bool]
"""Whether a client is one that is looked for."""

_TYPES: Final = frozenset({b"normal", b"slave", b"replica", b"pubsub", b"master", b"primary"})
_ID_NOT_POSITIVE: Final = b"ERR client-id should be greater than 0"
_FLAGS: Final = frozenset(b"ABEIMNOPRSTUbcdeirtux")
_CAPABILITIES: Final = frozenset(b"r")
_NEGATED: Final = b"not-"


def filters(session: Session, argv: list[bytes], *, spares_caller: bool) -> list[Filter]:
    """What the words from argv[2] on ask for, of each kind the last; `spares_caller`: unless SKIPME says otherwise.

    Raises CommandError for what is no filter of the server.
    """
    known = session.keyspace.profile.client_filters
    found: dict[bytes, Filter] = {}
    skips, place = spares_caller, 2
    while place < len(argv):
        option = keyword(argv[place])
        kind = option.removeprefix(_NEGATED)
        if place + 1 == len(argv) or option not in known:
            raise CommandError(messages.SYNTAX, argv[place], OPTION)
        if kind == b"skipme":
            skips = _skips(argv[place + 1])
        elif kind == b"id":
            numbers = _numbers(argv, place + 1)
            place += len(numbers) - 1
            found[option] = _with_ids(frozenset(numbers), wanted=kind == option)
        else:
            holds = _filter(session, kind, argv[place + 1])
            found[option] = _negated(holds) if kind != option else holds
        place += 2
    return [*found.values(), *([lambda client: client is not session] if skips else [])]


def _with_ids(numbers: frozenset[int], *, wanted: bool) -> Filter:
    return lambda client: (client.client_id in numbers) is wanted


def _negated(holds: Filter) -> Filter:
    return lambda client: not holds(client)


def _skips(text: bytes) -> bool:
    if keyword(text) not in (b"yes", b"no"):
        raise CommandError(messages.SYNTAX, text, CHOICE)
    return keyword(text) == b"yes"


def _numbers(argv: list[bytes], place: int) -> list[int]:
    """The ids from argv[place] on, as many as there are."""
    numbers = []
    for text in argv[place:]:
        number = to_integer(text)
        if number is None:
            break
        if number < 1:
            raise CommandError(_ID_NOT_POSITIVE, text, INTEGER)
        numbers.append(number)
    if not numbers:
        raise CommandError(messages.SYNTAX, argv[place], INTEGER)
    return numbers


def _filter(session: Session, kind: bytes, text: bytes) -> Filter:
    """One that has one argument."""
    shown, now = messages.shown(text), session.keyspace.milliseconds()
    match kind:
        case b"type":
            if keyword(text) not in _TYPES:
                raise CommandError(b"ERR Unknown client type '%b'" % shown, text, CHOICE)
            return lambda client: client_type(client) == keyword(text)
        case b"addr":
            return lambda client: client.address == shown
        case b"laddr":
            return lambda client: client.local_address == shown
        case b"ip":
            return lambda client: client.address.rpartition(b":")[0] == shown
        case b"user":
            user = session.keyspace.users.get(text)
            if user is None:
                raise CommandError(b"ERR No such user '%b'" % shown, text, NAME)
            return lambda client: client.user is user
        case b"maxage" | b"idle":
            seconds = integer(text, b"ERR %b is not an integer or out of range" % kind)
            if seconds <= 0:
                raise CommandError(b"ERR %b should be greater than 0" % kind, text, INTEGER)
            if kind == b"idle":
                return lambda client: (now - client.last_interaction) // 1000 >= seconds
            return lambda client: (now - client.created) // 1000 >= seconds
        case b"flags":
            _check_letters(text, _FLAGS, b"flags")
            return lambda client: set(text) <= set(client_flags(client))
        case b"capa":
            _check_letters(text, _CAPABILITIES, b"capa")
            return lambda client: not text
        case b"name":
            return lambda client: bool(text) and client.name == text
        case b"lib-name":
            return lambda client: bool(text) and client.library[0] == text
        case b"lib-ver":
            return lambda client: bool(text) and client.library[1] == text
    number = integer_in_range(text, -(2**31), 2**31 - 1, b"ERR DB is not an integer or out of range")
    most = len(session.keyspace.databases) - 1
    if not 0 <= number <= most:
        raise CommandError(b"ERR DB number should be between 0 and %d" % most, text, INTEGER)
    return lambda client: client.database.index == number


def _check_letters(text: bytes, known: frozenset[int], what: bytes) -> None:
    """Raise CommandError if there is one that nobody has."""
    if not set(text) <= known:
        raise CommandError(
            b"ERR Unknown %b found in the provided filter: %b" % (what, messages.shown(text)), text, CHOICE
        )
