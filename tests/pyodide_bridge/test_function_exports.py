"""The call of a library's function as text for elsewhere arrives byte for byte, through a shell and each client."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ferrous_vm.records import with_changes
from pyodide_bridge.bridge import Bridge, to_json
from pyodide_bridge.exports import FORMS, functions
from pyodide_bridge.exports.call import NamedCall
from tests.pyodide_bridge.test_exports import CALLS as SCRIPT_CALLS
from tests.pyodide_bridge.test_exports import ECHO, JAVA_CLIENTS, STAND_INS, in_shell, printed
from tests.record.resp import Connection

CALLS = {
    name: with_changes(
        call,
        script=b"#!lua name=echoes\nredis.register_function('echo', function(KEYS, ARGV)\n%b\nend)" % call.script,
        mode="FCALL",
        function=b"echo",
    )
    for name, call in SCRIPT_CALLS.items()
}


def told(call: NamedCall) -> dict[str, Any]:
    keys, args = ([value.hex() for value in values] for values in (call.keys, call.argv))
    return {"script": call.script.hex(), "function": call.function.hex(), "keys": keys, "args": args}


@pytest.mark.oracle
@pytest.mark.parametrize("name", CALLS)
def test_lines_for_redis_cli_load_and_call(name: str, redis_port: int, tmp_path: Path) -> None:
    *_, output = in_shell(functions.write_shell(CALLS[name]), redis_port, tmp_path)
    assert output == printed(CALLS[name])
    server = Connection(redis_port)
    assert b"echoes" in server.ask(b"FUNCTION", b"LIST")
    server.close()


@pytest.mark.host
@pytest.mark.parametrize("name", CALLS)
def test_the_program_for_redis_py(name: str, tmp_path: Path) -> None:
    shutil.copy(STAND_INS / "redis.py", tmp_path)
    (tmp_path / "program.py").write_text(functions.write_redis_py(CALLS[name]), encoding="utf-8", newline="")
    done = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, check=True)
    assert json.loads(done.stdout) == told(CALLS[name])


NODE_PROGRAMS: dict[str, Callable[[NamedCall], str]] = {
    "ioredis": functions.write_ioredis,
    "redis": functions.write_node_redis,
}


@pytest.mark.host
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("package", NODE_PROGRAMS)
@pytest.mark.parametrize("name", CALLS)
def test_programs_for_node(name: str, package: str, tmp_path: Path) -> None:
    home = tmp_path / "node_modules" / package
    home.mkdir(parents=True)
    (home / "package.json").write_text(json.dumps({"type": "module", "exports": "./index.js"}))
    shutil.copy(STAND_INS / f"{package}.js", home / "index.js")
    program = tmp_path / "program.mjs"
    program.write_text(NODE_PROGRAMS[package](CALLS[name]), encoding="utf-8", newline="")
    done = subprocess.run(["node", program], capture_output=True, check=True)
    assert json.loads(done.stdout) == told(CALLS[name])


@pytest.mark.host
@pytest.mark.skipif(shutil.which("javac") is None, reason="javac is not installed")
def test_programs_for_jedis(tmp_path: Path) -> None:
    files = {path: (STAND_INS / name).read_text() for path, name in JAVA_CLIENTS.items()}
    for index, call in enumerate(CALLS.values()):
        files[f"Case{index}.java"] = functions.write_jedis(with_changes(call, name=f"case{index}"))
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii", newline="")
    subprocess.run(["javac", *files], cwd=tmp_path, check=True)
    for index, call in enumerate(CALLS.values()):
        done = subprocess.run(["java", "-Xshare:auto", f"Case{index}"], cwd=tmp_path, capture_output=True, check=True)
        assert json.loads(done.stdout) == told(call)


def test_read_only_calls_use_the_read_only_command() -> None:
    call = with_changes(CALLS["nothing"], mode="FCALL_RO")
    written = [
        (functions.write_shell, "redis-cli FCALL_RO echo 0"),
        (functions.write_redis_py, "client.fcall_ro('echo', 0)"),
        (functions.write_ioredis, 'redis.fcall_ro("echo", 0)'),
        (functions.write_node_redis, 'client.fCallRo("echo", {'),
        (functions.write_go_redis, 'client.FCallRO(ctx, "echo", []string{})'),
        (functions.write_jedis, 'jedis.fcallReadonly("echo", keys, args)'),
    ]
    for write, text in written:
        assert text in write(call)


def test_forms_without_functions_say_so() -> None:
    script = f"#!lua name=echoes\nredis.register_function('echo', function(KEYS, ARGV) {ECHO.decode()} end)"
    request = {"type": "Export", "script": script, "keys": [], "argv": [], "name": ""}
    request |= {"mode": "FCALL", "function": "echo"}
    answer = json.loads(to_json(Bridge().answer(json.dumps(request))))
    assert [snippet["form"] for snippet in answer["snippets"]] == list(FORMS)
    assert [snippet["form"] for snippet in answer["snippets"] if not snippet["text"]] == ["eval", "file", "evalsha"]
