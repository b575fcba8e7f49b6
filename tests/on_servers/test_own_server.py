"""A server that is theirs, a cluster that is started for it, and the ways to a server."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ferrous_vm.__main__ import FAILED, MISUSED, OK, main
from ferrous_vm.on_servers.connections import LiveServer, name_and_version, profile_of, without_password
from tests.on_servers.somebody import Somebody
from tests.record.resp import Connection
from tests.record.servers import running

pytestmark = [pytest.mark.host, pytest.mark.oracle]

PASSING = """\
-- given: SET stock 3
-- keys: stock   argv: 2
-- expect reply: (integer) 1
-- expect key stock: "1"
return redis.call('DECRBY', KEYS[1], ARGV[1])
"""
COMPUTING = """\
-- keys: a   argv: b
-- expect reply: (integer) 1
return redis.call('SADD', KEYS[1] .. ':' .. ARGV[1], 'm')
"""
LIBRARY = """\
#!lua name=stocks
-- call take keys: stock   argv: 2
-- expect reply: (integer) -2
redis.register_function('take', function(keys, argv) return redis.call('DECRBY', keys[1], argv[1]) end)
"""


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("passing", PASSING), ("computing", COMPUTING), ("library", LIBRARY)):
        Path(f"{name}.lua").write_text(text)
    return tmp_path


@pytest.mark.usefixtures("scripts")
def test_an_empty_database_of_theirs_is_empty_again(redis_7: Somebody, capsys: pytest.CaptureFixture[str]) -> None:
    before = redis_7.everything()
    assert main(["test", ".", "--on", f"{redis_7.url}/9", "--mine"]) == OK
    assert "library.lua: 1 call on redis" in capsys.readouterr().out
    assert redis_7.everything() == before


@pytest.mark.usefixtures("scripts")
def test_a_database_that_holds_something_is_left_alone(redis_7: Somebody, capsys: pytest.CaptureFixture[str]) -> None:
    before = redis_7.everything()
    assert main(["test", ".", "--on", redis_7.url, "--mine"]) == MISUSED
    assert "the database holds 6 keys already" in capsys.readouterr().err
    assert redis_7.everything() == before


@pytest.mark.usefixtures("scripts")
def test_a_library_is_not_loaded_where_it_is_everybodys(redis_7: Somebody, capsys: pytest.CaptureFixture[str]) -> None:
    before = redis_7.everything()
    assert main(["test", "library.lua", "--on", redis_7.url]) == MISUSED
    assert "a library is everybody's" in capsys.readouterr().err
    assert redis_7.everything() == before


@pytest.mark.usefixtures("scripts")
def test_a_suite_runs_beside_what_a_server_holds(somebody: Somebody, capsys: pytest.CaptureFixture[str]) -> None:
    before = somebody.everything()
    assert main(["test", "passing.lua", "computing.lua", "--on", somebody.url]) == OK
    assert capsys.readouterr().out.endswith("2 files, 2 calls, none failed\n")
    assert somebody.everything() == before


@pytest.mark.usefixtures("scripts")
def test_what_is_no_script_is_not_passed_over(redis_7: Somebody, capsys: pytest.CaptureFixture[str]) -> None:
    Path("lock.scenario").write_text("-- steps")
    assert main(["test", "passing.lua", "lock.scenario", "--on", redis_7.url]) == MISUSED
    assert "lock.scenario: only scripts" in capsys.readouterr().err


@pytest.mark.usefixtures("scripts")
def test_run_prints_the_reply_there(redis_7: Somebody, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "computing.lua", "--keys", "k", "--args", "x", "--on", redis_7.url]) == OK
    assert capsys.readouterr().out == "(integer) 1\n"
    assert main(["run", "passing.lua", "--keys", "k", "--args", "3", "--on", redis_7.url, "--resp", "3"]) == OK
    Path("outside.lua").write_text("return redis.call('SET', 'prod:1', 'x')")
    assert main(["run", "outside.lua", "--on", redis_7.url]) == FAILED
    assert "the server refused the key prod:1" in capsys.readouterr().err
    assert main(["run", "passing.lua", "--on", redis_7.url, "--server", "all"]) == MISUSED


def test_read_only_looks_at_what_is_there(
    redis_7: Somebody, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = redis_7.everything()
    script = tmp_path / "read.lua"
    on = ["--read-only", "--on", redis_7.url]
    script.write_text("return {redis.call('GET', KEYS[1]), redis.call('HGETALL', 'h')}")
    assert main(["run", str(script), "--keys", "stock", *on]) == OK
    assert capsys.readouterr().out.startswith('1) "99"\n')
    for command in ("SET", "PUBLISH", "INCR"):
        script.write_text(f"return redis.call('{command}', 'stock', 1)")
        assert main(["run", str(script), *on]) == FAILED
    script.write_text("while true do redis.call('GET', 'stock') end")
    assert main(["run", str(script), *on]) == MISUSED
    assert redis_7.everything() == before


@pytest.mark.usefixtures("scripts")
def test_a_cluster_finds_what_only_clusters_refuse(capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server is installed")
    assert main(["test", "passing.lua", "computing.lua", "library.lua"]) == OK
    assert main(["test", "passing.lua", "computing.lua", "library.lua", "--on", "cluster"]) == FAILED
    told = capsys.readouterr().out
    assert "ok    passing.lua: 1 call on redis://127.0.0.1:" in told
    assert "ok    library.lua: 1 call on redis://127.0.0.1:" in told
    assert "got       (error) ERR Script attempted to access a non local key in a cluster node" in told


def test_an_enclosure_is_on_the_node_whose_turn_it_is() -> None:
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server is installed")
    from ferrous_vm.on_servers.enclosure import Enclosure
    from ferrous_vm.on_servers.grounds import carry_out
    from ferrous_vm.on_servers.loopback_cluster import loopback_cluster

    with loopback_cluster() as address, LiveServer(address) as server:
        script = b"return redis.call('SET', KEYS[1] .. ':sub', KEYS[2])"
        for turn in range(4):
            ground = Enclosure(server, turn)
            assert server.node_of(ground.prefix) == turn % 3
            assert carry_out(ground, lambda ask: ask([b"EVAL", script, b"2", b"a", b"b"])) == (b"+OK\r\n", [])
        for number in range(3):
            assert server.ask_node(number, b"DBSIZE") == b":0\r\n"
            assert server.ask_node(number, b"ACL", b"USERS") == b"*1\r\n$7\r\ndefault\r\n"


@contextmanager
def sentinel_of(port: int, folder: Path) -> Iterator[int]:
    """A sentinel that watches a server."""
    from tests.record.servers import _free_port

    own = _free_port()
    settings = folder / "sentinel.conf"
    settings.write_text(f"port {own}\nbind 127.0.0.1\nsentinel monitor stocks 127.0.0.1 {port} 1\n")
    process = subprocess.Popen(["redis-server", str(settings), "--sentinel"], stdout=subprocess.DEVNULL)
    try:
        for _ in range(500):
            try:
                Connection(own).close()
                break
            except OSError:
                subprocess.run(["sleep", "0.02"], check=True)
        yield own
    finally:
        process.kill()
        process.wait()


def test_a_sentinel_names_the_server(redis_7: Somebody, tmp_path: Path) -> None:
    with (
        sentinel_of(redis_7.port, tmp_path) as port,
        LiveServer(f"sentinel://127.0.0.1:{port}/stocks/1") as server,
    ):
        assert server.ask_node(0, b"DBSIZE") == b":1\r\n"


def test_tls_and_passwords_are_the_librarys(tmp_path: Path) -> None:
    if shutil.which("openssl") is None or shutil.which("redis-server") is None:
        pytest.skip("no openssl is installed")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-keyout",
        "key",
        "-out",
        "cert",
    ]
    subprocess.run([*command, *subject], cwd=tmp_path, check=True, capture_output=True)
    files = ["--tls-cert-file", str(tmp_path / "cert"), "--tls-key-file", str(tmp_path / "key")]
    from tests.record.servers import _free_port

    port = _free_port()
    tls = ["--tls-port", str(port), *files, "--tls-ca-cert-file", str(tmp_path / "cert"), "--tls-auth-clients", "no"]
    with running("redis-7.0", *tls, "--requirepass", "secret"):
        address = f"rediss://:secret@127.0.0.1:{port}?ssl_ca_certs={tmp_path / 'cert'}"
        with LiveServer(address) as server:
            assert server.ask_node(0, b"PING") == b"+PONG\r\n"
            assert "secret" not in server.title


@pytest.mark.parametrize("scheme", ["redis", "valkey"])
def test_either_library_makes_the_connection(somebody: Somebody, scheme: str) -> None:
    with LiveServer(somebody.url.replace("redis:", f"{scheme}:")) as server:
        assert type(server.nodes[0].pool).__module__.startswith(scheme)
        assert server.profile == somebody.name


def test_what_info_tells_names_the_profile() -> None:
    assert profile_of(b"redis_version:7.0.15\r\n") == "redis-7.0"
    assert profile_of(b"redis_version:8.4.1\r\n") == "redis-8.2"
    assert profile_of(b"redis_version:7.2.4\r\nvalkey_version:8.0.3\r\n") == "valkey-8.0"
    assert profile_of(b"redis_version:5.0.1\r\n") == "redis-6.2"
    assert name_and_version(b"redis_version:7.0.15\r\n") == ("Redis", "7.0.15")
    assert without_password("redis://me:secret@host:1/2") == "redis://host:1/2"
