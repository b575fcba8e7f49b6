"""Scenarios as text: Lua, and between it lines that begin with `-- ` and a word of this table.

    -- scenario: A lock without a token           what it is called; the first line
    -- about: Whoever comes late deletes it.      a paragraph, in as many lines as it takes
    -- source: https://example.org/locks          where it is from
    -- given: SET stock 3                         a command before anything else
    -- always: holders("critical") <= 1           what must hold after every event
    -- at the end: redis.call("EXISTS", "lock") == 0      … once every client has ended
    -- sooner or later: count("done") == 2        … at some moment of every run
    -- always: count("granted") <= 5 in any 1000 ms       notes of so many milliseconds alone
    -- always: replies("limit", 1) <= 5 in any 1000 ms    replies are counted so too (replies.py)
    -- chart: redis("LLEN", "queue")           what is drawn over the steps (charts.py)
    -- may: death ×2                              what may happen at any point (sentences.py)
    -- at most: 40 events                         of one run; or: 2 preemptions
    -- script acquire                             Lua follows, up to the next such line
    -- library inventory                          code of a function library follows
    -- client A                                   a client's program follows
    -- clients: 3 worker   clock: +500 ms         three of one program, whose clocks are ahead
    -- steps                                      what happens, a line each, follows
    -- A goes on
    -- expect reply: (integer) 1                  of the step above, a line of what redis-cli prints
    -- expect key stock: "2"                      how redis-cli prints the value of a key then

What stands between two steps but steps and expectations is nothing, and neither is anything else: every line that
cannot be read is told with its number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from ferrous_vm.records import MutableRecord, field, with_changes
from ferrous_vm.scenarios.scenario import (
    WHENS,
    Chart,
    ClientProgram,
    Code,
    Given,
    Invariant,
    Scenario,
    ScenarioError,
    Step,
)
from ferrous_vm.scenarios.sentences import CLIENT_NAME, read_may_happen, read_step, words_of
from ferrous_vm.scripting.shebang import is_library

LARGEST: Final = 1_000_000
"""Bytes of a scenario's text."""
MOST_CLIENTS: Final = 10
MOST_CHARTS: Final = 8

_DIRECTIVE: Final = re.compile(
    r"-- (scenario|about|source|given|always|at the end|sooner or later|chart|may|at most|clients|script|library|client"
    r"|steps)"
    r"(?:: ?(.*)|( .*)|)"
)
_WITHOUT_COLON: Final = frozenset(("script", "library", "client", "steps"))
_EXPECTATION: Final = re.compile(r'-- expect (reply|key ("(?:[^"\\]|\\.)*"|\S+)): ?(.*)')
_WINDOW: Final = re.compile(r"(.+) in any (\d+) ms")
_CLOCK: Final = re.compile(r"(.*?) +clock: ?([+-]\d+) ms")
_NAMED: Final = re.compile(r"\S+")
_SEVERAL: Final = re.compile(rf"(\d+) ({CLIENT_NAME})")
_LIKE_A_DIRECTIVE: Final = re.compile(r"-- ([a-z ]{2,16}):")
_LIMIT: Final = re.compile(r"(\d{1,9}) (events?|preemptions?)")


class _Reading(MutableRecord):
    """What has been read so far."""

    about: list[str] = field(factory=list)
    single: dict[str, str] = field(factory=dict)
    given: list[Given] = field(factory=list)
    scripts: list[Code] = field(factory=list)
    libraries: list[Code] = field(factory=list)
    clients: list[ClientProgram] = field(factory=list)
    invariants: list[Invariant] = field(factory=list)
    charts: list[Chart] = field(factory=list)
    may_happen: list = field(factory=list)  # type: ignore[type-arg]
    limits: dict[str, int] = field(factory=dict)
    steps: list[Step] = field(factory=list)
    body: list[str] = field(factory=list)
    """The lines of the Lua that is being read."""
    end_body: Callable[[bytes], None] | None = None
    """Takes it when it has ended; None where none is read."""
    in_steps: bool = False


