"""ferrous capture: a call of a script on a server in use, with exactly what it touches there, as work of the page.

    ferrous capture --scripts src redis://host EVALSHA 6b1bf486… 1 stock:7 2
    ferrous capture --write call.ferrous.json redis://host FCALL take 1 stock:7 2

What is sent only reads (`ferrous_vm/on_servers/capturing.py`). A server does not give the text of a script away by its
SHA-1 (Valkey does from 8.0 on): it is looked for in the files that `--scripts` names, in programs too. It prints a link
for the page, or writes a file, which `ferrous test` runs. Options stand before the address: what follows is the call.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ferrous_vm.command_line import live_servers
from ferrous_vm.command_line.files import Refused, check_writable, read, scripts_in, write
from ferrous_vm.printing import counted, printed
from ferrous_vm.tape.works import file_of, is_whole, link_to
from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.resp import parse

PAGE: Final = "http://127.0.0.1:26055/"
"""Where `ferrous` without a command serves the page, as a rule (`page.py`)."""

_LUA: Final = ".lua"
_PROGRAMS: Final = (_LUA, ".py", ".js", ".mjs", ".ts", ".go", ".java", ".rb")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of `ferrous capture`."""
    parser.add_argument(
        "--scripts",
        action="append",
        type=Path,
        default=[],
        metavar="PATH",
        help="where the text may be, a file or a folder",
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="write a file of work, rather than print a link")
    parser.add_argument("--page", default=PAGE, metavar="ADDRESS", help=f"of the page in the link; {PAGE}")
    parser.add_argument("--resp", type=int, choices=(2, 3), default=2, help="protocol of the connection")
    parser.add_argument("address", metavar="ADDRESS", help=live_servers.ON)
    call = "EVALSHA <sha> <numkeys> <key>... <arg>..., or EVAL, or FCALL"
    parser.add_argument("call", nargs=argparse.REMAINDER, metavar="CALL", help=call)
    parser.set_defaults(carry_out=run)


def run(options: argparse.Namespace) -> int:
    """Carry out `ferrous capture` and answer the exit status. Raises Refused."""
    from ferrous_vm.on_servers.capturing import capture

    words = [os.fsencode(word) for word in options.call]
    if options.write is not None:
        check_writable(options.write)
    with live_servers.live_server(options.address, is_mine=False) as (server, _):
        found = capture(server, words, lambda sha: script_with(sha, options.scripts), options.resp)
        title = server.title
    keys = ", ".join(map(printed, found.keys))
    touched = f"{counted(len(found.keys), 'key')} there{f': {keys}' if keys else ''}"
    print(f"{title}: the call touches {touched}", file=sys.stderr)
    print(f"it replies here: {format_reply(parse(found.call.reply))}", file=sys.stderr)
    if not is_whole(found.call):
        raise Refused("it is too large for work of the page, or its script is no text")
    if options.write is not None:
        write(options.write, file_of([found.call], found.profile).decode())
        return 0
    link = link_to(found.call, found.profile)
    if not link:
        raise Refused("it is too large for a link: --write FILE")
    print(options.page + link.decode())
    return 0


def script_with(sha: bytes, paths: list[Path]) -> bytes | None:
    """The script of that SHA-1, in small digits, in these files and folders; None where it is in none of them."""
    for path in scripts_in(paths, *_PROGRAMS):
        for source in _scripts_of(path):
            if hashlib.sha1(source).hexdigest().encode() == sha:
                return source
    return None


def _scripts_of(path: Path) -> Iterator[bytes]:
    """What may have been loaded of a file: all of it, without the end of its last line, and what its strings hold."""
    source = read(path)
    yield source
    yield source.rstrip(b"\r\n")
    yield source.replace(b"\r\n", b"\n")
    if path.suffix != _LUA:
        from ferrous_vm.workbench.embedded_scripts import can_read, embedded_scripts

        if can_read(path.name):
            yield from (script.text for script in embedded_scripts(path.name, source))
