"""What a script calls its KEYS and ARGV is found in its comments and its code; a field that cannot be read is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ferrous_vm.workbench.escapes import FieldError, argument, literal, read_argument
from ferrous_vm.workbench.inputs import describe, names_of
from ferrous_vm.workbench.records.calling import DescribeInputs, Input
from ferrous_vm.workbench.workbench import Workbench

NAMES = [
    ("-- KEYS[1] the lock", {"KEYS[1]": "the lock"}),
    ("--   ARGV[2]: ttl in ms", {"ARGV[2]": "ttl in ms"}),
    ("--- @param KEYS[1] the lock", {"KEYS[1]": "the lock"}),
    ("--[[\n * KEYS[1] - the lock\n * ARGV[1] = the token\n]]", {"KEYS[1]": "the lock", "ARGV[1]": "the token"}),
    ("-- KEYS[1] the lock, ARGV[1] the token (ours)", {"KEYS[1]": "the lock", "ARGV[1]": "the token (ours)"}),
    ("-- Release (KEYS[1] the lock)", {"KEYS[1]": "the lock"}),
    ("-- KEYS[1] one and KEYS[2] two. Returns 1.", {"KEYS[1]": "one", "KEYS[2]": "two"}),
    ("-- KEYS: from, to; ARGV: amount", {"KEYS[1]": "from", "KEYS[2]": "to", "ARGV[1]": "amount"}),
    ("-- at most ARGV[1] requests in the last ARGV[2] milliseconds", {}),
    ("local lock = KEYS[1]", {"KEYS[1]": "lock"}),
    ("local n = math.floor(tonumber(ARGV[2]) or 5)", {"ARGV[2]": "n"}),
    ("local key, n = KEYS[1], tonumber(ARGV[1])", {"KEYS[1]": "key", "ARGV[1]": "n"}),
    ("local x = KEYS[1] -- KEYS[1] the lock", {"KEYS[1]": "the lock"}),
    ("local s = '-- KEYS[1] no comment' local t = [[ KEYS[2] ]]", {}),
    ("return redis.call('GET', KEYS[2], ARGV[1])", {"KEYS[2]": "", "ARGV[1]": ""}),
    ("local x = KEYS[100000]", {}),
    ("local lock = KEYS[1", {}),
]


@pytest.mark.parametrize(("script", "names"), NAMES, ids=[script for script, _ in NAMES])
def test_names(script: str, names: dict[str, str]) -> None:
    assert {f"{name}[{index}]": said for (name, index), said in names_of(script).items()} == names


def test_hostile_scripts_cost_little() -> None:
    for text in ("[[" * 200_000, "--[[" * 100_000, "local " * 100_000, "KEYS[1] " * 100_000, "--" + "KEYS:," * 100_000):
        names_of(text)


def test_every_input_of_the_examples_has_a_name() -> None:
    examples = Path(__file__).parents[2] / "web" / "examples"
    nameless = []
    for path in sorted(examples.glob("*.json")):
        example = json.loads(path.read_text("utf-8"))
        names = names_of(path.with_suffix(".lua").read_text("utf-8"))
        if "function" not in example and example["keys"] and not any(names.values()):
            nameless.append(path.stem)
    assert nameless == []


def test_inputs_are_as_many_as_the_fields_or_the_names() -> None:
    script = "-- KEYS[1] lock, ARGV[1] owner\nlocal ttl = ARGV[2]"
    found = describe(Workbench(), DescribeInputs(script, ["k", "l"], ['"open']))
    assert [one.name for one in found.keys] == ["lock", ""]
    assert [one.name for one in found.argv] == ["owner", "ttl"]
    assert found.argv[0] == Input(
        "owner", '"open begins with a quote that is not closed; as text it is written "\\"open"', '"\\"open"'
    )


UNREADABLE = ['"', '"open', '"a" b', '"a"b"', '"a\\"', '"closed" ', '"tab\t', '""a']


@pytest.mark.parametrize("field", UNREADABLE)
def test_a_field_whose_quote_is_not_closed_is_told_with_what_stands_for_it(field: str) -> None:
    with pytest.raises(FieldError):
        read_argument(field)
    assert read_argument(literal(field)) == field.encode()


@pytest.mark.parametrize("field", ["", "a", "it's", 'a"b', 'a"', "'a b'", '""', '"a b"', '"\\xff"', "\\x00"])
def test_a_field_that_can_be_read(field: str) -> None:
    value = read_argument(field)
    assert read_argument(argument(value)) == value
