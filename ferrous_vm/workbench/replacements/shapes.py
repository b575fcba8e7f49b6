"""What scripts look like that one command does the work of, and which command that may be.

A shape proposes; whether script and command do the same is tried (`trial.py`). So a row may propose what is right for
some of the scripts that look so, and the commands are tried in the order of the proposals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from typing import Final, NamedTuple

from ferrous_vm.analysis.symbols import Symbol, text
from ferrous_vm.keyspace.command_table import TABLE, arity_matches
from ferrous_vm.workbench.replacements.outline import TIMES, Outline, Words, command, name_of, word


class Proposal(NamedTuple):
    """What may do a script's work: one command, or several in one MULTI; and where it may differ (`EXCEPTIONS`)."""

    commands: tuple[Words, ...]
    exceptions: frozenset[str] = frozenset()


EXCEPTIONS: Final[dict[str, str]] = {
    "zero": "where the key holds 0 already, no new time begins",
    "no time": "a counter without a time to live gets one, too",
    "type": "a key of another type is treated otherwise, where the script stops or does nothing",
    "same key": "with the same key twice, a last element stays, and the key's time to live with it",
}
"""What a command may do otherwise where a state or an argument is of this sort, as a clause."""

MOST_PROPOSALS: Final = 24
"""Of one shape: each is tried, and who writes more SETs than that has another script."""

Propose = Callable[[Outline], Iterator[Proposal]]

GUARDS: Final = frozenset(
    ("EXISTS", "TYPE", "TTL", "PTTL", "LLEN", "SCARD", "ZCARD", "HLEN", "STRLEN", "HEXISTS", "SISMEMBER", "ZSCORE")
) | {"HGET", "GET", "LINDEX"}
"""Commands that only ask."""

_SETTERS: Final = frozenset(("SET", "SETNX", "SETEX", "PSETEX"))
_COUNTERS: Final = frozenset(("INCR", "INCRBY", "INCRBYFLOAT", "DECR", "DECRBY"))
_FIELD_TIMES: Final = {"HEXPIRE": "EX", "HPEXPIRE": "PX", "HEXPIREAT": "EXAT", "HPEXPIREAT": "PXAT"}
_ENDS: Final = {"LPOP": "LEFT", "LPUSH": "LEFT", "RPOP": "RIGHT", "RPUSH": "RIGHT"}


def proposals(outline: Outline) -> dict[Propose, list[Proposal]]:
    """What may do the work of a script, each once, by the shape it has."""
    seen: set[Proposal] = set()
    found: dict[Propose, list[Proposal]] = {}
    names = outline.names
    if not all(map(_has_its_words, outline.commands)):
        return found
    for (needed, allowed), (_, _, propose) in zip(_ALLOWED, _SHAPES, strict=True):
        if names <= allowed and all(names & one for one in needed):
            for proposal in islice(propose(outline), MOST_PROPOSALS):
                if proposal not in seen and _can_be_sent(proposal) and not _is_the_script(outline, proposal):
                    seen.add(proposal)
                    found.setdefault(propose, []).append(proposal)
    return found


def may_fit(names: frozenset[str]) -> bool:
    """Whether a script that calls these commands has some shape."""
    return any(names <= allowed and all(names & one for one in needed) for needed, allowed in _ALLOWED)


def _has_its_words(words: Words) -> bool:
    row = TABLE.get(words[0].parts[0].lower())
    return row is None or arity_matches(row, len(words))


def _is_the_script(outline: Outline, proposal: Proposal) -> bool:
    """Whether the script calls nothing else but this."""
    return set(map(_plain, outline.commands)) == set(map(_plain, proposal.commands))


def _can_be_sent(proposal: Proposal) -> bool:
    """Whether whoever calls the script has all the words."""
    return all(_is_given(symbol) for words in proposal.commands for symbol in words)


