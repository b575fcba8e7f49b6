"""What is on a tape as work of the page: a file of scripts whose tests are the calls, or the link to one call.

The page reads both (`web/src/share.js`), and `ferrous test` the file: so a whole tape is made once more on any engine
and server, and the first call that comes to something else is told. A call is told in full or not at all: one whose
keys were too large or of several databases, whose script is no text or was ended by a limit, is left out.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable
from typing import Any, Final

from ferrous_vm.scripting.shebang import library_header
from ferrous_vm.tape.taped import Taped
from ferrous_vm.workbench.content import instant
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.reply_views import view

LONGEST_LINK: Final = 64_000
"""Characters of a link, as in `web/src/share.js`."""

LARGEST_FILE: Final = 2_000_000
"""Bytes of a file that the page opens."""

MOST_TESTS: Final = 1000
"""Of one script, in a file."""

MOST_SCRIPTS: Final = 100


def why_not_whole(call: Taped) -> str:
    """Why the call cannot be made once more; empty where all of it is on the tape, and its script is text."""
    try:
        call.source.decode()
    except UnicodeDecodeError:
        return "its script is no text"
    if call.left_out:
        return f"it touched {call.left_out} keys that are too large to be kept with it"
    if call.crosses_databases:
        return "it touched keys of several databases"
    return "it was ended before it came to an end" if call.was_ended else ""


def is_whole(call: Taped) -> bool:
    """Whether the call can be made once more."""
    return not why_not_whole(call)


def file_of(calls: Iterable[Taped], server: str) -> bytes:
    """The newest whole calls that find room, as a file of work for the profile `server`; empty if there is none."""
    scripts: dict[bytes, list[dict[str, Any]]] = {}
    size = 0
    for call in reversed([one for one in calls if is_whole(one)]):
        test = _test(call)
        needed = len(json.dumps(test)) + (0 if call.source in scripts else len(json.dumps(call.source.decode())) + 200)
        is_full = len(scripts.get(call.source, ())) == MOST_TESTS
        if is_full or size + needed > LARGEST_FILE // 2 or len(scripts.keys() | {call.source}) > MOST_SCRIPTS:
            break
        size += needed
        scripts.setdefault(call.source, []).insert(0, test)
    if not scripts:
        return b""
    first, *others = [_script(source, tests) for source, tests in reversed(scripts.items())]
    work = {"ferrous": 2 if others else 1, "name": "Calls from a tape", "server": server} | first
    if others:
        work["others"] = others
    return json.dumps(work, indent=1).encode() + b"\n"


def link_to(call: Taped, server: str) -> bytes:
    """The fragment of a link that opens the call, with the keys that it touched; empty where it is too long for one, or
    not whole."""
    if not is_whole(call):
        return b""
    work = json.dumps(work_of(call, server)).encode()
    packed = base64.urlsafe_b64encode(zlib.compress(work)).rstrip(b"=")
    return b"#v1=" + packed if len(packed) < LONGEST_LINK else b""


def work_of(call: Taped, server: str) -> dict[str, Any]:
    """The work that has a whole call as its inputs, the keys that it touched as its fixture, what it did as a test."""
    test = _test(call)
    inputs = {name: test[name] for name in ("keys", "argv", "fixture", "mode", "function", "protocol", "clock", "seed")}
    return {"name": test["name"], "server": server} | _script(call.source, [test]) | inputs


def _script(source: bytes, tests: list[dict[str, Any]]) -> dict[str, Any]:
    """A script of work, called as its first test calls it."""
    called = {name: tests[0][name] for name in ("mode", "function", "protocol")}
    is_library = tests[0]["function"] != ""
    name = library_header(source).name.decode() if is_library else tests[0]["name"].split()[2]
    return {"scriptName": name[:60], "script": source.decode(), **called, "tests": tests}


def _name_of(call: Taped) -> str:
    """What people call the script: its function, or the beginning of its SHA-1."""
    return call.name.decode("utf-8", "replace")[: 60 if call.is_function else 8]


def _test(call: Taped) -> dict[str, Any]:
    """A call as a test: the keys before, the call, the reply and the keys after."""
    mode = call.words[0].decode().upper().replace("SHA", "")
    return {
        "name": f"call {call.number} {_name_of(call)} {instant(call.at // 1000)}",
        "keys": [argument(key) for key in call.keys],
        "argv": [argument(value) for value in call.argv],
        "mode": mode,
        "function": call.name.decode("utf-8", "replace") if call.is_function else "",
        "protocol": call.protocol,
        "fixture": call.before,
        "clock": call.at / 1_000_000,
        "seed": call.seed,
        "reply": view(call.reply).text,
        "keyspace": call.after,
    }