def read_scenario(source: bytes, scripts: Mapping[str, bytes] | None = None) -> Scenario:
    """The scenario that a text is. Raises ScenarioError, with the line, for the first mistake in it.

    `scripts` stand beside it, by name: what the text speaks of and does not hold is taken from there.
    """
    if len(source) > LARGEST:
        raise ScenarioError(1, f"a scenario has at most {LARGEST:,} bytes")
    reading = _Reading()
    lines = source.decode("utf-8", "surrogateescape").split("\n")
    if not is_scenario(source):
        raise ScenarioError(1, "a scenario begins with the line `-- scenario: what it is about`")
    for number, raw in enumerate(lines, 1):
        _read_line(reading, number, raw.rstrip("\r"))
    _close_body(reading)
    scenario = Scenario(
        reading.single["scenario"],
        " ".join(reading.about),
        reading.single.get("source", ""),
        reading.given,
        reading.scripts,
        reading.libraries,
        reading.clients,
        reading.invariants,
        reading.charts,
        reading.may_happen,
        reading.limits.get("event"),
        reading.limits.get("preemption"),
        reading.steps,
    )
    if scripts:
        scenario = _with_scripts(scenario, scripts)
    check(scenario)
    return scenario


_NAMES_A_SCRIPT: Final = re.compile(rb"""\b(?:call|sha|source)\s*\(?\s*(?:"([^"\\\n]+)"|'([^'\\\n]+)')""")
"""How a client's program speaks of a script."""


def _with_scripts(scenario: Scenario, scripts: Mapping[str, bytes]) -> Scenario:
    """The scenario with what it speaks of and does not hold. A function library has no name to be called by: it is
    taken where something is called that is no script."""
    held = {code.name for code in scenario.scripts}
    missing = dict.fromkeys(name for name in _called(scenario) if name not in held)
    beside = {name: source for name, source in scripts.items() if not is_library(source)}
    taken = [Code(name, beside[name]) for name in missing if name in beside]
    libraries: list[Code] = []
    if not scenario.libraries and any(name not in beside for name in missing):
        libraries = [Code(name, source) for name, source in scripts.items() if name not in beside]
    return with_changes(scenario, scripts=[*scenario.scripts, *taken], libraries=[*scenario.libraries, *libraries])


def _called(scenario: Scenario) -> Iterator[str]:
    for client in scenario.clients:
        for double, single in _NAMES_A_SCRIPT.findall(client.source):
            yield (double or single).decode("utf-8", "surrogateescape")
    for step in scenario.steps:
        if step.kind == "call":
            yield step.words[0].decode("utf-8", "surrogateescape")


def is_scenario(source: bytes) -> bool:
    """Whether a text begins as one."""
    return source.startswith(b"-- scenario:")


def _read_line(reading: _Reading, number: int, line: str) -> None:
    found = _DIRECTIVE.fullmatch(line.rstrip())
    if found is not None and (found[3] is None or found[1] in _WITHOUT_COLON):
        word, text = found[1], (found[2] or found[3] or "").strip()
        is_step = reading.in_steps and word == "client"  # a client of that name: `-- client goes on`
        if not is_step and (found[2] is None) == (word in _WITHOUT_COLON):
            _close_body(reading)
            reading.in_steps = False
            _read_directive(reading, number, word, text)
            return
    if reading.in_steps:
        _read_in_steps(reading, number, line.strip())
    elif reading.end_body is not None:
        _refuse_slip(number, line)
        reading.body.append(line)
    elif line.strip():
        _refuse_slip(number, line)
        raise ScenarioError(number, f"this is neither Lua of a script or client, nor a line of a scenario: {line[:60]}")


def _refuse_slip(number: int, line: str) -> None:
    """Raises ScenarioError for a comment that looks like a misspelt line of a scenario."""
    found = _LIKE_A_DIRECTIVE.match(line)
    known = [*WHENS, "scenario", "about", "source", "given", "chart", "at most", "clients"]
    close = get_close_matches(found[1], known, 1, 0.75) if found else []
    if found and close:
        raise ScenarioError(number, f"`-- {found[1]}:` is no line of a scenario; is `-- {close[0]}:` meant?")


def _read_directive(reading: _Reading, number: int, word: str, text: str) -> None:
    if word != "steps" and not text:
        raise ScenarioError(number, f"nothing stands behind `-- {word}`")
    if word in ("scenario", "source"):
        if word in reading.single:
            raise ScenarioError(number, f"there is a line `-- {word}:` above already")
        reading.single[word] = text
    elif word == "about":
        reading.about.append(text)
    elif word == "given":
        reading.given.append(Given(words_of(number, text), number))
    elif word in WHENS:
        found = _WINDOW.fullmatch(text)
        expression, window = (found[1], int(found[2])) if found else (text, None)
        reading.invariants.append(Invariant(word, expression, window, number))
    elif word == "chart":
        if len(reading.charts) == MOST_CHARTS:
            raise ScenarioError(number, f"a scenario has at most {MOST_CHARTS} charts")
        reading.charts.append(Chart(text, number))
    elif word == "may":
        reading.may_happen.append(read_may_happen(number, text))
    elif word == "at most":
        limit = _LIMIT.fullmatch(text)
        if limit is None:
            raise ScenarioError(number, f"write `-- at most: 40 events` or `-- at most: 2 preemptions`, not {text!r}")
        reading.limits[limit[2].rstrip("s")] = int(limit[1])
    elif word == "steps":
        if text:
            raise ScenarioError(number, "steps stand on the lines below `-- steps`")
        reading.in_steps = True
    else:
        _begin_body(reading, number, word, text)


