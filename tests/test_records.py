"""Records: what a dataclass would do for their users, without the cost of defining one."""

from __future__ import annotations

import pytest

from ferrous_vm.records import MutableRecord, Record, field, with_changes


class Point(Record):
    x: int
    y: int = 2


class Named(Point):
    name: str = "origin"


class Basket(MutableRecord):
    number: int = field(init=False)
    owner: str
    items: list[str] = field(factory=list)


def test_fields_are_positional_named_or_default() -> None:
    assert Point(1) == Point(x=1, y=2)
    assert Named(1, 3, name="p") == Named(1, 3, "p")
    assert Named.__match_args__ == ("x", "y", "name")


@pytest.mark.parametrize("values", [(), (1, 2, 3)])
def test_a_wrong_number_of_fields(values: tuple[int, ...]) -> None:
    with pytest.raises(TypeError, match="__init__"):
        Point(*values)


def test_an_unknown_field() -> None:
    with pytest.raises(TypeError, match="z"):
        with_changes(Point(1), z=3)


def test_records_are_compared_by_their_fields_and_class() -> None:
    assert Point(1, 2) != Point(1, 3)
    assert Point(1, 2) != Named(1, 2)
    assert {Point(1): "one"}[Point(1, 2)] == "one"


def test_mutable_records_equal_themselves_only() -> None:
    basket = Basket("a")
    assert basket == basket
    assert basket != Basket("a")
    assert hash(basket) != hash(Basket("a"))


def test_a_factory_makes_a_value_for_each_record() -> None:
    first, second = Basket("a"), Basket("b")
    first.items.append("apple")
    assert second.items == []
    assert Basket("c", ["pear"]).items == ["pear"]


def test_a_later_field_is_absent_until_assigned() -> None:
    basket = Basket("a")
    with pytest.raises(AttributeError):
        _ = basket.number
    basket.number = 7
    assert repr(basket) == "Basket(owner='a', items=[])"


def test_a_record_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        Basket("a").colour = "red"  # type: ignore[attr-defined]


def test_changes_make_another_record() -> None:
    point = Point(1)
    assert with_changes(point, y=5) == Point(1, 5)
    assert point == Point(1)


def test_patterns_read_the_fields_in_order() -> None:
    match Named(1, 2, "p"):
        case Named(x, _, name):
            assert (x, name) == (1, "p")
