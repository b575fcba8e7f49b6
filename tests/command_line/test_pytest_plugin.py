"""The plugin for pytest: scripts and scenarios beside tests in Python, and its fixtures."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.host

pytest_plugins = "pytester"

HOLDS = '-- scenario: {}\n-- at the end: redis("GET", "n") == "{}"\n-- clients: 2 w\nredis("INCR", "n")\n'
SCENARIOS = {
    "holds": HOLDS.format("holds", 2),
    "broken": HOLDS.format("is broken", 3),
    "steps": "-- scenario: has steps\n-- steps\n-- A: INCR n\n-- expect reply: (integer) 2\n",
    "early": "-- scenario: fails early\n-- client A\nnothing()\n-- steps\n-- A goes on\n",
    "wrong": HOLDS.format("is wrong", 2) + "-- may: rain\n",
}
SCRIPTS = {
    "number": '-- keys: a  argv: 0.1\n-- expect key a: "0.1"\nreturn redis.call("SET", KEYS[1], tonumber(ARGV[1]))\n',
    "plain": "return 1\n",
    "wrong": "-- expect reply: 1\nreturn 1\n",
    "library": "#!lua name=lib\n-- call f keys: a  argv:\n-- expect reply: (integer) 1\n"
    "redis.register_function('f', function() return 1 end)\n",
}
TESTS = """\
import pytest

def test_time(ferrous_client, ferrous_clock):
    ferrous_client.execute(b"SET", b"lock", b"me", b"PX", b"1000")
    ferrous_clock.advance(1000)
    assert ferrous_client.execute(b"GET", b"lock") == b"me"
    ferrous_clock.advance(1)
    assert ferrous_client.execute(b"GET", b"lock") is None

def test_is_empty_and_knows_the_server(ferrous_server, ferrous_client, ferrous_profile):
    assert ferrous_client.execute(b"GET", b"lock") is None
    assert ferrous_server.keyspace.profile.name == ferrous_profile

def test_a_client_of_redis_py(ferrous_redis, ferrous_client):
    ferrous_redis.set("k", "v")
    assert ferrous_redis.eval("return redis.call('GET', KEYS[1])", 1, "k") == b"v"
    assert ferrous_client.execute(b"GET", b"k") == b"v"

@pytest.mark.ferrous(profile="redis-6.2", engine="machine", seed=7)
def test_marked(ferrous_server, ferrous_server_factory):
    other = ferrous_server_factory(seed=7)
    assert ferrous_server.keyspace.profile.name == other.keyspace.profile.name == "redis-6.2"
    script = (b"EVAL", b"return math.random(1000000)", b"0")
    assert ferrous_server.connect().execute(*script) == other.connect().execute(*script)
"""


def run(pytester: pytest.Pytester, *options: str) -> tuple[dict[str, int], str]:
    """The outcomes of a run in a process of its own, and what it printed; the plugin is asked for by name."""
    pytester._monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # which would find it where it is installed
    done = pytester.runpytest_subprocess("-p", "ferrous_vm.command_line.pytest_plugin", "--color=no", *options)
    out = done.stdout.str() + done.stderr.str()
    assert not re.search(r"Traceback|INTERNALERROR", out)
    return done.parseoutcomes(), out


def test_scenarios_are_collected_and_told_of_in_words(pytester: pytest.Pytester) -> None:
    pytester.makefile(".scenario", **SCENARIOS)
    outcomes, out = run(pytester, "--continue-on-collection-errors")
    assert outcomes == {"failed": 3, "passed": 1, "errors": 1}
    assert "early.scenario:5: A goes on: broken\n      A: error: client A:3: attempt to call" in out
    assert "It fails after 2 events: at the end: redis" in out
    assert "2. at 0 ms: w2: INCR n → (integer) 2. Broken: at the end" in out
    assert "steps.scenario:3: reply" in out
    assert "expected  (integer) 2" in out
    assert "got       (integer) 1" in out
    assert "wrong.scenario:5: 'rain' is nothing that may happen" in out


def test_scripts_with_expectations_are_tests_on_each_server(pytester: pytest.Pytester) -> None:
    pytester.makefile(".lua", **SCRIPTS)
    outcomes, out = run(pytester, "--continue-on-collection-errors", "--ferrous-server", "redis-7.0,valkey-8.1")
    assert outcomes == {"failed": 1, "passed": 3, "errors": 1}
    assert "number.lua:1: key a on redis-7.0" in out
    assert 'expected  "0.1"' in out
    assert 'got       "0.10000000000000001"' in out
    assert "wrong.lua:1: an expectation comes behind the line" in out


def test_fixtures_give_a_server_a_connection_and_a_clock(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    pytester.makeini("[pytest]\nferrous_server = valkey-9.1\n")
    assert run(pytester)[0] == {"passed": 4}
    outcomes, out = run(pytester, "--ferrous-server", "redis-7.2,valkey-9.1", "-v", "--strict-markers")
    assert outcomes == {"passed": 7}
    assert "test_time[redis-7.2] PASSED" in out
    assert "test_marked PASSED" in out


def test_an_unknown_server_is_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    _, out = run(pytester, "--ferrous-server", "redis-5")
    assert "--ferrous-server: there is no server 'redis-5': there are redis-6.2, " in out


CALLS = """\
-- given: SET stock apple
-- keys: list   argv:
-- expect reply: 1) "a"
-- expect reply: 2) "b"
-- expect reply: 3) "c"
-- keys: stock   argv: 2
-- expect reply: (integer) 1
-- keys: stock   argv:
-- expect key stock: "apple"
if KEYS[1] == "list" then return {"a", "x", "c"} end
if ARGV[1] then return redis.call("DECRBY", KEYS[1], ARGV[1]) end
"""


def test_each_call_is_an_item_which_tells_the_line_the_difference_and_what_an_error_means(
    pytester: pytest.Pytester,
) -> None:
    pytester.makefile(".lua", stock=CALLS)
    outcomes, out = run(pytester, "-v", "--ferrous-server", "redis-7.0,valkey-9.1")
    assert outcomes == {"failed": 4, "passed": 2}
    assert "stock.lua::line-8[valkey-9.1] PASSED" in out
    assert '      differs    1) "a"\n                -2) "b"\n                +2) "x"\n                 3) "c"' in out
    assert "stock.lua:6: reply on redis-7.0" in out
    assert 'because   The key "stock" holds "apple", no integer of 64 bits, so DECRBY cannot count on.' in out
    assert run(pytester, "-k", "line-8")[0] == {"passed": 1, "deselected": 2}
    assert run(pytester, "stock.lua::line-6[redis-7.0]")[0] == {"failed": 1}


def test_what_failed_before_the_first_call_is_told_with_it(pytester: pytest.Pytester) -> None:
    pytester.makefile(".lua", given="-- given: GET\n-- keys: a  argv:\n-- expect reply: 1\nreturn '1'\n")
    outcomes, out = run(pytester)
    assert outcomes == {"failed": 1}
    assert "given.lua:1: given on redis-7.0" in out
    assert "given.lua:2: reply on redis-7.0" in out


FACTORIES = """\
import pytest
from ferrous_vm.command_line import pytest_factories as factories

