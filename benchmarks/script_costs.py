"""How well the cost that Ferrous tells puts scripts in the order of redis-server's own times.

`python -m benchmarks.script_costs --port PORT` calls each example of the page many times on the redis-server that
listens on PORT, whose data, scripts and statistics are flushed, and reads what that server says it took for them (usec
of commandstats, so neither client nor network is in it). It prints the rank correlation (Spearman) with the model.
`--calibrate` finds the weights of `ferrous_vm/workbench/costs/estimate.py` from scripts made at random
(`benchmarks/made_scripts.py`), among which no example is, and prints them.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import correlation, mean
from typing import Final, NamedTuple

from benchmarks import made_scripts
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.workbench.costs.counts import Counts
from ferrous_vm.workbench.costs.estimate import WEIGHTS, microseconds
from ferrous_vm.workbench.costs.measuring import Measuring
from tests.record.resp import Connection

EXAMPLES: Final = Path(__file__).parents[1] / "web" / "examples"

CALLS: Final = 20
"""Calls of a script between two looks at the statistics, each on the data as they were at first."""

MADE: Final = 300
"""Scripts made at random."""


class Case(NamedTuple):
    """A call of a script on its data."""

    name: str
    fixture: list[list[bytes]]
    script: bytes
    function: bytes
    words: list[bytes]

    @property
    def load(self) -> list[bytes]:
        """The command that comes before."""
        return [b"FUNCTION", b"LOAD", b"REPLACE", self.script] if self.function else [b"SCRIPT", b"LOAD", self.script]


def examples(*, with_tests: bool) -> list[Case]:
    """The page's examples as they open, or with the inputs of each of their tests too."""
    cases = []
    for path in sorted(EXAMPLES.glob("*.json")):
        example = json.loads(path.read_text(encoding="utf-8"))
        if "server" in example:  # the real server that is asked is 7.0.15
            continue
        for number, test in enumerate([{}, *(example["tests"] if with_tests else [])]):
            inputs = {**example, **test}
            lines = (line for line in inputs["fixture"] if not line.startswith("#"))
            fixture = [words for line in lines if (words := split_words(line.encode()))]
            words = [b"%d" % len(inputs["keys"]), *(word.encode() for word in [*inputs["keys"], *inputs["argv"]])]
            script = path.with_suffix(".lua").read_bytes()
            cases.append(Case(f"{path.stem} {number}", fixture, script, inputs.get("function", "").encode(), words))
    return cases


def made(count: int) -> list[Case]:
    """Those made at random."""
    scripts = made_scripts.scripts(count)
    return [
        Case(str(number), made_scripts.fixture(), source, b"", made_scripts.WORDS)
        for number, source in enumerate(scripts)
    ]


def counted(case: Case) -> Counts:
    """What Ferrous counts."""
    measuring = Measuring()
    for command in [*case.fixture, case.load]:
        measuring.client.execute(*command)
    call = [b"FCALL", case.function] if case.function else [b"EVAL", case.script]
    return measuring.call([*call, *case.words])[1]


class Timed(NamedTuple):
    """Microseconds of a call on the server: of all rounds, and of every second of them."""

    all: float
    even: float
    odd: float


def timed(port: int, cases: Sequence[Case], rounds: int) -> list[Timed]:
    """What the server says each took, the quicker third of the rounds: the others had the machine's interruptions."""
    server = Connection(port)
    found: list[list[float]] = [[] for _ in cases]
    order = list(range(len(cases)))
    for _ in range(rounds):
        Random().shuffle(order)
        for number in order:
            found[number].append(_round(server, cases[number]))
    server.close()
    return [Timed(_quick(times), _quick(times[::2]), _quick(times[1::2])) for times in found]


def _quick(times: list[float]) -> float:
    return mean(sorted(times)[: max(len(times) // 3, 1)])


def _round(server: Connection, case: Case) -> float:
    server.ask(b"FUNCTION", b"FLUSH")
    loaded = server.ask_parsed(*case.load)
    call = [b"FCALL", case.function] if case.function else [b"EVALSHA", loaded.encode()]
    server.ask(b"CONFIG", b"RESETSTAT")
    server.send(*[[b"FLUSHALL"], *case.fixture, [*call, *case.words]] * CALLS)
    for _ in range(CALLS * (2 + len(case.fixture))):
        server.read()
    name = call[0].decode().lower()
    statistics = re.search(rf"cmdstat_{name}:calls=(\d+),usec=(\d+)", server.ask(b"INFO", b"commandstats").decode())
    assert statistics is not None
    return int(statistics[2]) / int(statistics[1])


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """The correlation of the ranks; equal values share one."""
    return correlation(_ranks(one), _ranks(other))


def _ranks(values: Sequence[float]) -> list[float]:
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(values)):
        places.setdefault(value, []).append(place)
    return [mean(places[value]) for value in values]


def weights(counts: Sequence[Counts], times: Sequence[float]) -> dict[str, float]:
    """The nanoseconds of each kind of work, none negative, that come to the times with the least relative error."""
    names = list(WEIGHTS)
    rows = [[1.0, *(getattr(one, name) for name in names)] for one in counts]
    scaled = [[value / time for value in row] for row, time in zip(rows, times, strict=True)]
    size = len(names) + 1
    products = [[sum(row[i] * row[j] for row in scaled) for j in range(size)] for i in range(size)]
    wanted = [sum(row[i] for row in scaled) for i in range(size)]
    found = [0.0] * size
    for _ in range(5_000):  # one weight after the other, the others held: it converges, for the errors are squares
        for i in range(size):
            rest = sum(products[i][j] * found[j] for j in range(size) if j != i)
            found[i] = max(0.0, (wanted[i] - rest) / products[i][i])
    return dict(zip(["CALL", *names], (round(weight * 1000) for weight in found), strict=True))


def main() -> None:
    """Prints the weights, or the correlation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--with-tests", action="store_true", help="the inputs of the examples' tests too")
    options = parser.parse_args()
    cases = made(MADE) if options.calibrate else examples(with_tests=options.with_tests)
    counts = list(map(counted, cases))
    times = timed(options.port, cases, options.rounds)
    if options.calibrate:
        print(weights(counts, [one.all for one in times]))
    for case, cost, time in sorted(zip(cases, counts, times, strict=True), key=lambda row: row[2].all):
        if not options.calibrate:
            print(f"{case.name:34} {time.all:7.2f} microseconds, {microseconds(cost):7.2f} by the model")
    costs = list(map(microseconds, counts))
    print(f"{len(cases)} calls; model and server: {spearman(costs, [one.all for one in times]):.3f}")
    print(f"the server and itself, by halves: {spearman([one.even for one in times], [one.odd for one in times]):.3f}")


if __name__ == "__main__":
    main()
