"""SORT and SORT_RO (sort.c)."""

from __future__ import annotations

import math
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.access.permissions import reads_every_key
from ferrous_vm.keyspace.arguments.parsing import integer, is_underflow, keyword, to_range_bound
from ferrous_vm.keyspace.arguments.readings import KEY, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.lookups import looked_up
from ferrous_vm.keyspace.commands.sorted_set_ranges import is_foreign
from ferrous_vm.keyspace.database import Database, Value
from ferrous_vm.keyspace.interruption import changes_nothing
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.server.events import LIST
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.types.sets import Set
from ferrous_vm.keyspace.types.sorted_sets import SortedSet
from ferrous_vm.records import MutableRecord, field

_DENIED: Final = b"ERR %b option of SORT denied due to insufficient ACL permissions."
_DENIED_IN_CLUSTER: Final = b"ERR %b option of SORT denied in Cluster mode."
_NOT_A_DOUBLE: Final = b"ERR One or more scores can't be converted into double"


class SortOptions(MutableRecord):
    """What follows the key."""

    descending: bool = False
    alpha: bool = False
    start: int = 0
    count: int = -1
    """-1: all there are."""
    by: bytes | None = None
    get: list[bytes] = field(factory=list)
    store: bytes | None = None

    @property
    def unsorted(self) -> bool:
        """A BY pattern without a star asks for the order the elements have."""
        return self.by is not None and b"*" not in messages.shown(self.by)


def _parse(session: Session, argv: list[bytes], *, may_store: bool) -> SortOptions:
    options = SortOptions()
    row = session.keyspace.commands.row_named(argv[0].lower())
    in_cluster = session.keyspace.cluster is not None
    asks = session.user.is_restricted and "sort permissions" in session.keyspace.profile.options
    may_look_up = not asks or reads_every_key(session.user, row, argv, session.database)
    position = 2
    while position < len(argv):
        word, left = keyword(argv[position]), len(argv) - position - 1
        if word == b"asc":
            options.descending = False
        elif word == b"desc":
            options.descending = True
        elif word == b"alpha":
            options.alpha = True
        elif word == b"limit" and left >= 2:
            options.start, options.count = integer(argv[position + 1]), integer(argv[position + 2])
            position += 2
        elif word == b"store" and left >= 1 and may_store:
            options.store = argv[position + 1]
            position += 1
        elif word == b"by" and left >= 1:
            options.by = argv[position + 1]
            if in_cluster and not options.unsorted:
                raise CommandError(_DENIED_IN_CLUSTER % b"BY", argv[position], OPTION)
            if not (options.unsorted or may_look_up):
                raise CommandError(_DENIED % b"BY", argv[position], OPTION)
            position += 1
        elif word == b"get" and left >= 1:
            if in_cluster:
                raise CommandError(_DENIED_IN_CLUSTER % b"GET", argv[position], OPTION)
            if not may_look_up:
                raise CommandError(_DENIED % b"GET", argv[position], OPTION)
            options.get.append(argv[position + 1])
            position += 1
        else:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        position += 1
    return options


def _elements(key: bytes, value: Value | None, options: SortOptions) -> list[bytes]:
    """The elements of the value, in the order that BY nosort answers: DESC turns lists and sorted sets round."""
    if value is None:
        return []
    if type(value) is Set:
        return value.members()
    if type(value) is List:
        elements = list(value)
    elif type(value) is SortedSet:
        elements = [member for _, member in value.pairs((0, len(value)))]
    else:
        raise CommandError(messages.WRONG_TYPE, key, KEY)
    return elements[::-1] if options.unsorted and options.descending else elements


