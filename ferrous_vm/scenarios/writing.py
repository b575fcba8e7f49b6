"""Scenarios as text that `reading.py` reads back as the same scenario."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ferrous_vm.scenarios.scenario import ClientProgram, Invariant, Scenario
from ferrous_vm.scenarios.sentences import text_of, write_may_happen, write_step

_WIDTH = 110


def write_scenario(scenario: Scenario) -> bytes:
    """The text of a scenario; whatever it holds comes out of `read_scenario` again, but for the numbers of lines."""
    return ("\n".join(_lines(scenario)) + "\n").encode("utf-8", "surrogateescape")


def _lines(scenario: Scenario) -> Iterator[str]:
    yield f"-- scenario: {scenario.title}"
    for line in textwrap.wrap(scenario.about, _WIDTH, break_long_words=False, break_on_hyphens=False):
        yield f"-- about: {line}"
    if scenario.source:
        yield f"-- source: {scenario.source}"
    for given in scenario.given:
        yield f"-- given: {text_of(given.words)}"
    for invariant in scenario.invariants:
        yield _invariant(invariant)
    for chart in scenario.charts:
        yield f"-- chart: {chart.expression}"
    for event in scenario.may_happen:
        yield f"-- may: {write_may_happen(event)}"
    for limit, name in ((scenario.most_events, "events"), (scenario.most_preemptions, "preemptions")):
        if limit is not None:
            yield f"-- at most: {limit} {name}"
    for word, codes in (("script", scenario.scripts), ("library", scenario.libraries)):
        for code in codes:
            yield from ("", f"-- {word} {code.name}", *_body(code.source))
    for client in scenario.clients:
        yield from ("", _client(client), *_body(client.source))
    if scenario.steps:
        yield from ("", "-- steps")
    for step in scenario.steps:
        yield f"-- {write_step(step)}"
        for line in step.reply:
            yield f"-- expect reply: {line}"
        for key, lines in step.values:
            for line in lines:
                yield f"-- expect key {text_of((key,))}: {line}"


def _body(source: bytes) -> list[str]:
    return source.decode("utf-8", "surrogateescape").split("\n") if source else []


def _invariant(invariant: Invariant) -> str:
    window = "" if invariant.window is None else f" in any {invariant.window} ms"
    return f"-- {invariant.when}: {invariant.expression}{window}"


def _client(client: ClientProgram) -> str:
    clock = f"   clock: {client.skew:+d} ms" if client.skew else ""
    return (
        f"-- client {client.name}{clock}" if client.count == 1 else f"-- clients: {client.count} {client.name}{clock}"
    )
