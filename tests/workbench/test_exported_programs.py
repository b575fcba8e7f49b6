"""Exported programs, each run with a client that tells what it was asked: scripts and functions arrive exactly."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ferrous_vm.records import with_changes
from ferrous_vm.workbench.exports import functions, java, javascript, python
from ferrous_vm.workbench.exports.call import NamedCall
from tests.workbench.test_exports import CALLS as SCRIPT_CALLS
from tests.workbench.test_function_exports import CALLS as FUNCTION_CALLS

pytestmark = pytest.mark.host

STAND_INS = Path(__file__).parent / "stand_ins"
CALLS = {f"EVAL {name}": call for name, call in SCRIPT_CALLS.items()}
CALLS |= {f"FCALL {name}": call for name, call in FUNCTION_CALLS.items()}
JAVA_CLIENTS = {
    "redis/clients/jedis/JedisPooled.java": "JedisPooled.java",
    "redis/clients/jedis/exceptions/JedisNoScriptException.java": "JedisNoScriptException.java",
}


def told(call: NamedCall) -> dict[str, Any]:
    """What the stand-in for a client prints when `call` has arrived."""
    keys, args = ([value.hex() for value in values] for values in (call.keys, call.argv))
    function = {"function": call.function.hex()} if call.mode.startswith("FCALL") else {}
    return {"script": call.script.hex(), **function, "keys": keys, "args": args}


def run_python(program: str, directory: Path) -> bytes:
    shutil.copy(STAND_INS / "redis.py", directory)
    (directory / "program.py").write_text(program, encoding="utf-8", newline="")
    return subprocess.run([sys.executable, "program.py"], cwd=directory, capture_output=True, check=True).stdout


def run_node(package: str) -> Callable[[str, Path], bytes]:
    def run(program: str, directory: Path) -> bytes:
        home = directory / "node_modules" / package
        home.mkdir(parents=True)
        (home / "package.json").write_text(json.dumps({"type": "module", "exports": "./index.js"}))
        shutil.copy(STAND_INS / f"{package}.js", home / "index.js")
        (directory / "program.mjs").write_text(program, encoding="utf-8", newline="")
        return subprocess.run(["node", "program.mjs"], cwd=directory, capture_output=True, check=True).stdout

    return run


class Writer(NamedTuple):
    """Writes programs for one client: one that runs a script, one that calls a function."""

    script: Callable[[NamedCall], str]
    function: Callable[[NamedCall], str]

    def write(self, call: NamedCall) -> str:
        """The program for `call`."""
        return (self.function if call.mode.startswith("FCALL") else self.script)(call)


JEDIS = Writer(java.write_jedis, functions.write_jedis)
CLIENTS: dict[str, tuple[Writer, str, Callable[[str, Path], bytes]]] = {
    "redis-py": (Writer(python.write_redis_py, functions.write_redis_py), sys.executable, run_python),
    "ioredis": (Writer(javascript.write_ioredis, functions.write_ioredis), "node", run_node("ioredis")),
    "node-redis": (Writer(javascript.write_node_redis, functions.write_node_redis), "node", run_node("redis")),
}
"""What writes the programs of a client, what runs them, and how."""


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", CALLS)
def test_the_call_arrives(name: str, client: str, tmp_path: Path) -> None:
    writer, interpreter, run = CLIENTS[client]
    if shutil.which(interpreter) is None:
        pytest.skip(f"{interpreter} is not installed")
    assert json.loads(run(writer.write(CALLS[name]), tmp_path)) == told(CALLS[name])


@pytest.mark.skipif(shutil.which("javac") is None, reason="javac is not installed")
def test_every_call_arrives_through_jedis(tmp_path: Path) -> None:
    """All in one, for the compiler takes its time to start."""
    files = {path: (STAND_INS / name).read_text() for path, name in JAVA_CLIENTS.items()}
    for index, call in enumerate(CALLS.values()):
        files[f"Case{index}.java"] = JEDIS.write(with_changes(call, name=f"case{index}"))
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii", newline="")
    subprocess.run(["javac", *files], cwd=tmp_path, check=True)
    for index, call in enumerate(CALLS.values()):
        done = subprocess.run(["java", "-Xshare:auto", f"Case{index}"], cwd=tmp_path, capture_output=True, check=True)
        assert json.loads(done.stdout) == told(call)
