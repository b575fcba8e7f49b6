"""The call of a library's function as text for elsewhere arrives byte for byte, through a shell and each client."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ferrous_vm.records import with_changes
from ferrous_vm.workbench.exports import FORMS, functions, lettuce
from pyodide_bridge.bridge import Bridge, to_json
from tests.record.resp import Connection
from tests.workbench.test_exports import CALLS as SCRIPT_CALLS
from tests.workbench.test_exports import ECHO, in_shell, printed

CALLS = {
    name: with_changes(
        call,
        script=b"#!lua name=echoes\nredis.register_function('echo', function(KEYS, ARGV)\n%b\nend)" % call.script,
        mode="FCALL",
        function=b"echo",
    )
    for name, call in SCRIPT_CALLS.items()
}


@pytest.mark.oracle
@pytest.mark.parametrize("name", CALLS)
def test_lines_for_redis_cli_load_and_call(name: str, redis_port: int, tmp_path: Path) -> None:
    *_, output = in_shell(functions.write_shell(CALLS[name]), redis_port, tmp_path)
    assert output == printed(CALLS[name])
    server = Connection(redis_port)
    assert b"echoes" in server.ask(b"FUNCTION", b"LIST")
    server.close()


def test_read_only_calls_use_the_read_only_command() -> None:
    call = with_changes(CALLS["nothing"], mode="FCALL_RO")
    written = [
        (functions.write_shell, "redis-cli FCALL_RO echo 0"),
        (functions.write_redis_py, "client.fcall_ro('echo', 0)"),
        (functions.write_ioredis, 'redis.fcall_ro("echo", 0)'),
        (functions.write_node_redis, 'client.fCallRo("echo", {'),
        (functions.write_go_redis, 'client.FCallRO(ctx, "echo", []string{})'),
        (functions.write_jedis, 'jedis.fcallReadonly("echo", keys, args)'),
        (lettuce.write_lettuce_function, "connection.sync().fcallReadOnly("),
        (functions.write_stack_exchange, 'Execute("FCALL_RO", new object[] { "echo", 0 })'),
        (functions.write_predis, "executeRaw(['FCALL_RO', 'echo', '0'])"),
        (functions.write_phpredis, "rawCommand('FCALL_RO', 'echo', '0')"),
        (functions.write_redis_rb, "redis.call('FCALL_RO', 'echo', '0')"),
        (functions.write_redis_rs, 'redis::cmd("FCALL_RO")'),
    ]
    for write, text in written:
        assert text in write(call)


def test_forms_without_functions_say_so() -> None:
    script = f"#!lua name=echoes\nredis.register_function('echo', function(KEYS, ARGV) {ECHO.decode()} end)"
    request = {"type": "Export", "script": script, "keys": [], "argv": [], "name": ""}
    request |= {"mode": "FCALL", "function": "echo"}
    answer = json.loads(to_json(Bridge().answer(json.dumps(request))))
    assert [snippet["form"] for snippet in answer["snippets"]] == list(FORMS)
    without = [snippet["form"] for snippet in answer["snippets"] if not snippet["text"]]
    assert without == ["eval", "file", "evalsha", "pytest", "jest"]
