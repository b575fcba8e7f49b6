"""Geohashes and distances on the sphere (geohash.c, geohash_helper.c), to the last bit.

A position becomes a number of `2 * step` bits, longitude and latitude interleaved; a sorted set scores its members by
the number of 52 bits. A cell is all positions whose numbers begin alike. The operations on floats stand in the order in
which Redis does them, since each rounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

STEPS: Final = 26
"""Bits of a coordinate in a score (`GEO_STEP_MAX`)."""
LONGITUDES: Final = (-180.0, 180.0)
LATITUDES: Final = (-85.05112878, 85.05112878)
"""What a score can hold: the limits of the web Mercator projection (EPSG:3857)."""
_STANDARD_LATITUDES: Final = (-90.0, 90.0)
_EARTH_RADIUS: Final = 6372797.560856
"""Metres."""
_MERCATOR_MAX: Final = 20037726.37
_RADIANS: Final = math.pi / 180.0
_ALPHABET: Final = b"0123456789bcdefghjkmnpqrstuvwxyz"
_EVEN_BITS: Final = 0x5555555555555555
_ODD_BITS: Final = 0xAAAAAAAAAAAAAAAA
_64_BITS: Final = (1 << 64) - 1


class Position(NamedTuple):
    """Degrees."""

    longitude: float
    latitude: float


class Cell(NamedTuple):
    """All positions whose number of `2 * step` bits is `bits`."""

    bits: int
    step: int

    def scores(self) -> tuple[int, int]:
        """The scores in the cell, from the first up to but not including the second (`scoresOfGeoHashBox`)."""
        shift = 2 * (STEPS - self.step)
        return self.bits << shift, (self.bits + 1) << shift


class Area(NamedTuple):
    """The sides of a cell, in degrees."""

    west: float
    south: float
    east: float
    north: float


class Polygon(NamedTuple):
    """A polygon as a search sees it."""

    bounds: Area
    """The box around it."""
    reach: float
    """Metres from the centre of the search to the farthest corner of the box."""
    contains: Callable[[Position], bool]


class Shape(NamedTuple):
    """What a search covers: a polygon if there is one, else a circle if `radius` is not None, else a box.

    `unit` is that of the lengths, in metres.
    """

    center: Position
    unit: float
    radius: float | None
    width: float = 0.0
    height: float = 0.0
    polygon: Polygon | None = None


# Interleaving


def _spread(number: int) -> int:
    """The lower 32 bits of `number`, with a zero bit between each two."""
    number = (number | number << 16) & 0x0000FFFF0000FFFF
    number = (number | number << 8) & 0x00FF00FF00FF00FF
    number = (number | number << 4) & 0x0F0F0F0F0F0F0F0F
    number = (number | number << 2) & 0x3333333333333333
    return (number | number << 1) & _EVEN_BITS


def _gather(number: int) -> int:
    """Every second bit of `number`, from the lowest on: the inverse of `_spread`."""
    number &= _EVEN_BITS
    number = (number | number >> 1) & 0x3333333333333333
    number = (number | number >> 2) & 0x0F0F0F0F0F0F0F0F
    number = (number | number >> 4) & 0x00FF00FF00FF00FF
    number = (number | number >> 8) & 0x0000FFFF0000FFFF
    return (number | number >> 16) & 0x00000000FFFFFFFF


def _cell(position: Position, step: int, latitudes: tuple[float, float] = LATITUDES) -> Cell:
    """The cell that holds `position` (`geohashEncode`)."""
    scale = 1 << step
    longitude = (position.longitude - LONGITUDES[0]) / (LONGITUDES[1] - LONGITUDES[0]) * scale
    latitude = (position.latitude - latitudes[0]) / (latitudes[1] - latitudes[0]) * scale
    return Cell(_spread(int(latitude) & 0xFFFFFFFF) | _spread(int(longitude) & 0xFFFFFFFF) << 1, step)


def _area(cell: Cell) -> Area:
    """The sides of `cell` (`geohashDecode`)."""
    latitude, longitude = _gather(cell.bits), _gather(cell.bits >> 1)
    scale = 1 << cell.step
    width, height = LONGITUDES[1] - LONGITUDES[0], LATITUDES[1] - LATITUDES[0]
    return Area(
        LONGITUDES[0] + (longitude * 1.0 / scale) * width,
        LATITUDES[0] + (latitude * 1.0 / scale) * height,
        LONGITUDES[0] + ((longitude + 1) * 1.0 / scale) * width,
        LATITUDES[0] + ((latitude + 1) * 1.0 / scale) * height,
    )


def score_of(position: Position) -> int:
    """The score of a member at `position`: 52 bits."""
    return _cell(position, STEPS).bits


def position_of(score: float) -> Position:
    """The middle of the smallest cell of `score` (`decodeGeohash`). Any score has one, sensible or not."""
    area = _area(Cell(_unsigned(score), STEPS))
    longitude, latitude = (area.west + area.east) / 2, (area.south + area.north) / 2
    return Position(min(max(longitude, LONGITUDES[0]), LONGITUDES[1]), min(max(latitude, LATITUDES[0]), LATITUDES[1]))


def _unsigned(number: float) -> int:
    """`number` as x86-64 compilers convert it to uint64: what does not fit has a conventional result."""
    if -(2.0**63) <= number < 2.0**63:
        return int(number) & _64_BITS
    if 0 < number < 2.0**64:
        return int(number)
    return 0 if number > 0 else 1 << 63


def text_of(score: float) -> bytes:
    """The standard geohash text of `score`, eleven characters of which the last is always 0 (GEOHASH)."""
    bits = _cell(position_of(score), STEPS, _STANDARD_LATITUDES).bits
    indexes = [bits >> (2 * STEPS - 5 * (i + 1)) & 0x1F for i in range(10)]
    return bytes([_ALPHABET[index] for index in (*indexes, 0)])


# Distances


def _latitude_distance(one: float, other: float) -> float:
    return _EARTH_RADIUS * abs(other * _RADIANS - one * _RADIANS)


def distance(one: Position, other: Position) -> float:
    """Metres between two positions along the great circle (`geohashGetDistance`)."""
    v = math.sin((other.longitude * _RADIANS - one.longitude * _RADIANS) / 2)
    if v == 0.0:
        return _latitude_distance(one.latitude, other.latitude)
    one_latitude, other_latitude = one.latitude * _RADIANS, other.latitude * _RADIANS
    u = math.sin((other_latitude - one_latitude) / 2)
    a = u * u + math.cos(one_latitude) * math.cos(other_latitude) * v * v
    return 2.0 * _EARTH_RADIUS * (math.asin(math.sqrt(a)) if a <= 1.0 else math.nan)


class Found(NamedTuple):
    """A member within a shape."""

    member: bytes
    score: float
    position: Position
    distance: float
    """Metres from the centre."""


def within(shape: Shape, scored: Iterable[tuple[float, bytes]]) -> Iterator[Found]:
    """Those of the members, each after its score, that are within `shape` (`geoWithinShape`)."""
    if shape.polygon is None and shape.radius is not None:
        return _within_circle(shape.center, shape.radius * shape.unit, scored)
    return _within_other(shape, scored)


_PLACES: Final = 1 << 15
"""Scores whose place is remembered: most searches meet the members of earlier ones."""


@lru_cache(_PLACES)
def _place(score: float) -> tuple[float, float, float, Position]:
    """Latitude and longitude in radians, the cosine of the one, and the position in degrees."""
    position = position_of(score)
    latitude = position.latitude * _RADIANS
    return latitude, position.longitude * _RADIANS, math.cos(latitude), position


_NO_ANTIPODES: Final = 1_000_000.0
"""Metres up to which the cells of a search hold no position on the other side of the world, whose distance rounding may
make no number."""


def _within_circle(center: Position, metres: float, scored: Iterable[tuple[float, bytes]]) -> Iterator[Found]:
    """`distance`, of many: a position so far out that no rounding can bring it in is left early."""
    latitude, longitude = center.latitude * _RADIANS, center.longitude * _RADIANS
    cosine, sin, diameter = math.cos(latitude), math.sin, 2.0 * _EARTH_RADIUS
    outside = sin(metres / diameter) ** 2 * (1 + 1e-9) if metres <= _NO_ANTIPODES else math.inf
    for score, member in scored:
        its_latitude, its_longitude, its_cosine, position = _place(score)
        u = sin((its_latitude - latitude) / 2)
        if u * u > outside:
            continue
        v = sin((its_longitude - longitude) / 2)
        a = u * u + cosine * its_cosine * v * v
        if a > outside:
            continue
        if v == 0.0:
            far = _EARTH_RADIUS * abs(its_latitude - latitude)
        else:
            far = diameter * (math.asin(math.sqrt(a)) if a <= 1.0 else math.nan)
        if not far > metres:
            yield Found(member, score, position, far)


def _within_other(shape: Shape, scored: Iterable[tuple[float, bytes]]) -> Iterator[Found]:
    for score, member in scored:
        position = _place(score)[-1]
        far = _distance_within(shape, position)
        if far is not None:
            yield Found(member, score, position, far)


def _distance_within(shape: Shape, position: Position) -> float | None:
    """Metres from the centre of a polygon or a box to `position`, or None if that is outside."""
    center = shape.center
    if shape.polygon is not None:
        return distance(center, position) if shape.polygon.contains(position) else None
    if _latitude_distance(position.latitude, center.latitude) > shape.height * shape.unit / 2:
        return None
    if distance(position, Position(center.longitude, position.latitude)) > shape.width * shape.unit / 2:
        return None
    return distance(center, position)


# Cells that cover a shape


def _bounds(shape: Shape) -> Area:
    """A box around `shape` (`geohashBoundingBox`)."""
    if shape.polygon is not None:
        return shape.polygon.bounds
    longitude, latitude = shape.center
    height, width = (shape.height / 2, shape.width / 2) if shape.radius is None else (shape.radius, shape.radius)
    up = shape.unit * height / _EARTH_RADIUS / _RADIANS
    along = (latitude - up if latitude < 0 else latitude + up) * _RADIANS
    narrowing = math.cos(along) if math.isfinite(along) else math.nan
    sideways = shape.unit * width / _EARTH_RADIUS / narrowing / _RADIANS
    return Area(longitude - sideways, latitude - up, longitude + sideways, latitude + up)


def _estimated_step(radius: float, latitude: float) -> int:
    """How fine cells may be for nine of them to cover a radius in metres (`geohashEstimateStepsByRadius`)."""
    if radius == 0:
        return STEPS
    step = 1
    while radius < _MERCATOR_MAX:
        radius *= 2
        step += 1
    step -= 2
    if abs(latitude) > 66:
        step -= 1
        if abs(latitude) > 80:
            step -= 1
    return min(max(step, 1), STEPS)


_DIRECTIONS: Final = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Neighbours in the order of the search, as (east, north)."""


