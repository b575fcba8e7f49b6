"""What came of an exploration, in words and as plain data."""

from __future__ import annotations

from typing import Any

from ferrous_vm.exploration.exploring import Exploration
from ferrous_vm.printing import visible
from ferrous_vm.scenarios.running import Ran
from ferrous_vm.scenarios.sentences import write_step
from ferrous_vm.scenarios.writing import write_scenario


def words(exploration: Exploration) -> list[str]:
    """Lines for a person: what was found, and each event of it; also what a screen reader reads of the diagram."""
    lines = [exploration.statement]
    failure = exploration.failure
    if failure is not None:
        lines += [f"{number}. {event_in_words(ran)}" for number, ran in enumerate(failure.ran, 1)]
    return [visible(line) for line in lines]


def event_in_words(ran: Ran) -> str:
    """One event: when, what, the reply, what the client told of itself, and what is broken since."""
    reply = f" → {ran.reply}".replace("\n", ", ") if ran.reply else ""
    effects = "".join(f"; {ran.step.client} {effect}" for effect in ran.effects)
    broken = f". Broken: {ran.broken}" if ran.broken else ""
    over = f" (not possible: {ran.passed_over})" if ran.passed_over else ""
    return f"at {ran.at} ms: {ran.sentence}{reply}{effects}{over}{broken}"


def as_data(exploration: Exploration) -> dict[str, Any]:
    """All of it as what JSON can hold; the failure with the text of its scenario, which `ferrous test` runs."""
    failure = exploration.failure
    data: dict[str, Any] = {
        name: getattr(exploration, name)
        for name in ("title", "verdict", "statement", "events", "positions", "depth", "ends", "schedules")
    }
    data["failure"] = None
    if failure is not None:
        data["failure"] = {
            "broken": failure.broken,
            "scenario": write_scenario(failure.scenario).decode("utf-8", "backslashreplace"),
            "events": [
                {
                    "at": ran.at,
                    "client": ran.step.client,
                    "kind": ran.step.kind,
                    "step": write_step(ran.step),
                    "sentence": ran.sentence,
                    "reply": ran.reply,
                    "effects": list(ran.effects),
                    "broken": ran.broken,
                }
                for ran in failure.ran
            ],
        }
    return data
