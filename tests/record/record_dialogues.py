"""Record what a real redis-server 7.0.15 answers to the dialogues of the keyspace tests.

    python -m tests.record.record_dialogues PORT [NAME ...]       (from the project root)

The server's data are flushed. Each dialogue runs twice, on connections opened at other times; a reply that differs
(a client id, a time) is recorded as null.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.keyspace.differential import RealClients, Step, steps, unordered

DIALOGUES = Path(__file__).resolve().parents[1] / "keyspace" / "dialogues"


def replies(port: int, plan: list[Step], protocol: int) -> list[bytes]:
    """The server's replies to every step."""
    clients = RealClients(port, protocol)
    assert clients["A"].ask(b"FLUSHALL") == b"+OK\r\n"
    given = [clients.ask(step) for step in plan]
    clients.close()
    return given


def recorded(port: int, plan: list[Step], protocol: int) -> list[str | None]:
    first = replies(port, plan, protocol)
    time.sleep(0.01)
    second = replies(port, plan, protocol)
    return [
        one.decode("latin-1") if one == other or (not step.is_ordered and unordered(one) == unordered(other)) else None
        for step, one, other in zip(plan, first, second, strict=True)
    ]


def main(port: int, names: list[str]) -> None:
    for path in sorted(DIALOGUES.glob("*.txt")):
        if names and path.stem not in names:
            continue
        plan = list(steps(path.read_text()))
        rows = zip([step.text for step in plan], recorded(port, plan, 2), recorded(port, plan, 3), strict=True)
        text = ",\n".join(json.dumps(row) for row in rows)
        path.with_suffix(".json").write_text(f"[\n{text}\n]\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
