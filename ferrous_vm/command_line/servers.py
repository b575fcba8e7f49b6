"""`--server`: the servers that the command line imitates, and one run on several of them, side by side.

redis-6.2, redis-7.0
"0.10000000000000001"

redis-7.2, redis-7.4, redis-8.0
"0.1"
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Iterator
from typing import Final

from ferrous_vm.command_line.files import Refused
from ferrous_vm.keyspace.profiles.profile import PROFILES, REDIS_7_0_15

ALL: Final = "all"
HELP: Final = f"the servers to imitate, with commas between them: {', '.join(PROFILES)}; or {ALL}"


def add_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the option."""
    parser.add_argument("--server", metavar="NAME[,NAME…]", default=REDIS_7_0_15.name, help=HELP)


def chosen(names: str) -> list[str]:
    """The profiles that an option names, in the order of PROFILES. Raises Refused for a name there is not."""
    wanted = [name.strip() for name in names.split(",")]
    unknown = [name for name in wanted if name not in (*PROFILES, ALL)]
    if unknown:
        raise Refused(f"there is no server {unknown[0]!r}: there are {', '.join(PROFILES)}, and {ALL}")
    return [name for name in PROFILES if name in wanted or ALL in wanted]


def steady_clock() -> Callable[[], int]:
    """A clock for one of several runs that are compared: it begins now and goes a microsecond on whenever it is asked,
    so what differs is never the speed of a run."""
    return itertools.count(time.time_ns() // 1_000_000_000 * 1_000_000).__next__


def side_by_side(outcomes: dict[str, str]) -> Iterator[str]:
    """What came out on each server, lines for people: servers with the same outcome stand together."""
    servers: dict[str, list[str]] = {}
    for server, outcome in outcomes.items():
        servers.setdefault(outcome, []).append(server)
    for number, (outcome, names) in enumerate(servers.items()):
        if number:
            yield ""
        yield ", ".join(names)
        yield outcome
