"""What other servers do otherwise than Redis 7.0.15; every reply was asked of the servers themselves."""

from __future__ import annotations

import hashlib

import pytest

import ferrous_vm
from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.cluster import Cluster, Node
from ferrous_vm.keyspace.encodings.rdb_files import load_file, restore_keyspace, save_file
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.server import Server
from ferrous_vm.values.murmur import murmur_hash

ENGINES = ("translator", "machine")


def client(profile: str, engine: str = "translator", now: int = 1_700_000_000_000_000) -> ferrous_vm.Client:
    times = iter(range(now, now + 10**9, 1000))
    return ferrous_vm.Server(engine, profile=profile, clock=lambda: next(times)).connect()


def said(profile: str, script: bytes, engine: str = "translator") -> object:
    reply = client(profile, engine).execute(b"EVAL", script, b"0")
    return reply.message if isinstance(reply, ErrorReply) else reply


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_as_arguments(engine: str) -> None:
    script = b"redis.call('SET', 'k', 1/3) return redis.call('GET', 'k')"
    assert said("redis-7.0", script, engine) == b"0.33333333333333331"
    assert said("redis-7.2", script, engine) == b"0.3333333333333333"
    assert said("valkey-9.1", b"redis.call('SET', 'k', -0.0) return redis.call('GET', 'k')", engine) == b"0"


@pytest.mark.parametrize("engine", ENGINES)
def test_time_in_scripts(engine: str) -> None:
    script = b"local a = redis.call('TIME') local b = redis.call('TIME') return a[2] == b[2] and 1 or 0"
    assert said("redis-7.0", script, engine) == 0
    assert said("redis-7.2", script, engine) == 1


def test_time_in_transactions() -> None:
    one = client("redis-7.2")
    for words in ([b"MULTI"], [b"TIME"], [b"TIME"]):
        one.execute(*words)
    first, second = one.execute(b"EXEC")  # type: ignore[misc, union-attr]
    assert first == second
    assert one.execute(b"TIME") != first


@pytest.mark.parametrize("engine", ENGINES)
def test_the_name_of_a_script_is_gone_from_its_errors(engine: str) -> None:
    assert said("valkey-9.0", b"return redis.call('FOO')", engine) == (
        b"ERR Unknown command called from script script: %b, on @user_script:1." % _sha(b"return redis.call('FOO')")
    )
    assert said("valkey-9.1", b"return redis.call('FOO')", engine) == (
        b"ERR Unknown command called from script script: on @user_script:1."
    )


def _sha(script: bytes) -> bytes:
    return hashlib.sha1(script).hexdigest().encode()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_order_of_tables(engine: str) -> None:
    script = b"local t = {} for i = 1, 10 do t['k' .. i] = 1 end local o = {} for k in pairs(t) do o[#o + 1] = k end "
    script += b"return table.concat(o, ',')"
    assert said("valkey-8.1", script, engine) == b"k9,k2,k3,k6,k10,k1,k8,k4,k7,k5"
    assert said("valkey-8.0", script, engine) == said("redis-7.0", script, engine)


def test_servers_in_one_process_have_each_their_own_order() -> None:
    """What one remembers of the order of records is none of the other's."""
    script = b"return cjson.encode({k1 = 1, k2 = 2, k3 = 3, k4 = 4, k5 = 5, k6 = 6, k7 = 7})"
    servers = [Server(profile=name).connect() for name in ("redis-7.0", "valkey-8.1")]
    orders = [client.execute(b"EVAL", script, b"0") for client in servers * 2]
    assert orders[0] == orders[2]
    assert orders[1] == orders[3]
    assert orders[0] != orders[1]


def test_murmur() -> None:
    assert murmur_hash(b"") == 0
    assert murmur_hash(b"abcd") != murmur_hash(b"abce")