def look_up_pattern(database: Database, pattern: bytes, element: bytes) -> bytes | None:
    """The string that a BY or GET pattern names for `element` (`lookupKeyByPattern`).

    `#` is the element itself; the first star stands for it, and `->field` after the star looks into a hash.
    """
    if messages.shown(pattern) == b"#":
        return element
    prefix, star, rest = pattern.partition(b"*")
    if not star or b"\0" in prefix:
        return None
    postfix, arrow, hash_field = rest.partition(b"->")
    if not (arrow and hash_field):
        postfix, hash_field = rest, b""
    key = prefix + element + postfix
    looked_up(database, key)
    try:
        if not hash_field:
            return database.find_string(key)
        hash_ = database.find(key, Hash)
    except CommandError:
        return None
    return None if hash_ is None else hash_.fields.get(hash_field)


def _score(profile: Profile, text: bytes) -> float:
    """The number that an element is sorted by; raises CommandError."""
    number = to_range_bound(text)
    if number is None or not _is_taken(profile, text, number):
        raise CommandError(_NOT_A_DOUBLE)
    return number


def _is_taken(profile: Profile, text: bytes, number: float) -> bool:
    """Whether the server takes `text`, which is that number, for one; older ones refuse what a double cannot hold."""
    text = text.partition(b"\0")[0]
    if not profile.hexadecimal_bounds and is_foreign(text):
        return False
    if not profile.hexadecimal_floats and not text:
        return False
    fits_all = not profile.hexadecimal_bounds and profile.hexadecimal_floats
    return fits_all or not (is_underflow(text, number) or (math.isinf(number) and b"n" not in text.lower()))


def _sorted(database: Database, elements: list[bytes], options: SortOptions) -> list[bytes]:
    """The elements in order; those that BY finds nothing for count as 0, or under ALPHA come first."""
    by, alpha, profile = options.by, options.alpha, database.thresholds.profile
    if by is None and alpha:
        return sorted(elements, reverse=options.descending)

    def order(element: bytes) -> tuple[object, ...]:
        text = element if by is None else look_up_pattern(database, by, element)
        return (text is not None, text) if alpha else (_score(profile, b"0" if text is None else text), element)

    return sorted(elements, key=order, reverse=options.descending)


def _limited(elements: list[bytes], options: SortOptions) -> list[bytes]:
    start = max(options.start, 0)
    return elements[start:] if options.count < 0 else elements[start : start + options.count]


@command("SORT")
def sort(session: Session, argv: list[bytes]) -> Reply:
    """SORT key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC | DESC] [ALPHA] [STORE destination]"""
    return _sort(session, argv, may_store=True)


@command("SORT_RO")
def sort_ro(session: Session, argv: list[bytes]) -> Reply:
    """SORT_RO: SORT without STORE"""
    return _sort(session, argv, may_store=False)


@changes_nothing
def _found(session: Session, key: bytes, value: Value | None, options: SortOptions) -> list[bytes | None]:
    """What SORT answers, or stores."""
    database = session.database
    elements = _elements(key, value, options)
    if not options.unsorted:
        elements = _sorted(database, elements, options)
    elif type(value) is Set and (options.store is not None or session.script is not None):
        elements = sorted(elements, reverse=options.descending)  # so that replicas agree (`sortCommandGeneric`)
    elements = _limited(elements, options)
    if not options.get:
        return [*elements]
    bounds = session.keyspace.bounds
    bounds.check_elements(len(elements) * len(options.get))
    found = []
    size = 0
    for element in elements:
        for pattern in options.get:
            text = look_up_pattern(database, pattern, element)
            if text is not None:
                size += len(text)
                bounds.check_reply(size)
            found.append(text)
    return found


def _sort(session: Session, argv: list[bytes], *, may_store: bool) -> Reply:
    database = session.database
    options = _parse(session, argv, may_store=may_store)
    value = database.lookup(argv[1])
    if type(value) is SortedSet:
        value.become_skiplist()
    found = _found(session, argv[1], value, options)
    if options.store is None:
        return found
    if found:
        database.replace(options.store, List([text or b"" for text in found]))
        if database.thresholds.events:
            database.tell(LIST, b"sortstore", options.store)
    else:
        database.delete(options.store)
    return len(found)
