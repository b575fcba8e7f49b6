"""Scripts on servers that run: beside what they hold, and without touching it.

    with LiveServer("redis://host:6379") as server:
        reply = carry_out(Enclosure(server), lambda ask: ask([b"EVAL", SCRIPT, b"1", b"stock"]))

`connections.py` speaks with a server or the nodes of a cluster; `enclosure.py` is where a script runs that may touch
nothing else; `trial.py` asks the engine first, which keys that needs and whether it ends; `comparing.py` holds servers
against each other; `capturing.py` takes from one what a call would touch, read-only.
"""

from __future__ import annotations