def test_scripts_that_came_by_eval_are_forgotten() -> None:
    one = client("redis-7.4")
    kept = one.execute(b"SCRIPT", b"LOAD", b"return 'kept'")
    one.execute(b"EVAL", b"return 'first'", b"0")
    for number in range(500):
        one.execute(b"EVAL", b"return %d" % number, b"0")
    assert one.execute(b"SCRIPT", b"EXISTS", _sha(b"return 'first'"), kept, _sha(b"return 0")) == [0, 1, 1]  # type: ignore[arg-type]


def test_encodings() -> None:
    old, new = client("redis-7.0"), client("redis-7.2")
    for one in (old, new):
        one.execute(b"SADD", b"s", b"a", b"1")
        one.execute(b"RPUSH", b"l", b"a")
    assert old.execute(b"OBJECT", b"ENCODING", b"s") == b"hashtable"
    assert new.execute(b"OBJECT", b"ENCODING", b"s") == b"listpack"
    assert new.execute(b"OBJECT", b"ENCODING", b"l") == b"listpack"
    for number in range(127):
        new.execute(b"SADD", b"s", b"%d" % number)
    assert new.execute(b"OBJECT", b"ENCODING", b"s") == b"listpack"
    new.execute(b"SADD", b"s", b"one more")
    assert new.execute(b"OBJECT", b"ENCODING", b"s") == b"hashtable"


def test_a_packed_set_keeps_its_order_and_is_undone() -> None:
    one = client("redis-7.2")
    one.execute(b"SADD", b"s", b"a", b"b", b"c")
    journal = one.session.keyspace.open_journal()
    mark = journal.savepoint()
    one.execute(b"SREM", b"s", b"a")
    one.execute(b"SADD", b"s", b"x" * 65)
    assert one.execute(b"OBJECT", b"ENCODING", b"s") == b"hashtable"
    one.session.keyspace.undo(mark)
    assert one.execute(b"SMEMBERS", b"s") == [b"a", b"b", b"c"]
    assert one.execute(b"OBJECT", b"ENCODING", b"s") == b"listpack"


@pytest.mark.parametrize(
    ("profile", "longest"),
    [
        ("redis-7.0", (44, 44, 44)),
        ("redis-8.2", (40, 21, 1)),
        ("valkey-9.0", (40, 21, None)),
        ("valkey-9.1", (112, 93, 71)),
    ],
)
def test_the_longest_embedded_string(profile: str, longest: tuple[int | None, ...]) -> None:
    one = client(profile)
    for size, length in zip((1, 20, 40), longest, strict=True):
        if length is not None:
            one.execute(b"SET", b"k" * size, b"v" * length)
            assert one.execute(b"OBJECT", b"ENCODING", b"k" * size) == b"embstr"
            one.execute(b"SET", b"k" * size, b"v" * (length + 1))
            assert one.execute(b"OBJECT", b"ENCODING", b"k" * size) == b"raw"


def test_what_one_server_dumps_another_of_its_kind_restores() -> None:
    new, other, old = client("redis-7.2"), client("redis-7.2"), client("redis-7.0")
    new.execute(b"SADD", b"s", b"a", b"b")
    new.execute(b"XADD", b"x", b"1-1", b"f", b"v")
    new.execute(b"XGROUP", b"CREATE", b"x", b"g", b"0")
    new.execute(b"XREADGROUP", b"GROUP", b"g", b"c", b"STREAMS", b"x", b">")
    for key in (b"s", b"x"):
        payload = new.execute(b"DUMP", key)
        assert isinstance(payload, bytes)
        assert other.execute(b"RESTORE", key, b"0", payload) == b"OK"
        assert other.execute(b"DUMP", key) == payload
        refused = old.execute(b"RESTORE", key, b"0", payload)
        assert isinstance(refused, ErrorReply)


def test_the_names_of_the_server() -> None:
    script = (
        b"return {server == redis, server.SERVER_NAME, server.VALKEY_VERSION, redis.REDIS_VERSION, type(os.clock())}"
    )
    assert said("valkey-8.1", script) == [1, b"valkey", b"8.1.8", b"7.2.4", b"number"]


