"""ferrous compare: one script on servers that run, and on Ferrous as each of them.

    ferrous compare script.lua --on redis://a --on redis://b        (its own fixture and calls, as its comments say)
    ferrous compare script.lua --on redis://a --keys k --args 0.1 --setup fixture.txt

    A  redis://a:6379 (Redis 7.0.15)
    B  redis://b:6379 (Valkey 9.1.2)

    number format  A and B, line 3: reply
          A  "0.10000000000000001"
          B  "0.1"
          because: From Redis 7.2 and Valkey 8.0 on a number is written with few digits … (util.c, fpconv_dtoa)

    2 calls: 1 difference of A and B, none of A and Ferrous as redis-7.0, none of B and Ferrous as valkey-9.1

The status is 1 where servers differ, or one of them and Ferrous. What a server answers otherwise the next time too,
as what hangs on time or chance, is told and does not count.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final

from ferrous_vm.command_line import live_servers
from ferrous_vm.command_line.expectations import ExpectationError, read_script
from ferrous_vm.command_line.files import Refused, read
from ferrous_vm.printing import counted, printed

if TYPE_CHECKING:
    from ferrous_vm.on_servers.comparing import Found
    from ferrous_vm.on_servers.seen import Step

_INDENT: Final = "\n" + " " * 9


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of `ferrous compare`."""
    parser.add_argument("script", type=Path)
    live_servers.add_arguments(parser)
    parser.add_argument("--keys", nargs="*", default=[], metavar="KEY")
    parser.add_argument("--args", nargs="*", default=[], metavar="ARG")
    parser.add_argument("--setup", type=Path, help="file with redis-cli commands to run before the script")
    parser.set_defaults(carry_out=run)


def run(options: argparse.Namespace) -> int:
    """Carry out `ferrous compare` and answer the exit status. Raises Refused."""
    if not options.on:
        raise Refused("name one server or several: --on redis://host:6379")
    from ferrous_vm.on_servers.comparing import compare

    steps = _steps(options)
    with ExitStack() as stack:
        reached = [stack.enter_context(live_servers.live_server(address, options.mine)) for address in options.on]
        names = ascii_uppercase[: len(reached)]
        for name, (server, _) in zip(names, reached, strict=True):
            print(f"{name}  {server.title}")
        grounds = [live_servers.ground_on(server, is_mine) for server, is_mine in reached]
        results = compare(grounds, steps)
    pairs = [(f"{names[0]} and {names[at]}", results[at].from_first) for at in range(1, len(results))]
    for name, ground, result in zip(names, grounds, results, strict=True):
        pairs.append((f"{name} and Ferrous as {ground.profile}", result.from_profile))
    counts = [(both, _tell(both, found, steps)) for both, found in pairs]
    told = ", ".join(f"{counted(count, 'difference') if count else 'none'} of {both}" for both, count in counts)
    print(f"\n{counted(len(steps), 'command')}: {told}")
    return 1 if any(count for _, count in counts) else 0


def _steps(options: argparse.Namespace) -> list[Step]:
    """What is carried out on each server: what the script's comments say, or the call that is asked for."""
    from ferrous_vm.on_servers.seen import Step

    try:
        script = read_script(read(options.script))
    except ExpectationError as error:
        raise Refused(f"{options.script}:{error.line}: {error}") from None
    steps = [Step(f"{options.setup}:{line}", words) for line, words in live_servers.set_up_lines(options.setup)]
    if script.calls and not (options.keys or options.args):
        if script.is_library and not options.mine:
            raise Refused(live_servers.NOT_EVERYBODYS)
        steps += [Step(f"line {line}", words) for line, words in script.preparation()]
        return [*steps, *(Step(f"line {call.line}", script.argv(call)) for call in script.calls)]
    words = [os.fsencode(word) for word in (*options.keys, *options.args)]
    return [*steps, Step("the call", [b"EVAL", script.source, b"%d" % len(options.keys), *words])]


def _tell(both: str, found: list[Found], steps: list[Step]) -> int:
    """Print the differences of two; how many count."""
    for one in found:
        print("", *_lines(both, one, steps), sep="\n")
    return sum(not one.is_unsteady for one in found)


def _lines(both: str, found: Found, steps: list[Step]) -> Iterator[str]:
    difference = found.difference
    of_key = difference.number is None
    what = f"key {printed(difference.name)}" if of_key else f"{steps[difference.number or 0].place}: reply"
    yield f"{difference.kind}  {both}, {what}{', which differs from run to run' if found.is_unsteady else ''}"
    one, _, other = both.partition(" and ")
    for name, text in ((one, difference.one), (other, difference.other)):
        yield f"      {name}  {text}".replace("\n", _INDENT)
    yield from (f"      because: {why}" for why in found.because)
