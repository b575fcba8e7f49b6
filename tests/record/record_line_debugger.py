"""Record what the line debugger of a real redis-server 7.0.15 answers to the dialogues of its tests.

    python -m tests.record.record_line_debugger PORT       (from the project root)

The server's data are flushed. A reply is what comes until the server waits for the next command.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.record.resp import Connection
from tests.workbench.line_debugger import DIALOGUES, Dialogue

RECORDED = Path(__file__).resolve().parents[1] / "workbench" / "line_debugger" / "recorded.json"

END = b"+<endsession>\r\n"
"""Behind it the reply of EVAL follows, and the connection is closed."""

CLOSED = b"(closed)"
"""There was no reply."""


def words(line: str) -> list[bytes]:
    """What is typed, as words; those of `eval` are joined again by the debugger."""
    return line.encode().split(b" ")


def record(port: int, dialogue: Dialogue) -> list[str]:
    """The replies: to SCRIPT DEBUG, to EVAL, to each line until the session ends, and what is stored afterwards."""
    before = Connection(port)
    before.ask(b"FLUSHALL")
    for line in dialogue.before:
        before.ask(*words(line))
    client = Connection(port)
    replies = [client.ask(b"SCRIPT", b"DEBUG", dialogue.mode.encode())]
    script = [word.encode() for word in (dialogue.script, str(len(dialogue.keys)), *dialogue.keys, *dialogue.argv)]
    replies.append(_whole(client, client.ask(b"EVAL", *script)))
    for line in dialogue.typed:
        if END in replies[-1]:
            break
        try:
            replies.append(_whole(client, client.ask(*words(line))))
        except ConnectionError:
            replies.append(CLOSED)
            break
    return [reply.decode("latin-1") for reply in [*replies, before.ask(b"GET", b"k")]]


def _whole(client: Connection, reply: bytes) -> bytes:
    return reply + client.read() if END in reply else reply


def main(port: int) -> None:
    found = {name: record(port, dialogue) for name, dialogue in DIALOGUES.items()}
    RECORDED.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