def _neighbour(cell: Cell, east: int, north: int) -> Cell:
    """The cell beside `cell`, round the world if need be (`geohash_move_x`, `geohash_move_y`)."""
    unused = 64 - 2 * cell.step
    x, y = cell.bits & _ODD_BITS, cell.bits & _EVEN_BITS
    if east:
        others = _EVEN_BITS >> unused
        x = x + others + 1 if east > 0 else (x | others) - (others + 1)
        x &= _ODD_BITS >> unused
    if north:
        others = _ODD_BITS >> unused
        y = y + others + 1 if north > 0 else (y | others) - (others + 1)
        y &= _EVEN_BITS >> unused
    return Cell(x | y, cell.step)


def covering_cells(shape: Shape) -> list[Cell]:
    """Up to nine cells that cover `shape`, in the order of Redis's search (`geohashCalculateAreasByShapeWGS84`).

    The same cell may come twice, though not in succession, when they go round the world.
    """
    bounds = _bounds(shape)
    if shape.polygon is not None:
        reach = shape.polygon.reach
    elif shape.radius is None:
        reach = math.sqrt((shape.width / 2) * (shape.width / 2) + (shape.height / 2) * (shape.height / 2))
    else:
        reach = shape.radius
    step = _estimated_step(reach * shape.unit, shape.center.latitude)
    cell = _cell(shape.center, step)
    if step > 1 and _falls_short(cell, bounds):
        step -= 1
        cell = _cell(shape.center, step)
    area = _area(cell)
    cells = [cell]
    for east, north in _DIRECTIONS:
        neighbour = _neighbour(cell, east, north)
        if step >= 2 and _is_useless(area, bounds, east, north):
            continue
        if len(cells) == 1 or neighbour != cells[-1]:
            cells.append(neighbour)
    return cells


def _falls_short(cell: Cell, bounds: Area) -> bool:
    """Whether `cell` and its neighbours do not reach the bounds on some side."""
    return (
        _area(_neighbour(cell, 0, 1)).north < bounds.north
        or _area(_neighbour(cell, 0, -1)).south > bounds.south
        or _area(_neighbour(cell, 1, 0)).east < bounds.east
        or _area(_neighbour(cell, -1, 0)).west > bounds.west
    )


def _is_useless(area: Area, bounds: Area, east: int, north: int) -> bool:
    """Whether the search does not reach the neighbour in that direction."""
    return (
        (north < 0 and area.south < bounds.south)
        or (north > 0 and area.north > bounds.north)
        or (east < 0 and area.west < bounds.west)
        or (east > 0 and area.east > bounds.east)
    )