def _is_given(symbol: Symbol) -> bool:
    if symbol.kind in ("tonumber", "tostring"):
        return _is_given(symbol.parts[0])
    return symbol.kind in ("input", "text", "number")


def _plain(words: Words) -> tuple[object, ...]:
    return tuple(word(one) or one for one in words)


def _one(words: Words, *exceptions: str) -> Proposal:
    return Proposal((words,), frozenset(exceptions))


# Strings


def _as_set(words: Words) -> Words:
    """SETNX, SETEX and PSETEX as the SET they are."""
    name = name_of(words)
    if name in ("SETEX", "PSETEX") and len(words) == 4:
        return command("SET", words[1], words[3], "EX" if name == "SETEX" else "PX", words[2])
    if name == "SETNX" and len(words) == 3:
        return command("SET", *words[1:], "NX")
    return (text(b"SET"), *words[1:])


def _sets(outline: Outline) -> Iterator[Words]:
    """The script's SET, with the time that a command gives the key besides."""
    times = outline.of(*TIMES)
    for setter in outline.of(*_SETTERS):
        base = _as_set(setter)
        if len(base) < 3:
            continue
        for time in times:
            if len(time) == 3 and time[1] == base[1]:
                yield (*base, text(TIMES[name_of(time)]), time[2])
        if not times:
            yield base


def _keyed_set(outline: Outline) -> Iterator[Proposal]:
    for base in _sets(outline):
        without = tuple(one for one in base if word(one) not in (b"NX", b"XX"))
        for source, value in outline.compared:
            if name_of(source) == "GET" and source[1] == base[1]:
                for option in ("IFEQ", "IFNE"):
                    yield _one((*without, text(option.encode()), value))
        yield _one(base)
        for options in (("NX",), ("XX",), ("GET",), ("NX", "GET"), ("XX", "GET")):
            yield _one((*without, *(text(one.encode()) for one in options)))


def _compared_delete(outline: Outline) -> Iterator[Proposal]:
    for deleting in outline.of("DEL", "UNLINK"):
        for source, value in outline.compared:
            if name_of(source) == "GET" and len(deleting) == 2:
                yield _one(command("DELEX", deleting[1], "IFEQ", value))
                yield _one(command("DELIFEQ", deleting[1], value))
                yield _one(command("DELEX", deleting[1], "IFNE", value))


def _get_delete(outline: Outline) -> Iterator[Proposal]:
    for reading in outline.of("GET"):
        yield _one(command("GETDEL", *reading[1:]))


def _get_time(outline: Outline) -> Iterator[Proposal]:
    for time in outline.of(*TIMES):
        if len(time) == 3:
            option = text(TIMES[name_of(time)])
            for source, value in outline.compared:
                if name_of(source) == "GET" and source[1] == time[1]:
                    yield _one(command("SET", time[1], value, "IFEQ", value, option, time[2]))
            yield _one(command("GETEX", time[1], option, time[2]))
    for lasting in outline.of("PERSIST"):
        yield _one(command("GETEX", lasting[1], "PERSIST"))


def _counter(outline: Outline) -> Iterator[Proposal]:
    for counter in outline.of(*_COUNTERS):
        key = counter[1] if len(counter) > 1 else None
        times = [(text(TIMES[name_of(one)]), one[2]) for one in outline.of(*TIMES) if len(one) == 3]
        for base in map(_as_set, outline.of(*_SETTERS)):
            times += [pair for pair in pairwise(base[3:]) if word(pair[0]) in TIMES.values()]
        for option, time in times:
            if key is None:
                continue
            beginning = command("SET", key, 0, option, time, "NX")
            yield Proposal((beginning, counter), frozenset(("zero",)))
            expire = next(name for name, one in TIMES.items() if one == word(option))
            yield Proposal((counter, command(expire, key, time, "NX")), frozenset(("zero", "no time")))


def _expire(outline: Outline) -> Iterator[Proposal]:
    for time in outline.of(*TIMES):
        if len(time) == 3:
            for option in ("NX", "XX", "GT", "LT"):
                yield _one((*time, text(option.encode())))


