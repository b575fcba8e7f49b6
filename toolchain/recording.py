"""Records a run of an example, for the page to show before Python is there:

    python toolchain/recording.py <example> <file>

Of what the engine of this directory answers to Run, as the page asks it, that which the page shows of a recorded run;
without times, which are those of another machine, and with a clock that stands: so the same engine always records the
same.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pyodide_bridge import handle

CLOCK = 1_700_000_000
"""Unix time of the run, in seconds."""

SHOWN = ("reply", "changes", "trace", "now")
"""The fields of the answer that are shown (web/src/panels/recorded.js); the bytes of the others would only delay it."""


def record(example: Path) -> dict[str, Any]:
    """What is shown of a run of an example, a .json with a .lua beside it. Raises ValueError unless it goes well."""
    about = json.loads(example.read_text("utf-8"))
    request = {
        "type": "Run",
        "script": example.with_suffix(".lua").read_text("utf-8"),
        "keys": about["keys"],
        "argv": about["argv"],
        "fixture": "\n".join(about["fixture"]),
        "clock": CLOCK,
    }
    ran: dict[str, Any] = json.loads(handle(json.dumps(request)))
    if ran.get("outcome") != "ok":
        raise ValueError(f"{example} cannot be recorded: {ran}")
    for command in ran["trace"]:
        command["milliseconds"] = 0
    return {name: ran[name] for name in SHOWN}


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(record(Path(sys.argv[1]))) + "\n", "utf-8")
