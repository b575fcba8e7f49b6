"""Record what nodes of a real cluster answer to the dialogues of tests/keyspace/cluster, and the slots of some keys.

python -m tests.record.record_cluster       (from the project root; starts and ends the servers itself)
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from tests.keyspace.cluster.real import Place, asking, running
from tests.keyspace.differential import steps

FOLDER = Path(__file__).resolve().parents[1] / "keyspace" / "cluster"
DIALOGUES = {"three": 3, "down": 1}
"""How many nodes each of them is with."""

KEYS = (
    b"", b"a", b"b", b"123456789", b"{", b"}", b"{}", b"{}a", b"}{", b"{a", b"a}", b"a{b", b"{a}", b"{a}b", b"b{a}",
    b"{{a}}", b"a{}{b}", b"{a}{b}", b"a{b}c}", b"{\x00}", b"\x00{\xff}\x80", b"\xff" * 300, b"user:{42}:name", b"{ }",
)  # fmt: skip


def record(places: list[Place], name: str) -> None:
    plan = list(steps((FOLDER / f"{name}.txt").read_text()))
    with asking(places) as ask:
        replies = [[step.text, ask(step.client, step.argv).decode("latin-1")] for step in plan]
        slots = [[key.decode("latin-1"), int(ask("A", [b"CLUSTER", b"KEYSLOT", key])[1:])] for key in KEYS]
    told: dict[str, Any] = {"nodes": places, "replies": replies, "slots": slots}
    parts = (f"{json.dumps(part)}:[\n" + ",\n".join(map(json.dumps, rows)) + "\n]" for part, rows in told.items())
    (FOLDER / f"{name}.json").write_text("{" + ",\n".join(parts) + "}\n")


def main() -> None:
    for name, count in DIALOGUES.items():
        with tempfile.TemporaryDirectory() as folder, running(Path(folder), count) as places:
            record(places, name)


if __name__ == "__main__":
    main()