sessions = factories.server(seed=7)
sessions_client = factories.client("sessions")
sessions_redis = factories.redis("sessions", decode_responses=True)
stock_redis = factories.redis()

def test_each_has_its_server(sessions, sessions_client, sessions_redis, stock_redis, ferrous_server, ferrous_profile):
    sessions_redis.set("k", "v")
    assert sessions_client.execute(b"GET", b"k") == b"v"
    assert sessions_redis.get("k") == "v"
    assert stock_redis.get("k") is None
    assert sessions is not ferrous_server
    assert sessions.keyspace.profile.name == ferrous_profile

@pytest.mark.parametrize("number", range(20))
def test_is_empty(sessions_redis, ferrous_clock, number):
    assert sessions_redis.incr("n") == 1
    sessions_redis.pexpire("n", 1000)
    ferrous_clock.advance(1001)
    assert not sessions_redis.exists("n")
"""


def test_factories_make_further_servers_and_clients(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FACTORIES)
    assert run(pytester, "--ferrous-server", "redis-7.2,valkey-9.1")[0] == {"passed": 42}


def test_all_is_carried_out_in_parallel_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FACTORIES)
    pytester.makefile(".lua", stock=CALLS)
    pytester.makefile(".scenario", **{name: SCENARIOS[name] for name in ("holds", "steps")})
    outcomes, out = run(pytester, "-p", "xdist", "-n", "2", "--ferrous-server", "redis-7.2,valkey-9.1")
    assert outcomes == {"passed": 42 + 2 + 1, "failed": 4 + 1}
    assert "stock.lua:2: reply on valkey-9.1" in out


def test_options_stand_in_the_ini_file_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "def test_made(ferrous_server_factory, ferrous_server):\n"
        "    assert ferrous_server_factory.keywords['engine'] == 'machine'\n"
        "    script = (b'EVAL', b'return math.random(1000000)', b'0')\n"
        "    other = ferrous_server_factory(seed=3).connect()\n"
        "    assert ferrous_server.connect().execute(*script) == other.execute(*script)\n"
    )
    pytester.makeini("[pytest]\nferrous_engine = machine\nferrous_seed = 3\n")
    assert run(pytester)[0] == {"passed": 1}
    pytester.makefile(".lua", stock=CALLS)
    assert run(pytester, "--ferrous-engine", "translator")[0] == {"failed": 3, "passed": 1}
    _, out = run(pytester, "--ferrous-engine", "steam")
    assert "--ferrous-engine: there is no engine 'steam': there are " in out
    pytester.makeini("[pytest]\nferrous_seed = many\n")
    assert "ferrous_seed: 'many' is no number" in run(pytester)[1]


COVERED = """\
import pytest
from pathlib import Path

@pytest.mark.parametrize("words", [(), ("x",)])
def test_half(ferrous_redis, words):
    assert ferrous_redis.eval(Path("half.lua").read_text(), 0, *words) == 1 + len(words)

def test_string(ferrous_redis):
    ferrous_redis.eval(\'\'\'
        if redis.call("EXISTS", "k") == 1 then
          return 1
        end
    \'\'\', 0)
"""


@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n", "2")])
def test_scripts_are_covered_by_file(pytester: pytest.Pytester, options: tuple[str, ...]) -> None:
    pytester.makepyfile(test_covered=COVERED)
    pytester.makefile(".lua", half="if ARGV[1] then\n  return 2\nend\nreturn 1\n", stock=CALLS)
    outcomes, out = run(pytester, *options, "--ferrous-coverage", "lcov.info")
    assert outcomes == {"failed": 2, "passed": 4}
    assert "half.lua: 3 of 3 lines, 2 of 2 branches\n" in out
    assert "stock.lua: 2 of 2 lines, 4 of 4 branches" in out
    assert "test_covered.py: 1 of 2 lines, 1 of 2 branches; never executed: 11; one way only: 10" in out
    assert "SF:half.lua" in (pytester.path / "lcov.info").read_text()
    assert "coverage of scripts" not in run(pytester)[1]
