"""How steps, and what may happen, are said: one table each, for reading and for writing.

A goes on                                  A goes on, its reply is lost
A: GET lock                                A calls acquire   keys: lock   argv: A 1000
A pauses                                   A is back
A dies                                     lock is evicted
advance 500 ms                             advance to just before the next expiry
the script cache is emptied                the server restarts
the server fails over, losing 2 writes     ×3 at the end of any: so many times
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.scenarios import scenario
from ferrous_vm.scenarios.scenario import MAY_HAPPEN, MayHappen, ScenarioError, Step
from ferrous_vm.workbench.escapes import quote


class Sentence(NamedTuple):
    """One kind of step: what it looks like, and a template that writes it."""

    kind: str
    pattern: re.Pattern[str]
    template: str


def _sentence(kind: str, pattern: str, template: str) -> Sentence:
    return Sentence(kind, re.compile(pattern), template)


CLIENT_NAME: Final = r"[A-Za-z_]\w*"
_CLIENT: Final = rf"(?P<client>{CLIENT_NAME})"

SENTENCES: Final = (
    _sentence(scenario.TURN, rf"{_CLIENT} goes on", "{client} goes on"),
    _sentence(scenario.LOSE, rf"{_CLIENT} goes on, its reply is lost", "{client} goes on, its reply is lost"),
    _sentence(scenario.DIE, rf"{_CLIENT} dies", "{client} dies"),
    _sentence(scenario.PAUSE, rf"{_CLIENT} pauses", "{client} pauses"),
    _sentence(scenario.BACK, rf"{_CLIENT} is back", "{client} is back"),
    _sentence(scenario.ADVANCE, r"advance (?P<amount>\d+) ms", "advance {amount} ms"),
    _sentence(
        scenario.BEFORE_EXPIRY, r"advance to just before the next expiry", "advance to just before the next expiry"
    ),
    _sentence(scenario.AT_EXPIRY, r"advance to the next expiry", "advance to the next expiry"),
    _sentence(scenario.AFTER_EXPIRY, r"advance to just after the next expiry", "advance to just after the next expiry"),
    _sentence(scenario.EMPTY, r"the script cache is emptied", "the script cache is emptied"),
    _sentence(scenario.RESTART, r"the server restarts", "the server restarts"),
    _sentence(
        scenario.FAILOVER,
        r"the server fails over(, losing (?P<amount>\d+) writes?)?",
        "the server fails over, losing {amount} {writes}",
    ),
    _sentence(scenario.COMMAND, rf"{_CLIENT}: (?P<words>.+)", "{client}: {words}"),
    _sentence(
        scenario.CALL,
        rf"{_CLIENT} calls (?P<name>\S+)(?: +keys: ?(?P<keys>.*?))?(?: +argv: ?(?P<words>.*))?",
        "{client} calls {name}   keys: {keys}   argv: {words}",
    ),
    _sentence(scenario.EVICT, r"(?P<words>.+) is evicted", "{words} is evicted"),
)
"""The first whose pattern fits is meant."""

_TIMES: Final = re.compile(r"×(\d{1,6})")
_MOST_TIMES: Final = 100_000


def words_of(line: int, text: str) -> tuple[bytes, ...]:
    """The words of a text, with redis-cli's quotes. Raises ScenarioError."""
    found = split_words(text.encode("utf-8", "surrogateescape"))
    if found is None:
        raise ScenarioError(line, f"unbalanced quotes: {text}")
    return tuple(found)


def text_of(words: tuple[bytes, ...]) -> str:
    """Words as `words_of` reads them."""
    return " ".join(map(_word, words))


_PLAIN: Final = re.compile(rb"[\w{}.*:/@+-]*[\w{}.*/@+-]")


def _word(word: bytes) -> str:
    if _PLAIN.fullmatch(word):
        return word.decode()
    return quote(word).replace(" ", "\\x20") if b"argv:" in word or b"keys:" in word else quote(word)


def _split_times(text: str) -> tuple[str, int]:
    """A sentence without its `×N`, and N."""
    head, _, tail = text.rpartition(" ")
    found = _TIMES.fullmatch(tail)
    return (head.rstrip(), int(found[1])) if found and head else (text, 1)


def read_step(line: int, text: str) -> Step:
    """A step as it is written. Raises ScenarioError for what is none."""
    body, times = _split_times(text)
    if not 0 < times <= _MOST_TIMES:
        raise ScenarioError(line, f"a step happens 1 to {_MOST_TIMES:,} times, not {times}")
    for kind, pattern, _ in SENTENCES:
        found = pattern.fullmatch(body)
        if found is None:
            continue
        said = found.groupdict()
        words = words_of(line, said.get("words") or "")
        if kind == scenario.CALL:
            words = (said["name"].encode(), *words)
        elif kind == scenario.EVICT and len(words) != 1:
            raise ScenarioError(line, f"one key is evicted: {text}")
        keys = words_of(line, said.get("keys") or "")
        return Step(kind, said.get("client") or "", words, keys, int(said.get("amount") or 0), times, line=line)
    raise ScenarioError(line, f"no step: {text!r}; a step is, for example, `A goes on`, `A: GET key`, `advance 500 ms`")


_TEMPLATES: Final = {kind: template for kind, _, template in SENTENCES}


def write_step(step: Step) -> str:
    """A step as `read_step` reads it."""
    is_call = step.kind == scenario.CALL
    text = _TEMPLATES[step.kind].format(
        client=step.client,
        amount=step.amount,
        writes="write" if step.amount == 1 else "writes",
        name=step.words[0].decode() if is_call else "",
        words=text_of(step.words[1:] if is_call else step.words),
        keys=text_of(step.keys),
    )
    return text.rstrip() + (f"   ×{step.times}" if step.times > 1 else "")


_AMOUNTS: Final = {
    scenario.ADVANCE: re.compile(r"advance (\d+) ms"),
    scenario.FAILOVER: re.compile(r"failover(?:, losing (\d+) writes?)?"),
}


def read_may_happen(line: int, text: str) -> MayHappen:
    """What stands behind `-- may:`. Raises ScenarioError for what is nothing that may happen."""
    body, most = _split_times(text)
    if not 0 < most <= _MOST_TIMES:
        raise ScenarioError(line, f"it may happen 1 to {_MOST_TIMES:,} times, not {most}")
    for kind in MAY_HAPPEN:
        pattern = _AMOUNTS.get(kind)
        if pattern is None:
            if body == kind:
                return MayHappen(kind, most)
        elif found := pattern.fullmatch(body):
            return MayHappen(kind, most, int(found[1] or 1))
    known = "time, advance 400 ms, pause, death, lost reply, empty script cache, restart, failover, eviction"
    raise ScenarioError(line, f"{body!r} is nothing that may happen: {known}")


def write_may_happen(event: MayHappen) -> str:
    """It as `read_may_happen` reads it."""
    text = event.kind
    if event.kind == scenario.ADVANCE:
        text = f"advance {event.amount} ms"
    elif event.kind == scenario.FAILOVER:
        text = f"failover, losing {event.amount} {'write' if event.amount == 1 else 'writes'}"
    return text + (f" ×{event.most}" if event.most > 1 else "")
