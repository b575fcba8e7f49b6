"""What a script calls its KEYS and ARGV, and what is wrong with the fields given for them (contract.DescribeInputs).

A name stands in a comment, `-- KEYS[1] the lock, ARGV[1]: ttl in ms` or `-- ARGV: owner, ttl in ms`, else it is that of
the local variable the input is first put into: `local limit = tonumber(ARGV[2])`. A script that is being typed need not
be one that compiles.
"""

from __future__ import annotations

import re
from typing import Final

from ferrous_vm.printing import visible
from ferrous_vm.workbench.calls import read_fields
from ferrous_vm.workbench.escapes import FieldError, literal
from ferrous_vm.workbench.records.calling import DescribeInputs, Input, InputsDescribed
from ferrous_vm.workbench.workbench import Workbench

MOST: Final = 100
"""Inputs that a script may name; more are no names but a mistake."""
LONGEST: Final = 80
"""Characters of a name."""
BEGINNING: Final = 20_000
"""Characters of a script in which its inputs are looked for: what is told of them stands at the top."""

PIECE: Final = re.compile(
    r"--\[(=*)\[(?P<long>.{0,5000}?)\]\1\]|--(?P<comment>[^\n]*)"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|\[(=*)\[.{0,5000}?\]\4\]",
    re.DOTALL,
)
"""A comment, or a string, in which none can begin."""

INPUT: Final = re.compile(r"\b(KEYS|ARGV)\s*\[\s*([1-9]\d{0,3})\s*\]")
MARKER: Final = re.compile(
    rf"(?:^|[.,;:(?!]|\band\b|@\w+)\s*(?:{INPUT.pattern}\s*(?:[:=\u2013\u2014-]+\s*|(?=[\w'\"(]))|(KEYS|ARGV)\s*:\s*)"
)
"""What in a comment says that an input is told of, or all in their order; amid a sentence it is only mentioned."""
END: Final = re.compile(r";|\.(?:\s|$)|\s\s\|\s")

ASSIGNED: Final = re.compile(r"\blocal\s+([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s*=\s*([^\n;]+)")
WRAPPED: Final = re.compile(rf"\s*(?:[A-Za-z_][\w.]*\s*\(\s*)*{INPUT.pattern}")


def describe(_: Workbench, request: DescribeInputs) -> InputsDescribed:
    """The names of the inputs, and what is wrong with the fields."""
    names = names_of(request.script)
    return InputsDescribed(_inputs("KEYS", request.keys, names), _inputs("ARGV", request.argv, names))


def names_of(script: str) -> dict[tuple[str, int], str]:
    """What the script calls each input that it names; "" for one it only uses."""
    comments: list[str] = []

    def without(found: re.Match[str]) -> str:
        comments.append(found["long"] or found["comment"] or "")
        return '""'

    code = PIECE.sub(without, script[:BEGINNING])
    names = {(name, int(index)): "" for name, index in INPUT.findall(code)}
    for variables, values in ASSIGNED.findall(code):
        for variable, value in zip(variables.split(","), values.split(","), strict=False):
            used = WRAPPED.match(value)
            if used and not names.get((used[1], int(used[2]))):
                names[used[1], int(used[2])] = variable.strip()
    for line in "\n".join(comments).split("\n"):
        names.update(_told(line.strip(" \t*-/")))
    return {which: visible(name[:LONGEST]) for which, name in names.items() if which[1] <= MOST}


def _told(comment: str) -> dict[tuple[str, int], str]:
    """What a line of a comment says of inputs."""
    told: dict[tuple[str, int], str] = {}
    markers = list(MARKER.finditer(comment))
    ends = [*(marker.start() for marker in markers[1:]), len(comment)]
    for marker, following in zip(markers, ends, strict=False):
        text = END.split(comment[marker.end() : following])[0].strip(" ,")
        if text.count(")") > text.count("("):
            text = text.removesuffix(")")
        if marker[1]:
            told[marker[1], int(marker[2])] = text
        else:
            told.update({(marker[3], index): item.strip() for index, item in enumerate(text.split(","), 1)})
    return {which: name for which, name in told.items() if name}


def _inputs(name: str, fields: list[str], names: dict[tuple[str, int], str]) -> list[Input]:
    count = max([len(fields), *(index for kind, index in names if kind == name)])
    return [
        _input(names.get((name, index), ""), fields[index - 1] if index <= len(fields) else "")
        for index in range(1, count + 1)
    ]


def _input(name: str, field: str) -> Input:
    try:
        read_fields("", [field])
    except FieldError as error:
        return Input(name, str(error).partition(": ")[2], literal(field))
    return Input(name, "", "")
