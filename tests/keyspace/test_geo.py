"""Generated positions and searches on Ferrous and on a real redis-server 7.0.15; geohashes by their own laws."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferrous_vm.keyspace.commands.partial_sort import first_sorted
from ferrous_vm.keyspace.encodings import geohash
from ferrous_vm.keyspace.encodings.geohash import Position
from tests.keyspace.differential import Pair

quickly = settings(max_examples=200, deadline=None)
longitudes, latitudes = st.floats(-180, 180), st.floats(*geohash.LATITUDES)


@pytest.fixture
def pair(redis_port: int) -> Iterator[Pair]:
    both = Pair(redis_port)
    both.begin(2)
    yield both
    both.close()


class Searches:
    """Random arguments of GEOADD and GEOSEARCH; some positions coincide, so that there are ties."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.members = self.random.choice((5, 20, 60, 200))

    def position(self) -> list[bytes]:
        random = self.random
        near = [random.randrange(-5, 6) * 0.01 for _ in range(2)]
        far = [random.uniform(-180, 180), random.uniform(-85.05, 85.05)]
        edge = [random.choice((-180, 179.9, 0)), random.choice((84, -84, 0))]
        return [repr(degrees).encode() for degrees in random.choice((near, far, edge))]

    def length(self) -> bytes:
        return repr(self.random.uniform(0, self.random.choice((10, 5000, 25000)))).encode()

    def add(self) -> list[bytes]:
        words = [b"GEOADD", b"g"]
        for number in range(self.members):
            words += [*self.position(), b"m%d" % number]
        return words

    def search(self) -> list[bytes]:
        random = self.random
        center = random.choice(([b"FROMMEMBER", b"m0"], [b"FROMLONLAT", *self.position()]))
        unit = random.choice((b"m", b"km", b"km", b"mi", b"ft"))
        shape = random.choice(([b"BYRADIUS", self.length(), unit], [b"BYBOX", self.length(), self.length(), unit]))
        words = [b"GEOSEARCH", b"g", *center, *shape, *random.choice(([], [b"ASC"], [b"DESC"]))]
        if random.random() < 0.5:
            words += [b"COUNT", random.choice((b"1", b"3", b"10", b"50"))]
            words += random.choice(([], [], [b"ANY"]))
        return words + [option for option in (b"WITHDIST", b"WITHHASH", b"WITHCOORD") if random.random() < 0.3]


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(20))
def test_searches_find_what_redis_finds(pair: Pair, seed: int) -> None:
    searches = Searches(seed)
    pair.both(searches.add())
    for argv in ([b"ZRANGE", b"g", b"0", b"-1", b"WITHSCORES"], *[searches.search() for _ in range(40)]):
        real, ours = pair.both(argv)
        assert ours == real, argv


@quickly
@given(longitudes, latitudes)
def test_a_position_lies_in_the_cell_of_its_score(longitude: float, latitude: float) -> None:
    position = geohash.position_of(geohash.score_of(Position(longitude, latitude)))
    assert abs(position.longitude - longitude) <= 360 / 2**26
    assert abs(position.latitude - latitude) <= 180 / 2**26


@quickly
@given(longitudes, latitudes, longitudes, latitudes)
def test_distances_are_symmetric_and_stay_on_the_globe(a: float, b: float, c: float, d: float) -> None:
    there, back = geohash.distance(Position(a, b), Position(c, d)), geohash.distance(Position(c, d), Position(a, b))
    assert there == pytest.approx(back)
    assert 0 <= there <= 20_020_800


@quickly
@given(st.lists(st.integers(0, 12), min_size=2, max_size=120), st.data())
def test_the_first_of_a_sorted_order_are_the_least(numbers: list[int], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(numbers) - 1))
    items = list(enumerate(numbers))
    first = first_sorted(items, count, lambda item: float(item[1]))
    assert [number for _, number in first] == sorted(numbers)[:count]
    assert len(set(first)) == count
