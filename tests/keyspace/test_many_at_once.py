"""What is computed of many at once is what is computed of each: registers of HyperLogLogs, members within a circle."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.keyspace.encodings import geohash
from ferrous_vm.keyspace.encodings.geohash import Position, Shape
from ferrous_vm.keyspace.encodings.hyperloglog import REGISTERS, HyperLogLog, estimate, greatest


@st.composite
def registers(draw: st.DrawFn) -> bytes:
    """Registers of a counter, most of which repeat."""
    piece = draw(st.lists(st.integers(0, 63), min_size=1, max_size=40))
    return (bytes(piece) * (REGISTERS // len(piece) + 1))[:REGISTERS]


@given(registers(), registers())
def test_the_greatest_of_registers(one: bytes, other: bytes) -> None:
    assert greatest(one, other) == bytes(map(max, one, other))


@given(registers())
def test_dense_text_holds_the_registers(values: bytes) -> None:
    counter, together = HyperLogLog(), HyperLogLog()
    counter.become_dense()
    together.become_dense()
    for index, value in enumerate(values):
        counter.raise_register(index, value, 0)
    together.raise_registers(values, 0)
    assert bytes(counter.registers()) == values
    assert counter.text == together.text
    assert estimate(values) == estimate(bytes(sorted(values)))


POSITIONS = st.builds(Position, st.floats(-180.0, 180.0), st.floats(-85.0, 85.0))


@given(
    POSITIONS,
    st.lists(
        st.builds(lambda center, east, north: (center, east, north), POSITIONS, st.floats(-9, 9), st.floats(-9, 9))
    ),
    st.one_of(st.floats(0.0, 3e7), st.sampled_from((0.0, 1e6, 1e6 + 1, 2.0015e7))),
    st.booleans(),
)
def test_a_circle_holds_whoever_is_no_farther(
    center: Position, others: list[tuple[Position, float, float]], metres: float, are_near: bool
) -> None:
    members = [(0.0, b"first"), (float(geohash.score_of(center)), b"center")]
    for number, (position, east, north) in enumerate(others):
        if are_near:
            position = Position(
                max(-180.0, min(180.0, center.longitude + east)), max(-85.0, min(85.0, center.latitude + north))
            )
        members.append((float(geohash.score_of(position)), b"%d" % number))
    found = {each.member: each for each in geohash.within(Shape(center, 1.0, metres), members)}
    for score, member in members:
        position = geohash.position_of(score)
        far = geohash.distance(center, position)
        assert (member in found) is not (far > metres)
        if member in found:
            assert found[member] == (member, score, position, far)


@given(POSITIONS)
def test_the_edge_of_a_circle_belongs_to_it(center: Position) -> None:
    score = float(geohash.score_of(Position(0.5, 0.25)))
    far = geohash.distance(center, geohash.position_of(score))
    assert [each.member for each in geohash.within(Shape(center, 1.0, far), [(score, b"edge")])] == [b"edge"]
