"""Everything scripting keeps for one server: the script cache, the function libraries, the log, and two Lua states.

The handlers of EVAL and its kin find it in the extensions of their session's keyspace; `Server` puts it there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.errors import CommandError, LuaSyntaxError
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.session import Session
from ferrous_vm.limits import Limits
from ferrous_vm.scripting.conversion import error_line
from ferrous_vm.scripting.flags import ScriptFlag
from ferrous_vm.scripting.libraries import Registry
from ferrous_vm.scripting.run import Observer
from ferrous_vm.scripting.sandbox import open_function_globals, open_script_globals
from ferrous_vm.scripting.shebang import script_header
from ferrous_vm.scripting.state import LogLine, LuaState
from ferrous_vm.values.natives import Value

EXTENSION: Final = "scripting"


class Script:
    """A cached script: loaded once, called as often as EVAL or EVALSHA asks for it."""

    __slots__ = ("flags", "function", "sha", "source")

    def __init__(self, sha: bytes, source: bytes, flags: ScriptFlag, function: Value) -> None:
        self.sha = sha
        self.source = source
        self.flags = flags
        self.function = function


class Scripting:
    """The scripting of one server.

    `create_runtime` makes a fresh engine runtime; `limits` hold for every run. `log` collects what scripts write with
    `redis.log`.
    """

    def __init__(self, keyspace: Keyspace, create_runtime: Callable[[], Any], limits: Limits) -> None:
        self.keyspace = keyspace
        self.create_runtime = create_runtime
        self.limits = limits
        self.log: list[LogLine] = []
        self.observer: Observer | None = None
        self.scripts: dict[bytes, Script] = {}
        """By SHA-1 in lower case hex."""
        self.libraries = Registry()
        self._script_state: LuaState | None = None
        self._function_state: LuaState | None = None
        keyspace.extensions[EXTENSION] = self

    @property
    def script_state(self) -> LuaState:
        """The Lua state of EVAL, made when it is first needed."""
        state = self._script_state
        if state is None:
            state = self._script_state = LuaState(self)
            open_script_globals(state)
        return state

    @property
    def function_state(self) -> LuaState:
        """The Lua state of FCALL, made when it is first needed."""
        state = self._function_state
        if state is None:
            state = self._function_state = LuaState(self)
            open_function_globals(state)
        return state

    def script(self, source: bytes) -> Script:
        """The cached script for `source`, compiled now if it is new (`luaCreateFunction`, eval.c).

        Raises CommandError for a shebang or a syntax Redis refuses.
        """
        sha = hashlib.sha1(source).hexdigest().encode()
        script = self.scripts.get(sha)
        if script is None:
            header = script_header(source)
            try:
                function = self.script_state.runtime.load(header.body, b"@user_script")
            except LuaSyntaxError as error:
                message = b"ERR Error compiling script (new function): " + error.message
                raise CommandError(error_line(message)) from None
            script = self.scripts[sha] = Script(sha, source, header.flags, function)
        return script

    def flush_scripts(self) -> None:
        """Forget every script and the Lua state they ran in (`scriptingReset`)."""
        self.scripts.clear()
        self._script_state = None


def scripting_of(session: Session) -> Scripting:
    """The scripting of the server a session belongs to."""
    host: Scripting = session.keyspace.extensions[EXTENSION]
    return host
