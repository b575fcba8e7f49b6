"""`--on`: scripts on servers that run, beside what these hold (`ferrous_vm/on_servers`).

ferrous run script.lua --on redis://host:6379 --keys stock --args 2
ferrous test scripts --on redis://host:6379              (as a user who may touch nothing else)
ferrous test scripts --on redis://localhost:6379/9 --mine
ferrous test scripts --on cluster                        (a cluster of three nodes that is started for it)
ferrous run script.lua --on redis://host --read-only --keys real:key
ferrous run --on redis://host --clean                    (what a run that was ended has left)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ferrous_vm.command_line.expectations import Failure, ScriptFile, check_script
from ferrous_vm.command_line.files import Refused, read
from ferrous_vm.keyspace.encodings.fixtures import commands_in
from ferrous_vm.keyspace.encodings.rdb_files import SIGNATURES
from ferrous_vm.printing import counted, printed
from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.resp import parse

if TYPE_CHECKING:  # what speaks with servers is imported when one is named
    from ferrous_vm.on_servers.connections import LiveServer
    from ferrous_vm.on_servers.grounds import Ask, Denial, Ground

ON: Final = "a server that runs: redis://, rediss://, unix://, valkey://, sentinel://; cluster starts one on loopback"
MINE: Final = "the server is yours, and its database empty: no user is made, keys have their own names"
CLEAN: Final = "first remove what runs that were ended have left there"
CLUSTER: Final = "cluster"
NOT_EVERYBODYS: Final = "a library is everybody's on a server: functions are called on one of yours (--mine)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--on", action="append", default=[], metavar="ADDRESS", help=ON)
    parser.add_argument("--mine", action="store_true", help=MINE)


def check_alone(options: argparse.Namespace, *others: str) -> None:
    """Raises Refused where `--on` stands with an option that is about Ferrous."""
    for name in others:
        if getattr(options, name) not in (None, False, 0):
            raise Refused(f"--{name.replace('_', '-')} is about the server that is here: it does not go with --on")


@contextmanager
def live_server(address: str, is_mine: bool) -> Iterator[tuple[LiveServer, bool]]:
    """The server at an address, or a cluster that is started, and whether it is theirs. Raises Refused for what goes
    wrong with it, while it is used too."""
    from ferrous_vm.on_servers.connections import LiveServer, Unreachable
    from ferrous_vm.on_servers.loopback_cluster import loopback_cluster
    from ferrous_vm.on_servers.misplaced import Misplaced

    try:
        if address == CLUSTER:
            with loopback_cluster() as started, LiveServer(started) as server:
                yield server, True
        else:
            with LiveServer(address) as server:
                yield server, is_mine
    except (Unreachable, Misplaced) as error:
        raise Refused(f"{address if address == CLUSTER else _shown(address)}: {error}") from None


def _shown(address: str) -> str:
    from ferrous_vm.on_servers.connections import without_password

    return without_password(address)


def ground_on(server: LiveServer, is_mine: bool, turn: int = 0) -> Ground:
    """Where scripts run on it."""
    from ferrous_vm.on_servers.enclosure import Enclosure
    from ferrous_vm.on_servers.own_server import OwnServer

    return OwnServer(server, turn) if is_mine else Enclosure(server, turn)


def clean(address: str, is_mine: bool) -> int:
    """`--clean`: what was removed is told."""
    from ferrous_vm.on_servers import enclosure, own_server

    with live_server(address, is_mine) as (server, mine):
        cleaned = own_server.clean_own(server) if mine else enclosure.clean(server)
        print(f"{server.title}: {counted(len(cleaned), 'run')} that had been ended, removed")
    return 0


def set_up_lines(path: Path | None) -> list[tuple[int, list[bytes]]]:
    """The commands of a set-up file, each with its line. Raises Refused."""
    if path is None:
        return []
    data = read(path)
    if data.startswith(SIGNATURES):
        raise Refused(f"{path}: an RDB file is not sent to a server: write its keys as lines of commands")
    commands = []
    for number, words in commands_in(data):
        if words is None:
            raise Refused(f"{path}:{number}: unbalanced quotes")
        commands.append((number, words))
    return commands


def run_on(options: argparse.Namespace, argv: list[bytes], library: bytes | None) -> bool:
    """`ferrous run --on`: print the reply of each server; whether none of them is an error. `library` is that whose
    function is called. Raises Refused."""
    check_alone(options, "server", "profile", "coverage", "cost", "key_report", "shuffle", "cluster", "node")
    preparation = set_up_lines(options.setup)
    if library is not None:
        if not options.mine:
            raise Refused(NOT_EVERYBODYS)
        preparation.insert(0, (0, [b"FUNCTION", b"LOAD", library]))
    from ferrous_vm.on_servers.grounds import carry_out

    def play(ask: Ask) -> bytes:
        for number, words in preparation:
            reply = ask(words)
            if reply.startswith(b"-"):
                place = f"{options.setup}:{number}" if number else "FUNCTION LOAD"
                raise Refused(f"{place}: {printed(reply[1:].strip())}")
        return ask(argv)

    all_well = True
    for address in options.on:
        with live_server(address, options.mine) as (server, is_mine):
            if options.read_only and not is_mine:
                if preparation:
                    raise Refused("--setup writes, and --read-only looks at what is there")
                reply, denials = _look(server, argv, options.resp)
            else:
                ground = ground_on(server, is_mine)
                ground.protocol = options.resp
                reply, denials = carry_out(ground, play)
            if len(options.on) > 1:
                print(server.title)
            print(format_reply(parse(reply)), flush=True)
            for denial in denials:
                print(f"ferrous: {told(denial)}", file=sys.stderr)
            all_well &= not reply.startswith(b"-")
    return all_well


def _look(server: LiveServer, argv: list[bytes], protocol: int) -> tuple[bytes, list[Denial]]:
    from ferrous_vm.on_servers.enclosure import RealData

    data = RealData(server)
    data.protocol = protocol
    return data.look(argv)


def told(denial: Denial) -> str:
    """What is said of a refusal."""
    name = printed(denial.name)
    if denial.reason == "key":
        return (
            f"the server refused the key {name}: it is not one of KEYS and not made of one, and a script may touch no "
            "other on a server that is not yours (--mine)"
        )
    return f"the server refused the {denial.reason} {name}: a script may use it only on a server that is yours (--mine)"


def failures_on(script: ScriptFile, server: LiveServer, is_mine: bool, turn: int) -> list[Failure]:
    """The expectations of a script that do not hold on a server; what it refused is one too. Of costs and of the log
    only Ferrous can tell. `turn` is the number of the script: a cluster has them on its nodes in turn.

    Raises Refused."""
    if script.is_library and not is_mine:
        raise Refused(NOT_EVERYBODYS)
    from ferrous_vm.on_servers.grounds import carry_out

    failures, denials = carry_out(ground_on(server, is_mine, turn), lambda ask: check_script(script, ask))
    line = script.calls[0].line
    return failures + [Failure(line, "the server", "", told(denial)) for denial in denials]
