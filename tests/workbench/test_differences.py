"""Where two values of one element differ: the places are those, and short, however long the values are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.workbench import differences, value_forms
from ferrous_vm.workbench.differences import MOST_PLACES, element_change
from ferrous_vm.workbench.escapes import argument

LONG = b"".join(b"line %d of the text, " % number for number in range(50_000))


def places(before: bytes, after: bytes) -> list[tuple[str, str | None, str | None]]:
    return [(one.place, one.before, one.after) for one in element_change(b"", before, after).places]


def test_short_values_are_shown_whole() -> None:
    change = element_change(b"f", b"one", b"two")
    assert (change.before, change.after, change.form, change.places) == ("one", "two", "", [])


def test_a_megabyte_that_differs_in_its_middle_shows_the_middle() -> None:
    at = 600_000
    change = element_change(b"", LONG, LONG[:at] + b"HERE" + LONG[at + 4 :])
    (place,) = change.places
    assert (change.form, place.place, place.after) == ("text", "byte 600,000", "HERE")
    assert place.before == LONG[at : at + 4].decode()
    assert place.lead == LONG[at - 24 : at].decode()
    assert place.tail == LONG[at + 4 : at + 28].decode()
    assert (change.before, change.after) == (f"{len(LONG):,} bytes",) * 2


def test_plain_text_is_not_read_as_numbers_of_messagepack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its letters would be one: a megabyte takes seconds, and a run may change many."""
    monkeypatch.setattr(value_forms, "_header", None)
    assert element_change(b"", LONG[:900_000], LONG[:900_001]).form == "text"


def test_what_was_put_in_or_taken_out_is_one_place() -> None:
    assert places(LONG, LONG[:700] + b"<new>" + LONG[700:]) == [("byte 700", None, "<new>")]
    assert places(LONG, LONG + b"at the end") == [(f"byte {len(LONG):,}", None, "at the end")]
    assert places(LONG[:-3], LONG)[0][2] == LONG[-3:].decode()


def test_values_of_one_length_differ_in_several_places() -> None:
    after = bytearray(LONG)
    after[1_000:1_002] = b"XY"
    after[500_000] = ord("Z")
    assert [place for place, _, _ in places(LONG, bytes(after))] == ["byte 1,000", "byte 500,000"]
    many = bytearray(LONG)
    many[::1000] = b"#" * len(many[::1000])
    change = element_change(b"", LONG, bytes(many))
    assert len(change.places) == MOST_PLACES
    assert change.more == "980 or more places"


def test_a_letter_is_not_torn() -> None:
    before, after = ("é" * 300 + "ä").encode(), ("é" * 300 + "ö").encode()
    assert places(before, after) == [("byte 600", "ä", "ö")]


def test_binary_is_shown_with_escapes() -> None:
    before = bytes(range(256)) * 4
    after = bytearray(before)
    after[512] = 0xFF
    change = element_change(b"", before, bytes(after))
    (place,) = change.places
    assert (change.form, place.place, place.before, place.after) == ("binary", "byte 512", "\\x00", "\\xff")
    assert place.lead.endswith("\\xfe\\xff")


USER: Any = {"name": "Ann", "tags": ["a", "b"], "two words": {"deep": [1, {"x": None}]}, "filler": "-" * 200}


def test_json_is_compared_by_structure() -> None:
    after = {**USER, "tags": ["a", "c", "d"], "two words": {"deep": [1, {"x": True}]}, "new": {}}
    del after["name"]
    reordered = json.dumps(dict(reversed(after.items())), indent=3).encode()
    change = element_change(b"", json.dumps(USER).encode(), reordered)
    assert change.form == "JSON"
    assert {one.place: (one.before, one.after) for one in change.places} == {
        ".name": ('"Ann"', None),
        ".tags[1]": ('"b"', '"c"'),
        ".tags[2]": (None, '"d"'),
        '["two words"].deep[1].x': ("null", "true"),
        ".new": (None, "{}"),
    }


def test_json_that_is_only_written_otherwise_has_no_places() -> None:
    change = element_change(
        b"", json.dumps({"a": "\u00e9" * 99}).encode(), json.dumps({"a": "é" * 99}, indent=1).encode()
    )
    assert (change.form, change.places, change.more) == ("JSON", [], "")


def test_messagepack_is_compared_by_structure() -> None:
    text = b"\xd9\xc8" + b"x" * 200
    before = b"\x82\xa1a\x01\xa1b" + text
    after = b"\x82\xa1b" + text + b"\xa1a\xcd\x01\x00"
    change = element_change(b"", before, after)
    assert change.form == "MessagePack"
    assert [(one.place, one.before, one.after) for one in change.places] == [(".a", "1", "256")]


@given(st.binary(max_size=400), st.binary(max_size=400), st.binary(max_size=400), st.sampled_from([0, 50]))
def test_the_places_of_any_two_values_are_where_they_differ(lead: bytes, old: bytes, new: bytes, short: int) -> None:
    before, after = lead + old + lead, lead + new + lead
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(differences, "SHORT", short)
        change = element_change(b"", before, after)
    if change.form not in ("text", "binary"):
        return
    assert (not change.places) == (before == after)
    for one in change.places:
        at = int(one.place.removeprefix("byte ").replace(",", ""))
        assert before[at:] != after[at:]
        assert at == 0 or before[:at] == after[:at] or len(change.places) > 1
        for side, whole in ((one.before, before), (one.after, after)):
            if side is not None and "more bytes" not in side and argument(whole) == whole.decode("utf-8", "replace"):
                assert whole[at:].startswith(side.encode())
