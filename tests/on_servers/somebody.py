"""A server in use: it has keys, users, libraries, scripts, settings and a subscriber, and can tell all of them."""

from __future__ import annotations

import select
from typing import Any

from tests.record.resp import Connection

SCRIPT = b"return redis.call('GET', KEYS[1])"
LIBRARY = b"#!lua name=theirs\nredis.register_function('their_function', function() return 1 end)"


class Somebody:
    """The server at a port of loopback."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.port = port
        self.url = f"redis://127.0.0.1:{port}"
        self.admin = Connection(port)
        self._subscriber = Connection(port)
        for line in (
            b"SET prod:1 gone", b"SET stock 99", b"SET other 1", b"HSET h a 1 b 2", b"ZADD z 1.5 m", b"XADD s 1-1 f v",
            b"EXPIREAT other 99999999999", b"ACL SETUSER alice on >secret ~prod:* +get", b"CONFIG SET maxmemory 2gb",
        ):  # fmt: skip
            assert not self.admin.ask(*line.split()).startswith(b"-"), line
        self.admin.ask(b"SELECT", b"1")
        self.admin.ask(b"SET", b"in another database", b"1")
        self.admin.ask(b"SELECT", b"0")
        self.admin.ask(b"FUNCTION", b"LOAD", LIBRARY)
        self.sha = self.admin.ask_parsed(b"SCRIPT", b"LOAD", SCRIPT)
        self._subscriber.ask(b"PSUBSCRIBE", b"*")

    def everything(self) -> dict[str, Any]:
        """All that is somebody's."""
        found: dict[str, Any] = {}
        for database in range(16):
            self.admin.ask(b"SELECT", b"%d" % database)
            for name in sorted(self.admin.ask_parsed(b"KEYS", b"*")):
                key = name.encode("utf-8", "surrogateescape")
                found[f"{database} {name}"] = self.admin.ask(b"DUMP", key), self.admin.ask(b"TTL", key) == b":-1\r\n"
        self.admin.ask(b"SELECT", b"0")
        found["users"] = sorted(self.admin.ask_parsed(b"ACL", b"LIST"))
        found["libraries"] = self.admin.ask(b"FUNCTION", b"LIST", b"WITHCODE")
        found["settings"] = self.admin.ask(b"CONFIG", b"GET", b"*")
        found["subscriptions"] = self.admin.ask(b"PUBSUB", b"CHANNELS"), self.admin.ask(b"PUBSUB", b"NUMPAT")
        found["scripts"] = self.admin.ask(b"SCRIPT", b"EXISTS", self.sha.encode())
        found["messages"] = self._messages()
        return found

    def _messages(self) -> bool:
        socket = self._subscriber._socket
        return bool(select.select([socket], [], [], 0)[0])

    def clients(self) -> int:
        """How many are connected, those of this object included."""
        return len(self.admin.ask_parsed(b"CLIENT", b"LIST").splitlines())
