"""Records a run of an example, for the page to show before Python is there:

    python toolchain/recording.py <example> <file>

What the engine of this directory answers to Run, as the page asks it; without times, which are those of another
machine, and with a clock that stands: so the same engine always records the same.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pyodide_bridge import handle

CLOCK = 1_700_000_000
"""Unix time of the run, in seconds."""

TIMES = ("milliseconds",)
"""Fields that are left out wherever they stand: how long something took."""


def record(example: Path) -> dict[str, Any]:
    """The answer to Run for an example, of which there is a .json and a .lua. Raises ValueError unless it goes well."""
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
    del ran["keyspace"]
    return without_times(ran | {"act": None})


def without_times(value: Any) -> Any:
    """`value` with nothing in it that tells how long something took: 0 instead."""
    if isinstance(value, dict):
        return {name: 0 if name in TIMES else without_times(one) for name, one in value.items()}
    return [without_times(one) for one in value] if isinstance(value, list) else value


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(record(Path(sys.argv[1]))) + "\n", "utf-8")