def _several_keys(outline: Outline) -> Iterator[Proposal]:
    """SET for key after key, or MSET, with one time for all."""
    pairs: list[Symbol] = []
    for words in outline.of(*_SETTERS):
        pairs += _as_set(words)[1:3]
    for words in outline.of("MSET", "MSETNX"):
        pairs += words[1:]
    options = {_as_set(words)[3:] for words in outline.of(*_SETTERS)}
    options |= {(text(TIMES[name_of(one)]), one[2]) for one in outline.of(*TIMES) if len(one) == 3}
    if len(pairs) < 4 or len(pairs) % 2 or len(set(pairs[::2])) * 2 != len(pairs) or len(options - {()}) > 1:
        return
    option = max(options, key=len, default=())
    if not option:
        yield _one(command("MSET", *pairs))
        yield _one(command("MSETNX", *pairs))
    for condition in ((), ("NX",), ("XX",)):
        yield _one(command("MSETEX", len(pairs) // 2, *pairs, *condition, *option))


def _counted(outline: Outline) -> Iterator[Proposal]:
    """A command whose reply is only counted."""
    if len(outline.commands) != 1:
        return
    words = outline.commands[0]
    counting = _COUNTING.get(name_of(words))
    if counting is None:
        return
    if counting in ("LLEN", "ZCARD") and [word(one) for one in words[2:]] != [b"0", b"-1"]:
        return
    if counting == "SINTERCARD":
        yield _one(command(counting, len(words) - 1, *words[1:]))
    elif counting in ("ZCOUNT", "ZLEXCOUNT"):
        yield _one(command(counting, *words[1:4]))
    else:
        yield _one(command(counting, words[1]))


_COUNTING: Final = {
    "SMEMBERS": "SCARD",
    "HKEYS": "HLEN",
    "HVALS": "HLEN",
    "LRANGE": "LLEN",
    "ZRANGE": "ZCARD",
    "ZRANGEBYSCORE": "ZCOUNT",
    "ZRANGEBYLEX": "ZLEXCOUNT",
    "SINTER": "SINTERCARD",
    "GET": "STRLEN",
}
"""What counts the elements that a command answers."""


# Lists, sorted sets, sets


def _move(outline: Outline) -> Iterator[Proposal]:
    for pop in outline.of("LPOP", "RPOP"):
        for push in outline.of("LPUSH", "RPUSH"):
            if len(pop) == 2 and len(push) == 3:
                ends = _ENDS[name_of(pop)], _ENDS[name_of(push)]
                yield _one(command("LMOVE", pop[1], push[1], *ends), "same key")


def _pop_many(outline: Outline) -> Iterator[Proposal]:
    for reading in outline.of("LRANGE"):
        last = reading[-1]
        count: Symbol | None = None
        if word(last) is not None and word(last).lstrip(b"-").isdigit():  # type: ignore[union-attr]
            count = text(b"%d" % (int(word(last) or b"") + 1))
        elif last.kind == "computed" and last.parts[0] == "-" and word(last.parts[2]) == b"1":
            inner = last.parts[1]
            count = inner.parts[0] if inner.kind == "tonumber" else inner
        if count is not None and len(reading) == 4:
            yield _one(command("LPOP", reading[1], count))
    if outline.of("LINDEX"):
        for pop in outline.of("LPOP", "RPOP"):
            yield _one(pop)


def _pop_by_score(outline: Outline) -> Iterator[Proposal]:
    for reading in outline.of("ZRANGE", "ZREVRANGE"):
        if len(reading) > 3:
            name = "ZPOPMIN" if name_of(reading) == "ZRANGE" else "ZPOPMAX"
            yield _one(command(name, reading[1]))
            if name == "ZPOPMIN":
                yield _one(command("ZPOPMAX", reading[1]))
            last = word(reading[3])
            if last is not None and last.isdigit() and int(last) < 1000:
                yield _one(command(name, reading[1], int(last) + 1))


def _add_conditionally(outline: Outline) -> Iterator[Proposal]:
    for adding in outline.of("ZADD"):
        if len(adding) == 4:
            for options in ("NX", "XX", "GT", "LT", "XX GT", "XX LT"):
                for change in ("", " CH"):
                    yield _one(command("ZADD", adding[1], *(options + change).split(), *adding[2:]))


def _move_member(outline: Outline) -> Iterator[Proposal]:
    for removing in outline.of("SREM"):
        for adding in outline.of("SADD"):
            if len(removing) == len(adding) == 3 and removing[2] == adding[2]:
                yield _one(command("SMOVE", removing[1], adding[1], removing[2]), "same key", "type")


# Hashes


def _fields(outline: Outline, *names: str) -> Iterator[tuple[Symbol, tuple[Symbol, ...]]]:
    """The key and the fields that HGET or HMGET reads."""
    for reading in outline.of(*names):
        if len(reading) > 2:
            yield reading[1], reading[2:]


def _field_delete(outline: Outline) -> Iterator[Proposal]:
    for key, fields in _fields(outline, "HGET", "HMGET"):
        yield _one(command("HGETDEL", key, "FIELDS", len(fields), *fields))


def _field_time(outline: Outline) -> Iterator[Proposal]:
    for key, fields in _fields(outline, "HGET", "HMGET"):
        for time in outline.of(*_FIELD_TIMES):
            if len(time) > 3:
                yield _one(command("HGETEX", key, _FIELD_TIMES[name_of(time)], time[2], "FIELDS", len(fields), *fields))
        for _ in outline.of("HPERSIST"):
            yield _one(command("HGETEX", key, "PERSIST", "FIELDS", len(fields), *fields))


def _field_set(outline: Outline) -> Iterator[Proposal]:
    pairs: list[Symbol] = []
    for setting in outline.of("HSET", "HMSET"):
        pairs += setting[2:]
    for setting in outline.of("HSET", "HMSET"):
        for time in outline.of(*_FIELD_TIMES):
            if len(time) > 3 and pairs and not len(pairs) % 2:
                option = _FIELD_TIMES[name_of(time)]
                yield _one(command("HSETEX", setting[1], option, time[2], "FIELDS", len(pairs) // 2, *pairs))


def _field_once(outline: Outline) -> Iterator[Proposal]:
    for setting in outline.of("HSET"):
        if len(setting) == 4:
            yield _one(command("HSETNX", *setting[1:]))


# Any


def _unguarded(outline: Outline) -> Iterator[Proposal]:
    """One command that does something, and others that only ask whether it shall: it asks itself."""
    if not outline.has_tests:
        return
    for words in outline.commands:
        if all(name_of(other) in GUARDS for other in outline.commands if other != words):
            yield _one(words)
            instead = _CONDITIONAL.get(name_of(words))
            if instead is not None:
                yield _one(command(instead, *words[1:]))


_CONDITIONAL: Final = {"RENAME": "RENAMENX", "LPUSH": "LPUSHX", "RPUSH": "RPUSHX"}
"""Commands that do the same on a condition."""

_LONGER: Final = {
    **dict.fromkeys(
        ["SADD", "SREM", "LPUSH", "RPUSH", "HDEL", "ZREM", "ZADD", "HSET", "PFADD", "GEOADD", "XDEL"], (2, "")
    ),
    **dict.fromkeys(["DEL", "UNLINK", "EXISTS", "TOUCH"], (1, "")),
    "GET": (1, "MGET"),
    "SET": (1, "MSET"),
    "HMSET": (2, "HSET"),
    "HGET": (2, "HMGET"),
    "SISMEMBER": (2, "SMISMEMBER"),
    "ZSCORE": (2, "ZMSCORE"),
}
"""Commands that take more of the same: behind how many words, and the name they have then, if another."""


def _repeated(outline: Outline) -> Iterator[Proposal]:
    """The same command again and again."""
    if len(outline.names) != 1 or outline.has_tests or len(outline.paths) != 1:
        return
    steps = [step.words for step in outline.paths[0].steps]
    name = name_of(steps[0])
    if name not in _LONGER or len(steps) < 2 or len(set(steps)) < len(steps):
        return
    fixed, instead = _LONGER[name]
    if len({words[1:fixed] for words in steps}) != 1 or (name == "SET" and any(len(words) != 3 for words in steps)):
        return
    rest = [one for words in steps for one in words[fixed:]]
    yield _one(command(instead or name, *steps[0][1:fixed], *rest), "type")


_GUARDED: Final = frozenset((*_LONGER, *_CONDITIONAL, "EXPIRE", "PERSIST", "LPOP", "RPOP", "HGETALL", "SMEMBERS"))
_TIMED: Final = frozenset(TIMES)

_SHAPES: Final[tuple[tuple[tuple[frozenset[str], ...], frozenset[str], Propose], ...]] = (
    ((frozenset(("GET",)), frozenset(("DEL", "UNLINK"))), frozenset(("EXISTS",)), _compared_delete),
    ((frozenset(("GET",)), frozenset(("DEL", "UNLINK"))), frozenset(("EXISTS",)), _get_delete),
    ((_SETTERS,), frozenset(("GET", "EXISTS", "TTL", "STRLEN")) | _TIMED, _keyed_set),
    ((frozenset(("GET",)), _TIMED | {"PERSIST"}), frozenset(("EXISTS", "TTL", "PTTL")), _get_time),
    ((_COUNTERS, _TIMED | _SETTERS), frozenset(("EXISTS", "TTL", "PTTL", "GET")), _counter),
    ((_TIMED,), frozenset(("TTL", "PTTL", "EXISTS")), _expire),
    ((_SETTERS | {"MSET", "MSETNX"},), _TIMED | {"EXISTS"}, _several_keys),
    ((frozenset(_COUNTING),), frozenset(), _counted),
    ((frozenset(("LPOP", "RPOP")), frozenset(("LPUSH", "RPUSH"))), frozenset(("LLEN", "EXISTS")), _move),
    ((frozenset(("LRANGE", "LINDEX")), frozenset(("LTRIM", "LPOP", "RPOP"))), frozenset(("LLEN",)), _pop_many),
    (
        (frozenset(("ZRANGE", "ZREVRANGE")), frozenset(("ZREM", "ZREMRANGEBYRANK"))),
        frozenset(("ZCARD", "EXISTS")),
        _pop_by_score,
    ),
    ((frozenset(("ZADD",)), frozenset(("ZSCORE", "ZRANK"))), frozenset(("EXISTS",)), _add_conditionally),
    ((frozenset(("SREM",)), frozenset(("SADD",))), frozenset(("SISMEMBER",)), _move_member),
    ((frozenset(("HGET", "HMGET")), frozenset(("HDEL",))), frozenset(("HEXISTS",)), _field_delete),
    (
        (frozenset(("HGET", "HMGET")), frozenset(_FIELD_TIMES) | {"HPERSIST"}),
        frozenset(("HEXISTS", "EXISTS")),
        _field_time,
    ),
    ((frozenset(("HSET", "HMSET")), frozenset(_FIELD_TIMES)), frozenset(), _field_set),
    ((frozenset(("HSET",)), frozenset(("HEXISTS", "HGET"))), frozenset(), _field_once),
    ((GUARDS, _GUARDED), GUARDS, _unguarded),
    ((frozenset(_LONGER),), frozenset(), _repeated),
)  # fmt: skip
"""Of each shape: of which commands it has one each, which others it may have, and what it proposes."""

_ALLOWED: Final = tuple((needed, frozenset().union(*needed, others)) for needed, others, _ in _SHAPES)