def test_shebangs_find_engines() -> None:
    assert said("valkey-8.1", b"#!LUA\nreturn 1") == 1
    assert said("valkey-8.1", b"#!js\nreturn 1") == b"ERR Could not find scripting engine 'js'"
    assert said("valkey-8.1", b"#! lua\nreturn 1") == b"ERR Unknown lua shebang option: lua"


def test_rules_of_users_are_shown_as_given() -> None:
    one = client("redis-7.2")
    one.execute(b"ACL", b"SETUSER", b"u", b"on", b"nopass", b"~a*", b"+@all", b"-keys", b"-config|set", b"+eval")
    assert one.execute(b"ACL", b"LIST")[1] == (  # type: ignore[index]
        b"user u on nopass sanitize-payload ~a* resetchannels +@all -keys -config|set +eval"
    )
    one.execute(b"AUTH", b"u", b"p")
    refused = one.execute(b"EVAL", b"return redis.pcall('KEYS', '*').err", b"0")
    assert refused == b"ERR ACL failure in script: User u has no permissions to run the 'keys' command"


@pytest.mark.parametrize("engine", ENGINES)
def test_errors_of_redis_6(engine: str) -> None:
    one = client("redis-6.2", engine)
    script = b"return redis.call('FOO')"
    assert said("redis-6.2", script, engine) == (
        b"ERR Error running script (call to f_%b): @user_script:1: @user_script: 1: Unknown Redis command called from "
        b"Lua script" % _sha(script)
    )
    assert said("redis-6.2", b"\n\nreturn redis.pcall('FOO')", engine) == (
        b"@user_script: 3: Unknown Redis command called from Lua script"
    )
    one.execute(b"SET", b"s", b"abc")
    script = b"return redis.call('INCR', 's')"
    failed = one.execute(b"EVAL", script, b"0")
    assert isinstance(failed, ErrorReply)
    assert failed.message == (
        b"ERR Error running script (call to f_%b): @user_script:1: ERR value is not an integer or out of range"
        % _sha(script)
    )
    unknown = one.execute(b"FOO", b"a")
    assert isinstance(unknown, ErrorReply)
    assert unknown.message == b"ERR unknown command `FOO`, with args beginning with: `a`, "


def test_what_redis_6_does_not_have() -> None:
    assert said("redis-6.2", b"return redis.REDIS_VERSION == nil and redis.acl_check_cmd == nil and 1") == 1
    assert said("redis-6.2", b"#!lua\nreturn 1") == (
        b"ERR Error compiling script (new function): user_script:1: unexpected symbol near '#'"
    )
    one = client("redis-6.2")
    one.execute(b"HSET", b"h", b"f", b"v")
    assert one.execute(b"OBJECT", b"ENCODING", b"h") == b"ziplist"


@pytest.mark.parametrize(
    ("profile", "crossing", "unserved", "database"),
    [
        (
            "redis-7.0",
            b"ERR Script attempted to access a non local key in a cluster node",
            b"ERR Script attempted to access a non local key in a cluster node",
            b"ERR SELECT is not allowed in cluster mode",
        ),
        (
            "valkey-8.0",
            b"ERR Command 'mset' in script attempted to access keys that don't hash to the same slot",
            b"ERR Script attempted to access a slot not served",
            b"ERR SELECT is not allowed in cluster mode",
        ),
        (
            "valkey-9.1",
            b"ERR Attempted to access a non local key in a cluster node",
            b"ERR Attempted to access a non local key in a cluster node",
            b"ERR DB index is out of range",
        ),
    ],
)
def test_what_scripts_are_told_on_a_node(profile: str, crossing: bytes, unserved: bytes, database: bytes) -> None:
    nodes = [Node(b"0" * 40, b"127.0.0.1", 7000, ((0, 3300), (12000, 15495)))]
    server = ferrous_vm.Server(profile=profile, cluster=Cluster(nodes))
    server.keyspace.configuration.set(b"cluster-require-full-coverage", b"no")
    one = server.connect()
    for command, expected in ((b"'mset','a','1','b','2'", crossing), (b"'set','bar','1'", unserved)):
        assert one.execute(b"EVAL", b"return redis.pcall(%b).err" % command, b"0") == expected
    refused = one.execute(b"SELECT", b"1")
    assert isinstance(refused, ErrorReply)
    assert refused.message == database


