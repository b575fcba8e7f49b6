"""`--server`: the servers that the command line imitates, and one run on several of them, side by side.

redis-6.2, redis-7.0
"0.10000000000000001"

redis-7.2, redis-7.4, redis-8.0
"0.1"
  because: From Redis 7.2 and Valkey 8.0 on a number is written with few digits … (util.c, fpconv_dtoa)
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ferrous_vm.command_line.files import Refused
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.profiles.profile import PROFILES, REDIS_7_0_15

if TYPE_CHECKING:  # imported when there are several servers
    from ferrous_vm.workbench.every_server.outcomes import Outcome, Runner

ALL: Final = "all"
HELP: Final = f"the servers to imitate, with commas between them: {', '.join(PROFILES)}; or {ALL}"


def add_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the option."""
    parser.add_argument("--server", metavar="NAME[,NAME…]", help=HELP)


def chosen(names: str | None) -> list[str]:
    """The profiles that an option names, in the order of PROFILES; Redis 7.0 where it was not given. Raises Refused for
    a name there is not."""
    wanted = [name.strip() for name in (names or REDIS_7_0_15.name).split(",")]
    unknown = [name for name in wanted if name not in (*PROFILES, ALL)]
    if unknown:
        raise Refused(f"there is no server {unknown[0]!r}: there are {', '.join(PROFILES)}, and {ALL}")
    return [name for name in PROFILES if name in wanted or ALL in wanted]


def side_by_side(outcomes: dict[str, Outcome], run: Runner) -> Iterator[str]:
    """What came out on each server, lines for people: servers with the same outcome stand together, and
    below those that differ from the first why. `run` runs it once more."""
    from ferrous_vm.workbench.every_server.comparing_servers import agreeing

    (first, *_), *others = agreeing(outcomes)
    for names in agreeing(outcomes):
        yield ", ".join(names)
        yield from filter(None, outcomes[names[0]].parts.values())
        if names in others:
            yield from _why(outcomes, first, names, run)
            if names != others[-1]:
                yield ""
        elif others:
            yield ""


def _why(outcomes: dict[str, Outcome], first: str, names: list[str], run: Runner) -> Iterator[str]:
    """The rules that make these servers differ from the first, each once."""
    from ferrous_vm.workbench.every_server.causes import causes
    from ferrous_vm.workbench.every_server.comparing_servers import Comparison, reasons

    one, other = ((profile_named(name), outcomes[name]) for name in (first, names[0]))
    found = causes(one, other, run)
    comparison = Comparison(outcomes, {names[0]: found})
    told = {reason.text: reason.source for part in found for reason in reasons(comparison, [names], part)}
    yield from (f"  because: {text} ({source})" for text, source in told.items())