def _begin_body(reading: _Reading, number: int, word: str, text: str) -> None:
    """Lua follows: a script, a library, or the program of clients."""
    if word in ("script", "library"):
        if not _NAMED.fullmatch(text):
            raise ScenarioError(number, f"a {word} has a name without blanks: `-- {word} acquire`")
        into = reading.scripts if word == "script" else reading.libraries
        reading.end_body = lambda source: into.append(Code(text, source, number))
        return
    found = _CLOCK.fullmatch(text)
    who, skew = (found[1], int(found[2])) if found else (text, 0)
    count = 1
    if word == "clients":
        several = _SEVERAL.fullmatch(who)
        if several is None:
            raise ScenarioError(number, "several clients of one program are written `-- clients: 3 worker`")
        count, who = int(several[1]), several[2]
        if not 0 < count <= MOST_CLIENTS:
            raise ScenarioError(number, f"there are 1 to {MOST_CLIENTS} clients")
    elif not re.fullmatch(CLIENT_NAME, who):
        raise ScenarioError(number, f"a client is named by letters and digits: `-- client A`, not {who!r}")
    reading.end_body = lambda source: reading.clients.append(ClientProgram(who, source, count, skew, number))


def _close_body(reading: _Reading) -> None:
    end, reading.end_body = reading.end_body, None
    if end is not None:
        lines, reading.body = reading.body, []
        while lines and not lines[-1].strip():
            lines.pop()
        end("\n".join(lines).encode("utf-8", "surrogateescape"))


def _read_in_steps(reading: _Reading, number: int, line: str) -> None:
    if not line:
        return
    expectation = _EXPECTATION.fullmatch(line)
    if expectation is not None:
        if not reading.steps:
            raise ScenarioError(number, "an expectation comes behind its step")
        reading.steps[-1] = _expecting(reading.steps[-1], number, *expectation.groups())
        return
    if not line.startswith("-- "):
        raise ScenarioError(number, f"a step is a line that begins with `-- `: {line[:60]}")
    reading.steps.append(read_step(number, line[3:].strip()))


def _expecting(step: Step, number: int, about: str, key: str | None, text: str) -> Step:
    if about == "reply":
        return with_changes(step, reply=(*step.reply, text))
    name = words_of(number, key or "")[0]
    values = dict(step.values)
    values[name] = (*values.get(name, ()), text)
    return with_changes(step, values=tuple(values.items()))


def check(scenario: Scenario) -> None:
    """Raises ScenarioError for what is written well and cannot be: names twice, steps of nobody, too many clients."""
    for kind, named in (("script", scenario.scripts), ("library", scenario.libraries)):
        seen: set[str] = set()
        for code in named:
            if code.name in seen:
                raise ScenarioError(code.line, f"there is a {kind} {code.name!r} above already")
            seen.add(code.name)
    known: set[str] = set()
    for client in scenario.clients:
        if not known.isdisjoint(client.names):
            raise ScenarioError(client.line, f"there is a client {client.name!r} above already")
        known.update(client.names)
        if len(known) > MOST_CLIENTS:
            raise ScenarioError(client.line, f"a scenario has at most {MOST_CLIENTS} clients")
    scripts = {code.name for code in scenario.scripts}
    for step in scenario.steps:
        if step.kind in ("turn", "lost reply", "death", "pause", "back") and step.client not in known:
            raise ScenarioError(step.line, f"no client {step.client!r} has a program here")
        if step.kind == "call" and step.words[0].decode() not in scripts and not scenario.libraries:
            raise ScenarioError(step.line, f"there is no script {step.words[0].decode()!r} here")
    if not scenario.steps and not scenario.clients:
        raise ScenarioError(1, "nothing happens here: write a client's program, or steps")
