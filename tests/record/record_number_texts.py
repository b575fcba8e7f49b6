"""Record how a server writes doubles: `python -m tests.record.record_number_texts NAME` (`redis-7.4`)."""

from __future__ import annotations

import json
import random
import struct
import sys
from pathlib import Path
from typing import Final

from tests.record.resp import Connection
from tests.record.servers import running

TARGET: Final = Path(__file__).resolve().parents[1] / "keyspace" / "profiles" / "number_texts.json"
SPECIAL: Final = (
    0.1,
    1 / 3,
    4.4,
    1e14,
    1e15,
    1e17,
    2.0**62,
    2.0**63,
    5e-324,
    1.7976931348623157e308,
    9179.48738469,
    1e-7,
)


def numbers() -> list[float]:
    """Numbers of all kinds, the same at each recording."""
    rng = random.Random(17)
    found = [sign * number for number in SPECIAL for sign in (1.0, -1.0)]
    for _ in range(400):
        found += (
            struct.unpack("<d", rng.randbytes(8))[0],
            round(rng.uniform(-1e5, 1e5), rng.randrange(12)),
            float(rng.randrange(-(2**70), 2**70) >> rng.randrange(70)),
            rng.randrange(1, 10 ** rng.randrange(1, 18)) * 10.0 ** rng.randrange(-20, 20),
        )
    return [number for number in found if number == number and abs(number) != float("inf")]


def main(name: str) -> None:
    with running(name) as port:
        connection = Connection(port)
        pairs = []
        for number in numbers():
            connection.ask(b"ZADD", b"z", repr(number).encode(), b"m")
            pairs.append([struct.pack(">d", number).hex(), connection.ask_parsed(b"ZSCORE", b"z", b"m")])
    TARGET.write_text("[\n" + ",\n".join(map(json.dumps, pairs)) + "\n]\n")


if __name__ == "__main__":
    main(sys.argv[1])
