"""Write the replies of a real redis-server 7.0.15 into the dialogues of tests/scripting/recorded.

    redis-server --port 7000 --save '' &
    python -m tests.record.record_scripting 7000 [NAME ...]

The server is emptied before each dialogue. Read the diff before committing it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.record.resp import Connection
from tests.scripting.recorded_dialogue import DIALOGUES, escaped, read_dialogue


def ask_all(path: Path, port: int, protocol: int) -> list[bytes]:
    """The replies to every command of a dialogue."""
    connection = Connection(port)
    for reset in ((b"FLUSHALL",), (b"SCRIPT", b"FLUSH"), (b"FUNCTION", b"FLUSH")):
        connection.ask(*reset)
    if protocol == 3:
        connection.ask(b"HELLO", b"3")
    replies = [connection.ask(*exchange.argv) for exchange in read_dialogue(path)]
    connection.close()
    return replies


def record(path: Path, port: int) -> None:
    """Rewrite one dialogue with the server's replies."""
    replies = dict(
        zip(
            [exchange.line for exchange in read_dialogue(path)],
            zip(ask_all(path, port, 2), ask_all(path, port, 3), strict=True),
            strict=True,
        )
    )
    out = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("  "):
            continue
        out.append(line)
        if number in replies:
            out += [f"  {escaped(reply)}" for reply in dict.fromkeys(replies[number])]
    path.write_text("\n".join(out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    port, names = int(sys.argv[1]), sys.argv[2:]
    for dialogue in DIALOGUES:
        if not names or dialogue.stem in names:
            record(dialogue, port)
