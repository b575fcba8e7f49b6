"""GEOSEARCH, GEORADIUS and their relatives (`georadiusGeneric`, geo.c)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.admission import with_names
from ferrous_vm.keyspace.arguments.counting import at_most
from ferrous_vm.keyspace.arguments.parsing import c_int, floating, integer, keyword
from ferrous_vm.keyspace.arguments.readings import INTEGER, MEMBER, NUMBER, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.geo import distance_text, position_argument, position_reply, unit_argument
from ferrous_vm.keyspace.commands.partial_sort import first_sorted
from ferrous_vm.keyspace.commands.sorted_set_ranges import store
from ferrous_vm.keyspace.encodings import geohash
from ferrous_vm.keyspace.encodings.geohash import Found, Position, Shape
from ferrous_vm.keyspace.interruption import changes_nothing
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.sorted_sets import ScoreRange, SortedSet
from ferrous_vm.records import MutableRecord

_NOT_A_RADIUS: Final = b"ERR need numeric radius"
_NEGATIVE_RADIUS: Final = b"ERR radius cannot be negative"
_NOT_A_WIDTH: Final = b"ERR need numeric width"
_NOT_A_HEIGHT: Final = b"ERR need numeric height"
_NEGATIVE_BOX: Final = b"ERR height or width cannot be negative"
_SMALL_COUNT: Final = b"ERR COUNT must be > 0"
_NOT_WITH_STORE: Final = b"ERR %b is not compatible with WITHDIST, WITHHASH and WITHCOORD options"
_ONE_CENTER: Final = b"ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for %b"
_NOT_A_NUMBER_OF_VERTICES: Final = b"ERR invalid number of vertices"
_FEW_VERTICES: Final = b"ERR GEOSEARCH BYPOLYGON must have at least 3 vertices"
_FEWEST_VERTICES: Final = 3
_ANY_NEEDS_COUNT: Final = b"ERR the ANY argument requires COUNT argument"

_MOST_ARGUMENTS: Final = 3
"""Of an option."""
_FLAGS: Final = frozenset((b"withdist", b"withhash", b"withcoord", b"any"))
_DETAILS: Final = frozenset((b"withdist", b"withhash", b"withcoord"))


class _Search(MutableRecord):
    """A search as its arguments say it; what they have not said yet is None."""

    profile: Profile
    zset: SortedSet | None
    center: Position | None = None
    from_member: bool = False
    """FROMMEMBER was given; the centre is that of the member unless the key does not exist."""
    from_position: bool = False
    """FROMLONLAT was given."""
    radius: float | None = None
    box: tuple[float, float] | None = None
    """Width and height."""
    vertices: tuple[Position, ...] = ()
    """BYPOLYGON, which has its own centre (Valkey 9.0)."""
    unit: float = 1.0
    flags: frozenset[bytes] = frozenset()
    order: bytes | None = None
    count: int = 0
    """0: all."""
    target: bytes | None = None
    store_distance: bool = False

    def center_on_member(self, member: bytes) -> None:
        self.from_member = True
        if self.zset is None:
            return
        score = self.zset.scores.get(member)
        if score is None:
            raise CommandError(with_names(self.profile.sentences.no_member, messages.shown(member)), member, MEMBER)
        self.center = geohash.position_of(score)

    def set_radius(self, text: bytes, unit: bytes) -> None:
        radius = floating(text, _NOT_A_RADIUS, hexadecimal=self.profile.hexadecimal_floats)
        if radius < 0:
            raise CommandError(_NEGATIVE_RADIUS, text, NUMBER)
        self.radius, self.unit = radius, unit_argument(unit, self.profile)

    def set_box(self, width_text: bytes, height_text: bytes, unit: bytes) -> None:
        hexadecimal = self.profile.hexadecimal_floats
        width = floating(width_text, _NOT_A_WIDTH, hexadecimal=hexadecimal)
        height = floating(height_text, _NOT_A_HEIGHT, hexadecimal=hexadecimal)
        if width < 0 or height < 0:
            raise CommandError(_NEGATIVE_BOX, width_text if width < 0 else height_text, NUMBER)
        self.box, self.unit = (width, height), unit_argument(unit, self.profile)

    def takes_polygon(self) -> bool:
        """Whether the server knows BYPOLYGON, and nothing was said that it excludes."""
        others = self.from_member or self.from_position or self.radius is not None or self.box is not None
        return "geosearch bypolygon" in self.profile.options and not others

    def set_polygon(self, words: list[bytes]) -> int:
        """The vertices after their number; answers how many words those are."""
        count = c_int(words[0], _NOT_A_NUMBER_OF_VERTICES)
        if count < _FEWEST_VERTICES or len(words) < 1 + 2 * count:
            raise CommandError(_FEW_VERTICES, words[0], INTEGER)
        coordinates = words[1 : 1 + 2 * count]
        self.vertices = tuple(map(partial(position_argument, self.profile), coordinates[::2], coordinates[1::2]))
        return 1 + 2 * count

    def shape(self) -> Shape:
        if self.vertices:
            from ferrous_vm.keyspace.encodings.polygons import shape_of

            return shape_of(self.vertices)
        assert self.center is not None
        if self.box is not None:
            return Shape(self.center, self.unit, None, *self.box)
        return Shape(self.center, self.unit, self.radius)


# Arguments


def _parse_options(search: _Search, words: list[bytes], *, by_shape: bool, may_store: bool) -> None:
    """Read the options in order: `by_shape` for those of GEOSEARCH, `may_store` for STORE and STOREDIST."""
    position = 0
    while position < len(words):
        option, arguments = keyword(words[position]), words[position + 1 : position + 1 + _MOST_ARGUMENTS]
        if option in _FLAGS:
            search.flags |= {option}
            used = 0
        elif option in (b"asc", b"desc"):
            search.order, used = option, 0
        elif option == b"count" and arguments:
            search.count, used = integer(arguments[0]), 1
            if search.count <= 0:
                raise CommandError(_SMALL_COUNT, arguments[0], INTEGER)
        elif option == b"bypolygon" and by_shape and len(words) > position + 2 and search.takes_polygon():
            used = search.set_polygon(words[position + 1 :])
        elif by_shape:
            used = _parse_shape_option(search, words[position], arguments, may_store)
        elif option in (b"store", b"storedist") and arguments and may_store:
            search.target, search.store_distance, used = arguments[0], option == b"storedist", 1
        else:
            raise CommandError(messages.SYNTAX, words[position], OPTION)
        position += 1 + used


def _parse_shape_option(search: _Search, word: bytes, arguments: list[bytes], may_store: bool) -> int:
    """One option that only GEOSEARCH and GEOSEARCHSTORE have; how many arguments it took."""
    option = keyword(word)
    if option == b"storedist" and may_store:
        search.store_distance = True
        return 0
    if search.vertices:
        raise CommandError(messages.SYNTAX, word, OPTION)
    if option == b"frommember" and arguments and not search.from_position:
        search.center_on_member(arguments[0])
        return 1
    if option == b"fromlonlat" and len(arguments) >= 2 and not search.from_member:
        search.center, search.from_position = position_argument(search.profile, arguments[0], arguments[1]), True
        return 2
    if option == b"byradius" and len(arguments) >= 2 and search.box is None:
        search.set_radius(arguments[0], arguments[1])
        return 2
    if option == b"bybox" and len(arguments) >= 3 and search.radius is None:
        search.set_box(arguments[0], arguments[1], arguments[2])
        return 3
    raise CommandError(messages.SYNTAX, word, OPTION)


# Searching


def _within(zset: SortedSet, shape: Shape) -> Iterator[Found]:
    """The members within `shape`, cell by cell (`membersOfAllNeighbors`)."""
    for cell in geohash.covering_cells(shape):
        low, high = cell.scores()
        span = zset.score_span(ScoreRange(float(low), False, float(high), True))
        yield from geohash.within(shape, zset.pairs(span))


def _run(session: Session, search: _Search, event: bytes) -> Reply:
    if search.zset is None:
        found: list[Found] = []
    else:
        found = _find(search.zset, search)
    if search.target is None:
        return [_item(place, search) for place in found]
    scores = {place.member: place.distance / search.unit if search.store_distance else place.score for place in found}
    return store(session, search.target, scores, event)


@changes_nothing
def _find(zset: SortedSet, search: _Search) -> list[Found]:
    """The members that the search answers, in order: of all within the shape, or of the first `count` met (ANY)."""
    any_will_do = b"any" in search.flags
    within = _within(zset, search.shape())
    found = list(at_most(within, search.count) if any_will_do else within)
    order = search.order or (b"asc" if search.count and not any_will_do else None)
    if order is None:
        return found[: search.count] if search.count else found
    sign = -1.0 if order == b"desc" else 1.0
    if 0 < search.count < len(found):
        return first_sorted(found, search.count, lambda place: sign * place.distance)
    return sorted(found, key=lambda place: sign * place.distance)


def _item(place: Found, search: _Search) -> Reply:
    flags = search.flags
    if not flags & _DETAILS:
        return place.member
    item: list[Reply] = [place.member]
    if b"withdist" in flags:
        item.append(distance_text(place.distance / search.unit))
    if b"withhash" in flags:
        item.append(int(place.score))
    if b"withcoord" in flags:
        item.append(position_reply(search.profile, place.position))
    return item


# Commands


def _check_flags(search: _Search, store_name: bytes) -> None:
    if search.target is not None and search.flags & _DETAILS:
        raise CommandError(_NOT_WITH_STORE % store_name)


def _check_any(search: _Search) -> None:
    if b"any" in search.flags and not search.count:
        raise CommandError(_ANY_NEEDS_COUNT)


def _georadius(session: Session, argv: list[bytes], *, may_store: bool) -> Reply:
    search = _Search(session.keyspace.profile, session.database.find(argv[1], SortedSet))
    search.center = position_argument(search.profile, argv[2], argv[3])
    search.set_radius(argv[4], argv[5])
    return _finish_georadius(session, search, argv[6:], may_store)


def _georadiusbymember(session: Session, argv: list[bytes], *, may_store: bool) -> Reply:
    search = _Search(session.keyspace.profile, session.database.find(argv[1], SortedSet))
    if search.zset is not None:
        search.center_on_member(argv[2])
        search.set_radius(argv[3], argv[4])
    return _finish_georadius(session, search, argv[5:], may_store)


def _finish_georadius(session: Session, search: _Search, options: list[bytes], may_store: bool) -> Reply:
    _parse_options(search, options, by_shape=False, may_store=may_store)
    _check_flags(search, b"STORE option in GEORADIUS")
    _check_any(search)
    return _run(session, search, b"georadiusstore")


@command("GEORADIUS")
def georadius(session: Session, argv: list[bytes]) -> Reply:
    """GEORADIUS key longitude latitude radius unit [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]
    [STORE key | STOREDIST key]"""
    return _georadius(session, argv, may_store=True)


@command("GEORADIUS_RO")
def georadius_ro(session: Session, argv: list[bytes]) -> Reply:
    """GEORADIUS without STORE."""
    return _georadius(session, argv, may_store=False)


@command("GEORADIUSBYMEMBER")
def georadiusbymember(session: Session, argv: list[bytes]) -> Reply:
    """GEORADIUSBYMEMBER key member radius unit [options of GEORADIUS]"""
    return _georadiusbymember(session, argv, may_store=True)


@command("GEORADIUSBYMEMBER_RO")
def georadiusbymember_ro(session: Session, argv: list[bytes]) -> Reply:
    """GEORADIUSBYMEMBER without STORE."""
    return _georadiusbymember(session, argv, may_store=False)


def _geosearch(session: Session, argv: list[bytes], source: int) -> Reply:
    """A search whose source key is argv[source]; before it may stand the key to store to."""
    search = _Search(session.keyspace.profile, session.database.find(argv[source], SortedSet))
    storing = source == 2
    if storing:
        search.target = argv[1]
    _parse_options(search, argv[source + 1 :], by_shape=True, may_store=storing)
    _check_flags(search, b"GEOSEARCHSTORE")
    if not (search.from_member or search.from_position or search.vertices):
        raise CommandError(_ONE_CENTER % argv[0])
    if search.radius is None and search.box is None and not search.vertices:
        raise CommandError(search.profile.sentences.one_shape % argv[0])
    _check_any(search)
    return _run(session, search, b"geosearchstore")


@command("GEOSEARCH")
def geosearch(session: Session, argv: list[bytes]) -> Reply:
    """GEOSEARCH key FROMMEMBER member | FROMLONLAT longitude latitude BYRADIUS radius unit | BYBOX width height unit,
    or, since Valkey 9.0, GEOSEARCH key BYPOLYGON count longitude latitude [longitude latitude ...]
    [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]"""
    return _geosearch(session, argv, 1)


@command("GEOSEARCHSTORE")
def geosearchstore(session: Session, argv: list[bytes]) -> Reply:
    """GEOSEARCHSTORE destination source [arguments of GEOSEARCH without WITH...] [STOREDIST]"""
    return _geosearch(session, argv, 2)
