"""Ferrous: Redis Lua scripts, run and explained in pure Python.

server = ferrous_vm.Server()
client = server.connect()
client.execute(b"SET", b"k", b"v")
client.execute_resp(b"EVAL", b"return redis.call('GET', KEYS[1])", b"1", b"k")

ferrous_vm.Lua().run(b"print(1)")
"""

from __future__ import annotations

from ferrous_vm.keyspace.profiles.profile import PROFILES, Profile
from ferrous_vm.lua import Lua
from ferrous_vm.server import Client, Server

__version__ = "0.1.0"

__all__ = ["PROFILES", "Client", "Lua", "Profile", "Server", "__version__"]
