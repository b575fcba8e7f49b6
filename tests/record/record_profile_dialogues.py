"""Record what the servers of the profiles answer to the dialogues of tests/keyspace/profiles.

    make servers && python -m tests.record.record_profile_dialogues [NAME ...]       (from the project root)

The first line of a dialogue names the profiles it is for: `# redis-8.0 valkey-9.1`. A recording holds each command
once, with what each server answered under RESP2 and RESP3; those that answered alike stand together.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from tests.keyspace.differential import steps
from tests.record.record_dialogues import recorded
from tests.record.servers import running

DIALOGUES: Final = Path(__file__).resolve().parents[1] / "keyspace" / "profiles" / "dialogues"


def profiles_of(dialogue: str) -> list[str]:
    """The profiles that a dialogue is for."""
    return dialogue.partition("\n")[0].removeprefix("#").split()


def record(path: Path) -> None:
    dialogue = path.read_text()
    plan = list(steps(dialogue))
    answers: dict[str, list[list[str | None]]] = {}
    for profile in profiles_of(dialogue):
        with running(profile, "--enable-debug-command", "yes") as port:
            answers[profile] = [recorded(port, plan, protocol) for protocol in (2, 3)]
    rows = []
    for number, step in enumerate(plan):
        alike: dict[str, list[str]] = {}
        for profile, (old, new) in answers.items():
            alike.setdefault(json.dumps([old[number], new[number]]), []).append(profile)
        told = ", ".join(f"{json.dumps(' '.join(names))}: {replies}" for replies, names in alike.items())
        rows.append(f"[{json.dumps(step.text)}, {{{told}}}]")
    path.with_suffix(".json").write_text("[\n" + ",\n".join(rows) + "\n]\n")


def main(names: list[str]) -> None:
    for path in sorted(DIALOGUES.glob("*.txt")):
        if not names or path.stem in names:
            record(path)


if __name__ == "__main__":
    main(sys.argv[1:])
