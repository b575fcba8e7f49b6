"""Redis's data and commands; knows no Lua.

keyspace = Keyspace(clock=..., seed=...)
session = Session(keyspace)
encode(execute(session, [b"SET", b"k", b"v"]), session.protocol)        # b"+OK\\r\\n"
"""

from __future__ import annotations

from ferrous_vm.keyspace import commands as commands
from ferrous_vm.keyspace.execute import arity_matches, call, execute, find_command, unknown_command
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.replies import encode
from ferrous_vm.keyspace.session import Session

__all__ = ["Keyspace", "Session", "arity_matches", "call", "encode", "execute", "find_command", "unknown_command"]
