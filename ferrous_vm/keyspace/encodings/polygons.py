"""Polygons on the map: their middle, their sides, and what lies in them (GEOSEARCH BYPOLYGON of Valkey 9.0).

The operations on floats stand in the order in which Valkey does them (geohash_helper.c), since each rounds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Final

from ferrous_vm.keyspace.encodings.geohash import LATITUDES, LONGITUDES, Area, Polygon, Position, Shape, distance

_RADIANS: Final = math.pi / 180.0


def shape_of(vertices: Sequence[Position]) -> Shape:
    """What a search within a polygon covers; distances are in metres."""
    center, box = _centroid(vertices), _bounds(vertices)
    polygon = Polygon(box, _farthest(center, box), partial(_contains, vertices))
    return Shape(center, 1.0, None, polygon=polygon)


def _centroid(vertices: Sequence[Position]) -> Position:
    """The middle of the vertices, taken as points of a sphere: distances count from there."""
    x = y = z = 0.0
    for longitude, latitude in vertices:
        along, up = longitude * _RADIANS, latitude * _RADIANS
        x += math.cos(up) * math.cos(along)
        y += math.cos(up) * math.sin(along)
        z += math.sin(up)
    return Position(math.atan2(y, x) / _RADIANS, math.atan2(z, math.sqrt(x * x + y * y)) / _RADIANS)


def _bounds(vertices: Sequence[Position]) -> Area:
    """The box around the vertices."""
    longitudes, latitudes = [each.longitude for each in vertices], [each.latitude for each in vertices]
    return Area(
        min(LONGITUDES[1], *longitudes),
        min(LATITUDES[1], *latitudes),
        max(LONGITUDES[0], *longitudes),
        max(LATITUDES[0], *latitudes),
    )


def _farthest(center: Position, box: Area) -> float:
    """Metres from the middle to the farthest corner of the box."""
    return max(distance(center, Position(side, end)) for side in (box.west, box.east) for end in (box.north, box.south))


def _contains(vertices: Sequence[Position], point: Position) -> bool:
    """Whether a ray from the point crosses the sides an odd number of times (PNPOLY of W. Randolph Franklin)."""
    inside = False
    before = vertices[-1]
    for vertex in vertices:
        if (vertex.latitude > point.latitude) != (before.latitude > point.latitude):
            rise = (before.longitude - vertex.longitude) * (point.latitude - vertex.latitude)
            if point.longitude < rise / (before.latitude - vertex.latitude) + vertex.longitude:
                inside = not inside
        before = vertex
    return inside
