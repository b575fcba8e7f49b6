"""Record what real servers tell the clients of the dialogues in tests/endpoint/pushes/dialogues.

    make servers && python -m tests.record.record_pushes [NAME ...]       (from the project root)

They are written, and their recordings look, as those of `record_waiting.py`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from tests.endpoint.pushes.parties import Brought, RealParty
from tests.record.record_waiting import AGAIN, profiles_of, steps, write_recording
from tests.record.servers import running

DIALOGUES: Final = Path(__file__).resolve().parents[1] / "endpoint" / "pushes" / "dialogues"


def clients_of(plan: list[str]) -> str:
    """The names of the clients of a dialogue."""
    return "".join(sorted({name for step in plan for name in re.findall(r"(?:^|ID_)(\w)(?=: | |$)", step)}))


def _brought(plan: list[str], port: int) -> list[Brought]:
    party, given = RealParty(clients_of(plan), port), []
    for step in plan:
        if step == AGAIN:
            party.close()
            party = RealParty(clients_of(plan), port)
        given.append({} if step == AGAIN else party.ask(step))
    party.close()
    return given


def main(names: list[str]) -> None:
    for path in sorted(DIALOGUES.glob("*.txt")):
        if names and path.stem not in names:
            continue
        dialogue = path.read_text()
        plan = steps(dialogue)
        answers = {}
        for profile in profiles_of(dialogue):
            with running(profile) as port:
                answers[profile] = _brought(plan, port)
        write_recording(path, plan, answers)


if __name__ == "__main__":
    main(sys.argv[1:])
