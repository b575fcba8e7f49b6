"""Generated keyspaces and arguments on which a script and a command are compared: always the same ones.

Arguments are as the commands take them: times above 0, counts above 0, numbers where a number belongs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import Final, NamedTuple

from ferrous_vm.analysis.symbols import Symbol
from ferrous_vm.keyspace.command_table import TABLE
from ferrous_vm.workbench.replacements.outline import TIMES, Outline, Words, name_of, word

NOW: Final = 1_700_000_000_000_000
"""The clock of all trials, in Unix microseconds."""


class Case(NamedTuple):
    """A state and a call: what fills the keyspace, and what the script is given. `kinds` tells of what sort it is."""

    filling: tuple[tuple[bytes, ...], ...]
    keys: tuple[bytes, ...]
    arguments: tuple[bytes, ...]
    kinds: frozenset[str]

    def bytes_of(self, symbol: Symbol) -> bytes:
        """The word that a symbol of a command is in this call."""
        if symbol.kind == "input":
            name, at = symbol.parts
            given = self.keys if name == "KEYS" else self.arguments
            return given[int(at) - 1]
        if symbol.kind in ("tonumber", "tostring"):
            return self.bytes_of(symbol.parts[0])
        word: bytes = b"%.17g" % symbol.parts[0] if symbol.kind == "number" else symbol.parts[0]
        return word


_POOLS: Final[dict[str, tuple[bytes, ...]]] = {
    "EX": (b"10", b"100", b"7000"),
    "PX": (b"10000", b"100000", b"1500"),
    "EXAT": (b"1700000010", b"1700009000"),
    "PXAT": (b"1700000010000", b"1700009000000"),
    "number": (b"1", b"5", b"-3", b"10", b"0"),
    "score": (b"1", b"2", b"5", b"10", b"-1", b"-10", b"2.5"),
    "count": (b"1", b"2", b"3", b"10"),
    "text": (b"a", b"b", b"", b"5", b"05", b"x y"),
}
"""What an argument can be, by the part it plays."""

_PARTS: Final[dict[tuple[str, int], str]] = {
    **{(name, 2): option.decode() for name, option in TIMES.items()},
    **{("H" + name, 2): option.decode() for name, option in TIMES.items()},
    ("SETEX", 2): "EX",
    ("PSETEX", 2): "PX",
    **dict.fromkeys([("INCRBY", 2), ("DECRBY", 2), ("HINCRBY", 3), ("INCRBYFLOAT", 2)], "number"),
    **dict.fromkeys([("LPOP", 2), ("RPOP", 2), ("LRANGE", 2), ("LRANGE", 3), ("LTRIM", 2), ("LTRIM", 3)], "count"),
    **dict.fromkeys([("ZRANGEBYSCORE", 2), ("ZRANGEBYSCORE", 3), ("ZADD", 2), ("ZINCRBY", 2)], "score"),
}
"""The part that a word of a command plays."""

_OPTIONS: Final = frozenset((b"EX", b"PX", b"EXAT", b"PXAT"))

_FILLED: Final[dict[str, str]] = {
    "string": "string",
    "hash": "hash",
    "list": "list",
    "set": "set",
    "sorted-set": "zset",
}
"""By the group of a command, the type of key it is for."""

_TIMES_LEFT: Final = (b"1", b"50", b"5000", b"100000", b"100000000")
"""Milliseconds; the first is over when the call comes."""


def parts_of(commands: Iterable[Words]) -> dict[Symbol, str]:
    """The part that each input plays in some commands."""
    found: dict[Symbol, str] = {}
    for words in commands:
        name = name_of(words)
        for at, symbol in enumerate(words):
            before = word(words[at - 1]) if at else None
            part = before.decode() if before in _OPTIONS else _PARTS.get((name, at), "")
            if name == "ZADD" and at >= 2 and not at % 2:
                part = "score"
            for inner in _inputs(symbol):
                if part:
                    found.setdefault(inner, part)
    return found


def _inputs(symbol: Symbol) -> Iterator[Symbol]:
    if symbol.kind == "input":
        yield symbol
    for one in symbol.parts:
        if isinstance(one, Symbol):
            yield from _inputs(one)


def cases(outline: Outline, commands: Iterable[Words], keys: int, arguments: int, count: int) -> Iterator[Case]:
    """So many calls, each on a state of its own."""
    random = Random(17)
    commands = tuple(commands)
    parts = parts_of((*outline.commands, *commands))
    near = _near(outline)
    types = _types(outline, commands)
    longest = _longest(outline)
    for number in range(count):
        given = tuple(
            random.choice((*_POOLS[parts.get(symbol, "text")], *near.get(symbol, ())))
            for symbol in (Symbol("input", ("ARGV", at)) for at in range(1, arguments + 1))
        )
        names = [b"k%d" % at for at in range(1, keys + 1)]
        if keys > 1 and not number % 5:
            names[random.randrange(1, keys)] = names[0]
        texts = (*given, *near.get(None, ()), b"a", b"1", b"5", b"05", b"0", b"abc", b"")
        filling: list[tuple[bytes, ...]] = []
        kinds: set[str] = {"same key"} if len(set(names)) < keys else set()
        constant = [one for words in outline.commands for one in words[1:2] if one.kind == "text"]
        stored = dict.fromkeys([*names, *(one.parts[0] for one in constant)])
        for at, name in enumerate(stored):
            kind = types.get(at % max(1, keys), "string") if random.random() < 0.85 else random.choice(_ALL)
            if not (number + at) % 6:
                continue
            filled, sort = _filled(random, kind, name, texts, longest)
            filling += filled
            kinds |= sort
            if kind not in types.values():
                kinds.add("type")
            if random.random() < 0.45:
                filling.append((b"PEXPIRE", name, random.choice(_TIMES_LEFT)))
            elif filled:
                kinds.add("no time")
        yield Case(tuple(filling), tuple(names), given, frozenset(kinds))


_ALL: Final = ("string", "hash", "list", "set", "zset")


def _types(outline: Outline, commands: tuple[Words, ...]) -> dict[int, str]:
    """Of which type each key should be, by its number from 0; and others by what the script is about."""
    found: dict[int, str] = {}
    general = "string"
    for words in (*outline.commands, *commands):
        row = TABLE.get(name_of(words).lower().encode())
        kind = _FILLED.get(row.group) if row is not None else None
        if kind is None:
            continue
        general = kind
        for symbol in words[1:]:
            if symbol.kind == "input" and symbol.parts[0] == "KEYS":
                found.setdefault(symbol.parts[1] - 1, kind)
    found.setdefault(0, general)
    return {at: found.get(at, general) for at in range(max(found) + 1)}


def _near(outline: Outline) -> dict[Symbol | None, tuple[bytes, ...]]:
    """What a script compares with: by input, and under None all; numbers with those beside them."""
    found: dict[Symbol | None, dict[bytes, None]] = {None: {}}
    for path in outline.paths:
        for test, _ in path.tests:
            inside = list(_all(test))
            constants = [one for one in inside if one.kind in ("number", "text")]
            values: list[bytes] = []
            for one in constants:
                if one.kind == "text":
                    values.append(one.parts[0])
                else:
                    values += [b"%.17g" % (one.parts[0] + by) for by in (-1, 0, 1)]
            inputs = [one for one in inside if one.kind == "input"]
            for symbol in inputs or (None,):
                found.setdefault(symbol, {}).update(dict.fromkeys(values))
            found[None].update(dict.fromkeys(values))
    for words in outline.commands:
        found[None].update({one.parts[0]: None for one in words[2:] if one.kind == "text"})
    return {symbol: tuple(values) for symbol, values in found.items()}


def _all(symbol: Symbol) -> Iterator[Symbol]:
    yield symbol
    for one in symbol.parts:
        if isinstance(one, Symbol):
            yield from _all(one)


def _longest(outline: Outline) -> int:
    """How many elements a key should have at most: some more than a script speaks of."""
    numbers = [word(one) for words in outline.commands for one in words[2:]]
    told = [int(one) for one in numbers if one is not None and one.lstrip(b"-").isdigit() and len(one) < 3]
    return max((4, *(abs(one) + 3 for one in told)))


def _filled(
    random: Random, kind: str, name: bytes, texts: tuple[bytes, ...], longest: int
) -> tuple[list[tuple[bytes, ...]], set[str]]:
    """What fills a key with a value of a type, and of what sort that is."""
    if kind == "string":
        value = random.choice(texts)
        return [(b"SET", name, value)], {"zero"} if value in (b"0", b"-0") else set()
    several = [random.choice(texts) for _ in range(random.randrange(1, longest + 1))]
    if kind != "list" and longest > len(texts):
        several += [b"m%d" % at for at in range(random.randrange(longest))]
    if kind == "list":
        return [(b"RPUSH", name, *several)], set()
    if kind == "set":
        return [(b"SADD", name, *several)], set()
    if kind == "zset":
        scores = (random.choice(_POOLS["score"]) for _ in several)
        return [(b"ZADD", name, *(one for pair in zip(scores, several, strict=True) for one in pair))], set()
    pairs = [one for field in several for one in (field, random.choice(texts))]
    filling: list[tuple[bytes, ...]] = [(b"HSET", name, *pairs)]
    if random.random() < 0.3:
        filling.append((b"HPEXPIRE", name, b"60000", b"FIELDS", b"1", several[0]))
    return filling, set()
