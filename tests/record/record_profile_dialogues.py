"""Record what the servers of the profiles answer to the dialogues of tests/keyspace/profiles and, with scripts, of
tests/scripting/profiles.

    make servers && python -m tests.record.record_profile_dialogues [NAME ...]       (from the project root)

The first line of a dialogue names the profiles it is for: `# redis-8.0 valkey-9.1`. A recording holds each command
once, with what each server answered under RESP2 and RESP3; those that answered alike stand together.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from tests.keyspace.differential import Recording, steps
from tests.record.record_dialogues import recorded
from tests.record.servers import running

_TESTS: Final = Path(__file__).resolve().parents[1]
DIALOGUES: Final = _TESTS / "keyspace" / "profiles" / "dialogues"
SCRIPTS: Final = _TESTS / "scripting" / "profiles"


def profiles_of(dialogue: str) -> list[str]:
    """The profiles that a dialogue is for."""
    return dialogue.partition("\n")[0].removeprefix("#").split()


def recording_of(path: Path, profile: str) -> Recording:
    """What was recorded of one server."""
    return [
        (text, *next(replies for names, replies in answers.items() if profile in names.split()))
        for text, answers in json.loads(path.with_suffix(".json").read_text())
    ]


def record(path: Path) -> None:
    dialogue = path.read_text()
    plan = list(steps(dialogue))
    answers: dict[str, list[list[str | None]]] = {}
    for profile in profiles_of(dialogue):
        settings = () if profile == "redis-6.2" else ("--enable-debug-command", "yes")
        with running(profile, *settings) as port:
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
    for path in sorted((*DIALOGUES.glob("*.txt"), *SCRIPTS.glob("*.txt"))):
        if not names or path.stem in names:
            record(path)


if __name__ == "__main__":
    main(sys.argv[1:])
