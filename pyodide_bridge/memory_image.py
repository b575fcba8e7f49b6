"""The image of Python's memory that the browser keeps (web/src/worker/memory_image.js), as Python sees it.

One Python, which never sees anything of a person, prepares itself for all the page asks, and its memory is kept.
Another wakes up with that memory instead of starting: what differs from one start to the next is made anew then.
"""

from __future__ import annotations

import gc
import json
import random
import sys
from importlib import import_module
from typing import Any, Final

from pyodide_bridge import preparation
from pyodide_bridge.bridge import HANDLERS, Bridge

SCRIPT: Final = """local total = redis.call('INCRBY', KEYS[1], ARGV[1])
local parts = {}
for index = 1, 3 do parts[#parts + 1] = tostring(index) end
redis.log(redis.LOG_NOTICE, table.concat(parts, ','))
return {total, cjson.encode(parts), redis.pcall('LPUSH', KEYS[1], 'x')}
"""
CALL: Final = {"script": SCRIPT, "keys": ["key"], "argv": ["1"]}
INTO: Final = {"type": "DebugMove", "how": "into", "backwards": False, "breakpoints": {}, "moment": 0}

RARELY_NEEDED: Final = (
    "ferrous_vm.bytecode.disassembler",
    "ferrous_vm.exploration.telling",
    "ferrous_vm.keyspace.access.databases",
    "ferrous_vm.keyspace.cluster_refusals",
    "ferrous_vm.keyspace.commands.bit_differences",
    "ferrous_vm.keyspace.commands.client_filters",
    "ferrous_vm.keyspace.commands.due_fields",
    "ferrous_vm.keyspace.commands.former_containers",
    "ferrous_vm.keyspace.commands.former_streams",
    "ferrous_vm.keyspace.commands.key_flags",
    "ferrous_vm.keyspace.commands.ranks_with_scores",
    "ferrous_vm.keyspace.commands.stream_reclaiming",
    "ferrous_vm.keyspace.encodings.digests",
    "ferrous_vm.keyspace.encodings.polygons",
    "ferrous_vm.keyspace.encodings.rdb_files",
    "ferrous_vm.keyspace.encodings.rdb_producers",
    "ferrous_vm.keyspace.encodings.rdb_timed_hashes",
    "ferrous_vm.keyspace.profiles.fields",
    "ferrous_vm.keyspace.profiles.servers",
    "ferrous_vm.keyspace.server.busy",
    "ferrous_vm.keyspace.server.latency",
    "ferrous_vm.keyspace.server.shuffling",
    "ferrous_vm.scripting.former_errors",
    "ferrous_vm.scripting.function_commands",
    "ferrous_vm.scripting.script_show",
    "ferrous_vm.stdlib.clock",
    "ferrous_vm.values.murmur",
    "ferrous_vm.workbench.coverage",
    "ferrous_vm.workbench.line_debugger",
)
"""Modules that none of the requests below imports."""

REQUESTS: Final[tuple[dict[str, Any], ...]] = (
    {"type": "Hello"},
    {"type": "Reference"},
    {"type": "Run", "fixture": "SET key 1\nHSET hash field value", **CALL},
    {"type": "ClientViews"},
    {"type": "DescribeInputs", **CALL},
    {"type": "Run", **(CALL | {"script": "return redis.call('GET')"})},
    {"type": "Lint", "script": SCRIPT},
    {"type": "CheckFixture", "lines": "SET key 1\nHSET hash field value\n"},
    {"type": "Browse", "database": 0, "search": "", "kind": "", "offset": 0, "limit": 50},
    {"type": "Inspect", "database": 0, "key": "hash", "offset": 0, "limit": 50},
    {"type": "Complete", "line": "SET key "},
    {"type": "Console", "line": "GET key"},
    {"type": "Debug", **CALL},
    INTO,
    INTO | {"backwards": True},
    {"type": "DebugEnd"},
    {"type": "Export", "name": "", **CALL},
    {"type": "Undo"},
    {"type": "Redo"},
)
"""What a session asks, as one does that begins to work."""


def prepare() -> None:
    """Import whatever the page may ask for, and answer what it asks most, on workbenches that nobody sees afterwards.

    Raises RuntimeError when something is not answered. May raise PartMissing.
    """
    for _ in preparation.steps():
        pass
    for handler in HANDLERS.values():
        handler.load()
    for name in RARELY_NEEDED:
        import_module(name)
    from ferrous_vm.keyspace.profiles.rows import MODULES

    for group in MODULES:
        import_module(f"ferrous_vm.keyspace.commands.{group}")
    bridge = Bridge()
    for request in REQUESTS:
        answer = bridge.answer(json.dumps(request))
        if type(answer).__name__ == "Failure":
            raise RuntimeError(f"{request['type']}: {answer.message}")
    del bridge
    gc.collect()


def wake() -> str:
    """Make chance anew; answer where Python looks for its library, "" where that is no archive.

    The page's server, with its seed and its run id, is made later, for the first request.
    """
    random.seed()
    return next((path for path in sys.path if path.endswith(".zip")), "")
