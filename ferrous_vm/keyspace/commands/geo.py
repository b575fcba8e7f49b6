"""Geospatial commands: sorted sets whose scores are geohashes (geo.c); searches: `geo_search.py`."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import floating, keyword
from ferrous_vm.keyspace.arguments.readings import NUMBER, SURPLUS, UNIT
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.sorted_sets import add_with_options
from ferrous_vm.keyspace.encodings import geohash
from ferrous_vm.keyspace.encodings.geohash import Position
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.replies import NULL_ARRAY, HumanDouble, Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.sorted_sets import SortedSet

_UNITS: Final = {b"m": 1.0, b"km": 1000.0, b"ft": 0.3048, b"mi": 1609.34}
"""Metres."""
_UNKNOWN_UNIT: Final = b"ERR unsupported unit provided. please use M, KM, FT, MI"
_INVALID_POSITION: Final = b"ERR invalid longitude,latitude pair %f,%f"
_GEOADD_OPTIONS: Final = frozenset((b"nx", b"xx", b"ch"))


def unit_argument(word: bytes, profile: Profile) -> float:
    """A unit of length, in metres (`extractUnitOrReply`). Raises CommandError for another than m, km, ft and mi."""
    unit = _UNITS.get(keyword(word) if "geo units in capitals" in profile.options else word)
    if unit is None:
        raise CommandError(_UNKNOWN_UNIT, word, UNIT)
    return unit


def position_argument(profile: Profile, longitude: bytes, latitude: bytes) -> Position:
    """Longitude and latitude in degrees (`extractLongLatOrReply`). Raises CommandError beyond what a geohash holds."""
    hexadecimal = profile.hexadecimal_floats
    position = Position(floating(longitude, hexadecimal=hexadecimal), floating(latitude, hexadecimal=hexadecimal))
    west, east = geohash.LONGITUDES
    south, north = geohash.LATITUDES
    if not west <= position.longitude <= east:
        raise CommandError(_INVALID_POSITION % position, longitude, NUMBER)
    if not south <= position.latitude <= north:
        raise CommandError(_INVALID_POSITION % position, latitude, NUMBER)
    return position


def distance_text(distance: float) -> bytes:
    """A distance as replies print it, with four decimals (`addReplyDoubleDistance`)."""
    scaled = round(distance * 10000.0)
    sign = b"-" if scaled < 0 else b""
    return b"%b%d.%04d" % (sign, *divmod(abs(scaled), 10000))


def position_reply(profile: Profile, position: Position) -> list[Reply]:
    """Longitude and latitude as replies print them."""
    return [HumanDouble(profile.coordinate_text(degrees)) for degrees in position]


@command("GEOADD")
def geoadd(session: Session, argv: list[bytes]) -> Reply:
    """GEOADD key [NX | XX] [CH] longitude latitude member [longitude latitude member ...]"""
    first = 2
    while first < len(argv) and keyword(argv[first]) in _GEOADD_OPTIONS:
        first += 1
    options = {keyword(option) for option in argv[2:first]}
    if (len(argv) - first) % 3 or {b"nx", b"xx"} <= options:
        raise CommandError(messages.SYNTAX)
    zadd = argv[:first]
    for i in range(first, len(argv), 3):
        zadd += (
            b"%d" % geohash.score_of(position_argument(session.keyspace.profile, argv[i], argv[i + 1])),
            argv[i + 2],
        )
    return add_with_options(session, zadd, increment=False)


@command("GEOPOS")
def geopos(session: Session, argv: list[bytes]) -> Reply:
    """GEOPOS key [member ...]"""
    zset = session.database.find(argv[1], SortedSet)
    scores = [None if zset is None else zset.scores.get(member) for member in argv[2:]]
    profile = session.keyspace.profile
    return [NULL_ARRAY if score is None else position_reply(profile, geohash.position_of(score)) for score in scores]


@command("GEOHASH")
def geohash_(session: Session, argv: list[bytes]) -> Reply:
    """GEOHASH key [member ...]"""
    zset = session.database.find(argv[1], SortedSet)
    scores = [None if zset is None else zset.scores.get(member) for member in argv[2:]]
    return [None if score is None else geohash.text_of(score) for score in scores]


@command("GEODIST")
def geodist(session: Session, argv: list[bytes]) -> Reply:
    """GEODIST key member1 member2 [M | KM | FT | MI]"""
    unit = unit_argument(argv[4], session.keyspace.profile) if len(argv) == 5 else 1.0
    if len(argv) > 5:
        raise CommandError(messages.SYNTAX, argv[5], SURPLUS)
    zset = session.database.find(argv[1], SortedSet)
    if zset is None:
        return None
    one, other = zset.scores.get(argv[2]), zset.scores.get(argv[3])
    if one is None or other is None:
        return None
    return distance_text(geohash.distance(geohash.position_of(one), geohash.position_of(other)) / unit)
