"""Record what real servers answer to dialogues of clients that wait (tests/keyspace/waiting/dialogues), or of whom one
keeps the server busy (tests/endpoint/dialogues).

    make servers && python -m tests.record.record_waiting [NAME ...]       (from the project root)

The first line of a dialogue names the profiles it is for; a line `---` begins another, with new clients and no keys.
A recording holds each step once, with what it brought on each server; those where it brought the same stand together.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from tests.endpoint.party import Party
from tests.keyspace.waiting.parties import Brought, RealParty
from tests.record.servers import running

_TESTS: Final = Path(__file__).resolve().parents[1]
DIALOGUES: Final = _TESTS / "keyspace" / "waiting" / "dialogues"
BUSY_DIALOGUES: Final = _TESTS / "endpoint" / "dialogues"
PARTIES: Final[dict[Path, Callable[[int], RealParty | Party]]] = {DIALOGUES: RealParty, BUSY_DIALOGUES: Party}
AGAIN: Final = "---"


def profiles_of(dialogue: str) -> list[str]:
    """The profiles that a dialogue is for."""
    return dialogue.partition("\n")[0].removeprefix("#").split()


def steps(dialogue: str) -> list[str]:
    """Its steps, and where it begins again."""
    return [line for line in dialogue.splitlines() if line and not line.startswith("#")]


def _brought(plan: list[str], connect: Callable[[], RealParty | Party]) -> list[Brought]:
    party, given = connect(), []
    for step in plan:
        if step == AGAIN:
            party.close()
            party = connect()
        given.append({} if step == AGAIN else party.ask(step))
    party.close()
    return given


def record(path: Path) -> None:
    dialogue = path.read_text()
    plan = steps(dialogue)
    answers = {}
    for profile in profiles_of(dialogue):
        with running(profile) as port:
            answers[profile] = _brought(plan, partial(PARTIES[path.parent], port))
    write_recording(path, plan, answers)


def write_recording(path: Path, plan: list[str], answers: dict[str, list[Brought]]) -> None:
    """Write beside the dialogue what each step of it brought, by the name of the server."""
    rows = []
    for number, step in enumerate(plan):
        alike: dict[str, list[str]] = {}
        for profile, given in answers.items():
            told = {name: reply.decode("latin-1") for name, reply in sorted(given[number].items())}
            alike.setdefault(json.dumps(told), []).append(profile)
        told = ", ".join(f"{json.dumps(' '.join(names))}: {brought}" for brought, names in alike.items())
        rows.append(f"[{json.dumps(step)}, {{{told}}}]")
    path.with_suffix(".json").write_text("[\n" + ",\n".join(rows) + "\n]\n")


def main(names: list[str]) -> None:
    for path in sorted(path for folder in PARTIES for path in folder.glob("*.txt")):
        if not names or path.stem in names:
            record(path)


if __name__ == "__main__":
    main(sys.argv[1:])