_CLIENT = (
    "id addr laddr fd name age idle flags{0} db sub psub{1} multi{2} qbuf qbuf-free argv-mem{3} obl oll omem tot-mem"
)
_LATER = (" ssub", " watch", " multi-mem rbs rbp")
_TOTALS = "tot-net-in tot-net-out tot-cmds"


@pytest.mark.parametrize(
    ("profile", "own", "end"),
    [
        ("redis-6.2", ("", "", "", ""), ""),
        ("redis-8.6", ("", *_LATER), f"resp lib-name lib-ver io-thread {_TOTALS}"),
        ("valkey-9.1", (" capa", *_LATER), f"resp lib-name lib-ver {_TOTALS}"),
    ],
)
def test_clients_are_told_of_as_the_server_does_it(profile: str, own: tuple[str, ...], end: str) -> None:
    line = ferrous_vm.Server(profile=profile).connect().execute_resp(b"CLIENT", b"INFO").decode().partition("\r\n")[2]
    names = f"{_CLIENT.format(*own)} events cmd user redir {end}"
    assert [fact.partition("=")[0] for fact in line.split()] == names.split()


OF_VALKEY = bytes.fromhex(
    "56414c4b4559303830fa0a76616c6b65792d76657205392e312e32fa0a72656469732d62697473c040fa056374696d65c200a10d6bfa08757365"
    "642d6d656dc2b0451000fa08616f662d62617365c000fe00fb0100160168020161c00100d8c32cbb0300000162c002ffffffffffffffffff57fa"
    "54c86a62f691"
)
"""What Valkey 9.1.2 saved of a hash with a field that has an end."""


def test_files_of_valkey_9_have_a_beginning_of_their_own() -> None:
    keyspace = Server(profile="valkey-9.1").keyspace
    restore_keyspace(keyspace, load_file(OF_VALKEY, keyspace.thresholds))
    assert keyspace.databases[0].timed_count() == 1
    assert save_file(keyspace).startswith(b"VALKEY080\xfa\x0avalkey-ver\x059.1.2")
    assert save_file(Server(profile="valkey-8.1").keyspace).startswith(b"REDIS0011\xfa\x0avalkey-ver")
    refused = {
        "redis-7.0": (OF_VALKEY, b"Wrong signature"),
        "valkey-8.1": (OF_VALKEY, b"Wrong signature"),
        "valkey-9.0": (b"REDIS0012\xff", b"Can't handle RDB format version 0012"),
        "valkey-9.1": (b"VALKEY079\xff", b"Can't handle RDB format version 079"),
        "redis-8.6": (b"REDIS0080\xff", b"Can't handle RDB format version 0080"),
    }
    for profile, (data, sentence) in refused.items():
        with pytest.raises(CommandError) as refusal:
            load_file(data, Server(profile=profile).keyspace.thresholds)
        assert sentence in refusal.value.message


@pytest.mark.parametrize(("profile", "ended"), [("redis-8.6", 1), ("valkey-8.0", 0), ("valkey-8.1", 3)])
def test_ends_that_are_past_are_counted(profile: str, ended: int) -> None:
    one = client(profile)
    one.execute(b"EVAL", b"redis.call('SET', 'k', 'old') redis.call('SET', 'k', 'v', 'EXAT', 1)", b"0")
    for end in (b"EXPIRE k -1", b"GETEX k EXAT 1"):
        one.execute(b"SET", b"k", b"v")
        one.execute(*end.split())
    assert b"expired_keys:%d\r\n" % ended in one.execute_resp(b"INFO", b"stats")
