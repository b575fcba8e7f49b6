"""What is executed on a server that is watched: by line and branch, of the file that a script comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrous_vm.server import Client, Server
from ferrous_vm.workbench.coverage import Coverage
from ferrous_vm.workbench.covered_files import files_of
from ferrous_vm.workbench.server_coverage import ServerCoverage

pytestmark = pytest.mark.host  # programs are read by tree-sitter

SCRIPT = b"""\
local n = tonumber(redis.call('GET', KEYS[1]) or '0')
for i = 1, 2 do n = n + i end
if n > 5 then
  return 'much'
end
local function never() return 1 end
local ok = pcall(function() error({}) end)
local big = setmetatable({}, {__lt = function() return true end})
if big < big then return n end
"""
LIBRARY = b"""\
#!lua name=lib
local function take(keys, args)
  if args[1] then return 1 end
  return 0
end
redis.register_function('take', take)
"""


def run(client: Client) -> None:
    """Calls of a script and of a function, by all commands."""
    sha = client.execute(b"SCRIPT", b"LOAD", SCRIPT)
    client.execute(b"SET", b"large", b"9")
    client.execute(b"EVAL", SCRIPT, b"1", b"k")
    assert isinstance(sha, bytes)
    client.execute(b"EVALSHA", sha, b"1", b"large")
    client.execute(b"EVALSHA_RO", sha, b"1", b"k")
    client.execute(b"FUNCTION", b"LOAD", LIBRARY)
    client.execute(b"MULTI")
    client.execute(b"FCALL", b"take", b"0", b"x")
    client.execute(b"EXEC")


def lines(coverage: Coverage) -> dict[int, tuple[int, list[list[int]]]]:
    return {line.line: (line.count, line.branches) for line in coverage.lines()}


@pytest.mark.parametrize("engine", ["translator", "machine"])
def test_lines_and_branches_of_every_call_are_counted(engine: str) -> None:
    server, covered = Server(engine), ServerCoverage()
    covered.watch(server)
    run(server.connect())
    scripts = covered.scripts()
    assert len(scripts) == 2
    counted = lines(scripts[SCRIPT])
    assert {line: count for line, (count, _) in counted.items()} == {1: 3, 2: 9, 3: 3, 4: 1, 6: 2, 7: 4, 8: 4, 9: 2}
    assert counted[3][1] == [[1, 2]]
    assert counted[9][1] == [[2, 0]]
    assert lines(scripts[LIBRARY[14:]]) == {3: (1, [[1, 0]]), 4: (0, [])}


def test_it_tells_what_each_call_told_alone() -> None:
    """The counts are those of a recorded run (`ferrous test --coverage`)."""
    covered, alone = ServerCoverage(), Coverage()
    server, other = Server(), Server()
    covered.watch(server)
    for key in (b"k", b"large", b"k"):
        argv = [b"EVAL", SCRIPT, b"1", key]
        for one in (server, other):
            one.connect().execute(b"SET", b"large", b"9")
        alone.add_call(other, other.connect(), argv, SCRIPT)
        assert server.connect().execute(*argv) == other.connect().execute(*argv)
    assert covered.scripts()[SCRIPT].lcov("f") == alone.lcov("f")


def test_what_is_loaded_already_is_counted_and_stays_loaded(tmp_path: Path) -> None:
    server, covered = Server(), ServerCoverage()
    client = server.connect()
    run(client)
    kept = client.execute(b"FUNCTION", b"DUMP")
    covered.watch(server)
    covered.watch(server)
    assert client.execute(b"FUNCTION", b"DUMP") == kept
    assert client.execute(b"FCALL", b"take", b"0") == 0
    covered.leave(server)
    covered.leave(server)
    assert client.execute(b"FCALL", b"take", b"0", b"x") == 1
    assert lines(covered.scripts()[LIBRARY[14:]]) == {3: (1, [[0, 1]]), 4: (1, [])}
    covered.forget()
    assert lines(covered.scripts()[LIBRARY[14:]]) == {3: (0, [[0, 0]]), 4: (0, [])}


def test_a_server_that_is_not_watched_pays_nothing() -> None:
    server, covered = Server(), ServerCoverage()
    before = (server.scripting.create_runtime, server.scripting.engines)
    covered.watch(server)
    covered.leave(server)
    assert (server.scripting.create_runtime, server.scripting.engines) == before


def test_limits_and_errors_are_as_without(tmp_path: Path) -> None:
    watched, plain, covered = Server(seed=1), Server(seed=1), ServerCoverage()
    covered.watch(watched)
    for script in (b"return = 1", b"error('x')", b"return redis.call('INCR')", b"return nil + 1", b"#!lua flags=x\n"):
        argv = (b"EVAL", script, b"0")
        assert watched.connect().execute_resp(*argv) == plain.connect().execute_resp(*argv)
    limited = Server(engine="machine")
    covered.watch(limited)
    limited.connect().execute(b"CONFIG", b"SET", b"busy-reply-threshold", b"50")
    assert limited.connect().execute_resp(b"EVAL", b"while true do end", b"0")[:1] == b"-"


def test_processes_add_what_they_counted() -> None:
    first, second = ServerCoverage(), ServerCoverage()
    for covered in (first, second):
        server = Server()
        covered.watch(server)
        run(server.connect())
    together = ServerCoverage()
    together.add(first.totals())
    together.add(second.totals())
    assert lines(together.scripts()[SCRIPT])[4] == (2, [])
    assert lines(together.scripts()[LIBRARY[14:]])[3] == (2, [[2, 0]])


PROGRAM = b'''import redis

FIRST = """
%s"""
SECOND = "return redis.call('GET', KEYS[1])"
'''


def test_lines_are_told_of_the_file_that_has_the_script(tmp_path: Path) -> None:
    server, covered = Server(), ServerCoverage()
    covered.watch(server)
    client = server.connect()
    run(client)
    client.execute(b"EVAL", b"return redis.call('GET', KEYS[1])", b"1", b"k")
    client.execute(b"EVAL", b"return 1", b"0")
    (tmp_path / "lib.lua").write_bytes(b"\n" + LIBRARY + b"\n\n")
    (tmp_path / "app.py").write_bytes(PROGRAM % SCRIPT)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "one.lua").write_bytes(b"return 1")
    (tmp_path / "broken.lua").write_bytes(b"\xff = \x00")
    program, library, unknown = files_of(covered.scripts(), [tmp_path, tmp_path], tmp_path)
    assert program.path == "app.py"
    assert {line.line for line in program.lines} == {4, 5, 6, 7, 9, 10, 11, 12, 14}
    assert "app.py: 9 of 9 lines" in program.in_words()
    assert "one way only: " in program.in_words()
    assert library.in_words() == "lib.lua: 1 of 2 lines, 1 of 2 branches; never executed: 5; one way only: 4"
    assert unknown.path == "script-e0e1f9fabfc9d4800c877a703b823ac0578ff8db.lua"
    assert "SF:lib.lua\nFN:3,function at line 3\nFNDA:1,function at line 3\n" in library.lcov()
