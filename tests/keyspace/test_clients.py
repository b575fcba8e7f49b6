"""What CLIENT LIST tells of every client, field by field beside a real server, and of time by a clock of its own."""

from __future__ import annotations

from ferrous_vm.keyspace import Keyspace, Session, execute
from ferrous_vm.keyspace.replies import Verbatim
from ferrous_vm.server import Server
from tests.keyspace.differential import OurClients, RealClients, split
from tests.record.resp import Connection, parse

TOLD = ("name", "flags", "db", "sub", "psub", "ssub", "multi", "events", "cmd", "user", "redir", "resp")
"""The fields that say what the client has done; the others are of time, addresses, memory and buffers."""

SITUATIONS = (
    "B:PING",
    "B:NOSUCH",
    "B:GET",
    "B:CLIENT",
    "B:SELECT 7",
    "B:CLIENT SETNAME b",
    "B:MULTI",
    "B:SET k v",
    "B:NOSUCH",
    "B:DISCARD",
    "B:WATCH k",
    "A:SET k w",
    "B:MULTI",
    "B:GET k",
    "B:EXEC",
    "B:CLIENT TRACKING on bcast",
    "B:CLIENT TRACKING off",
    "C:PING",
    "B:CLIENT NO-EVICT on",
    "B:OBJECT HELP",
    "B:EVALSHA x 0",
    "B:RESET",
    "C:SUBSCRIBE a",
    "C:PSUBSCRIBE b*",
    "C:SSUBSCRIBE c",
    "C:PING",
    "B:HELLO 3 SETNAME z",
    "A:ACL SETUSER u on nopass +@all",
    "D:AUTH u x",
    "A:MULTI",
    "A:CLIENT INFO",
    "A:EXEC",
)


def fields(line: str) -> dict[str, str]:
    return dict(field.split("=", 1) for field in line.split(" "))


def told(listing: str, ids: dict[str, str]) -> dict[str, dict[str, str]]:
    """What a listing says of each client by name, without what differs from server to server."""
    clients = {line["id"]: line for line in map(fields, listing.splitlines())}
    return {name: {field: clients[number][field] for field in TOLD} for name, number in ids.items()}


def test_other_clients_are_told_of_as_redis_tells(redis_port: int) -> None:
    real, ours = RealClients(redis_port, 2), OurClients(2)
    real_ids: dict[str, str] = {}
    our_ids: dict[str, str] = {}
    for situation in ("A:PING", *SITUATIONS):
        name, _, line = situation.partition(":")
        argv = split(line)
        if name not in real_ids:
            real_ids[name] = str(real[name].ask_parsed(b"CLIENT", b"ID"))
            our_ids[name] = str(ours[name].client_id)
        real[name].ask(*argv)
        ours.answer(name, argv)
        theirs = told(real["Z"].ask_parsed(b"CLIENT", b"LIST"), real_ids)
        assert told(parse(ours.answer("Z", [b"CLIENT", b"LIST"]))[0], our_ids) == theirs, situation
    real["Z"].ask(b"ACL", b"DELUSER", b"u")
    real.close()


def test_a_tracking_client_whose_messages_went_elsewhere_is_told_of(redis_port: int) -> None:
    listener, tracked = Connection(redis_port), Connection(redis_port)
    number = listener.ask_parsed(b"CLIENT", b"ID")
    assert tracked.ask(b"CLIENT", b"TRACKING", b"on", b"REDIRECT", b"%d" % number) == b"+OK\r\n"
    theirs = fields(tracked.ask_parsed(b"CLIENT", b"INFO").strip())
    keyspace = Keyspace()
    ours, other = Session(keyspace), Session(keyspace)
    execute(ours, [b"CLIENT", b"TRACKING", b"on", b"REDIRECT", b"%d" % other.client_id])
    assert fields(line_of(ours))["flags"] == theirs["flags"] == "t"
    execute(ours, [b"GET", b"k"])
    tracked.ask(b"GET", b"k")
    other.close()
    listener.close()
    changing, writer = Session(keyspace), Connection(redis_port)
    assert wait_until_gone(writer, number)
    execute(changing, [b"SET", b"k", b"v"])
    writer.ask(b"SET", b"k", b"v")
    theirs = fields(tracked.ask_parsed(b"CLIENT", b"INFO").strip())
    assert fields(line_of(ours))["flags"] == theirs["flags"] == "tR"
    tracked.close()
    writer.close()


def wait_until_gone(writer: Connection, number: int) -> bool:
    """The server has noticed that a client has left."""
    while writer.ask_parsed(b"CLIENT", b"LIST", b"ID", b"%d" % number):
        pass
    return True


def line_of(session: Session) -> str:
    reply = execute(session, [b"CLIENT", b"INFO"])
    assert isinstance(reply, Verbatim)
    return reply.text.decode().strip()


def test_a_client_that_says_nothing_is_idle() -> None:
    now = 5_000_000_000
    server = Server(clock=lambda: now)
    busy, idle = server.connect(), server.connect()
    idle.execute(b"GET", b"k")
    now += 12_900_000
    listing = busy.execute(b"CLIENT", b"LIST")
    assert isinstance(listing, Verbatim)
    told = [fields(line) for line in listing.text.decode().splitlines()]
    assert [(client["age"], client["idle"], client["cmd"]) for client in told] == [
        ("12", "0", "client|list"), ("12", "12", "get"),
    ]  # fmt: skip
    idle.execute(b"PING")
    now += 1_000_000
    last = parse(busy.execute_resp(b"CLIENT", b"LIST", b"ID", b"2"))[0]
    assert fields(last.strip())["idle"] == "1"


def test_a_killed_client_leaves_nothing_behind() -> None:
    keyspace = Keyspace()
    killer, victim = Session(keyspace), Session(keyspace)
    execute(victim, [b"SUBSCRIBE", b"c"])
    other = Session(keyspace)
    execute(other, [b"WATCH", b"k"])
    assert execute(killer, [b"CLIENT", b"KILL", b"TYPE", b"normal"]) == 1
    assert execute(killer, [b"CLIENT", b"KILL", victim.address]) is not None
    assert victim.closing
    assert other.closing
    assert not keyspace.databases[0].watchers
    assert execute(killer, [b"PUBSUB", b"CHANNELS"]) == []


def test_a_host_says_where_its_clients_are() -> None:
    server = Server()
    client = server.connect()
    client.session.address = b"10.0.0.9:4000"
    listing = client.execute(b"CLIENT", b"LIST")
    assert isinstance(listing, Verbatim)
    assert b"addr=10.0.0.9:4000 " in listing.text
    assert client.execute(b"CLIENT", b"KILL", b"ADDR", b"10.0.0.9:4000", b"SKIPME", b"no") == 1
    assert client.session.closing
