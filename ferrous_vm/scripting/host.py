"""Everything scripting keeps for one server: the script cache, the function libraries, the log, and its Lua states.

The handlers of EVAL and its kin find it in the extensions of their session's keyspace; `Server` puts it there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from ferrous_vm import engines
from ferrous_vm.errors import CommandError, LimitExceeded, LuaSyntaxError, StateError, Untranslatable
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.session import Session
from ferrous_vm.limits import Limits
from ferrous_vm.records import with_changes
from ferrous_vm.scripting.conversion import error_line
from ferrous_vm.scripting.flags import ScriptFlag
from ferrous_vm.scripting.libraries import Registry
from ferrous_vm.scripting.log import Log
from ferrous_vm.scripting.run import Observer, Recorder, ScriptRun
from ferrous_vm.scripting.sandbox import open_function_globals, open_script_globals
from ferrous_vm.scripting.shebang import script_header
from ferrous_vm.scripting.state import Attendant, LuaState, hash_keys_as
from ferrous_vm.values.natives import Value

EXTENSION: Final = "scripting"

SCRIPT_CHUNK: Final = b"@user_script"
FUNCTION_CHUNK: Final = b"@user_function"
"""What errors call the text of a script, and of a library."""

_TIME_LIMIT: Final = b"busy-reply-threshold"
"""The parameter, formerly lua-time-limit, that tells the longest run in milliseconds; 0 is no limit."""


def _threshold(limits: Limits) -> int:
    return 0 if limits.seconds is None else max(1, round(limits.seconds * 1000))


class Script:
    """A cached script: loaded once, called as often as EVAL or EVALSHA asks for it."""

    __slots__ = ("flags", "function", "sha", "source", "state")

    def __init__(self, sha: bytes, source: bytes, flags: ScriptFlag, state: LuaState, function: Value) -> None:
        self.sha = sha
        self.source = source
        self.flags = flags
        self.state = state
        """The Lua state that can run it."""
        self.function = function


class Scripting:
    """The scripting of one server.

    `create_runtime` makes a fresh runtime of the engine it is told; `engines` names those to try, the last of which
    can run every chunk. `limits` hold for every run. `log` collects what scripts write with `redis.log`.
    """

    def __init__(
        self, keyspace: Keyspace, create_runtime: Callable[[str], Any], engines: Sequence[str], limits: Limits
    ) -> None:
        self.keyspace = keyspace
        self.create_runtime = create_runtime
        self.engines = tuple(dict.fromkeys(engines))
        self._limits = limits
        self._attended = with_changes(limits, seconds=None)
        self._threshold = _threshold(limits)
        keyspace.configuration.set(_TIME_LIMIT, b"%d" % self._threshold)
        self.log = Log()
        self.observer: Observer | None = None
        self.recorder: Recorder | None = None
        self.running: ScriptRun | None = None
        """The script that runs."""
        self.attendant: Attendant | None = None
        """Who lets others come to word while a script runs: it has no limit of time then, for others can kill it."""
        self.scripts: dict[bytes, Script] = {}
        """By SHA-1 in lower case hex."""
        self.remembered: dict[bytes, Script] = {}
        """Scripts that were compiled before and are cached no more, for a host that goes back and forth in time."""
        self._scripts_kept: Final = keyspace.profile.scripts_kept
        self._evaluated: dict[bytes, None] = {}
        """The scripts that may be forgotten, the one used longest ago first."""
        self.evicted = 0
        self.libraries = Registry()
        self._script_states: dict[str, LuaState] = {}
        self._function_states: dict[str, LuaState] = {}
        keyspace.extensions[EXTENSION] = self
        keyspace.library_sources = lambda: (library.source for library in self.libraries.libraries.values())
        keyspace.gauges["number_of_cached_scripts"] = lambda: len(self.scripts)
        keyspace.gauges["evicted_scripts"] = lambda: self.evicted
        keyspace.gauges["number_of_functions"] = lambda: self.libraries.function_count
        keyspace.gauges["number_of_libraries"] = lambda: len(self.libraries.libraries)

    @property
    def limits(self) -> Limits:
        """What a run may use; its time is that of CONFIG SET busy-reply-threshold, once that was given, or not limited
        where somebody attends to others meanwhile."""
        return self.loading_limits if self.attendant is None else self._attended

    @property
    def loading_limits(self) -> Limits:
        """What compiling and loading may use."""
        threshold = self.keyspace.configuration.number(_TIME_LIMIT)
        if threshold != self._threshold:
            self._threshold = threshold
            self._limits = with_changes(self._limits, seconds=threshold / 1000 if threshold else None)
        return self._limits

    def load_function_code(self, source: bytes, state: LuaState | None = None) -> tuple[LuaState, Value]:
        """The code of a library, and the Lua state of FCALL that can run it, or `state`.

        Raises LuaSyntaxError, and LimitExceeded if compiling takes too long.
        """
        if state is not None:
            return state, state.runtime.load(source, FUNCTION_CHUNK)
        return self._load(self._function_states, open_function_globals, source, FUNCTION_CHUNK)

    def _load(
        self, states: dict[str, LuaState], open_globals: Callable[[LuaState], None], source: bytes, chunk_name: bytes
    ) -> tuple[LuaState, Value]:
        """A chunk in the first engine that can run it. Raises LuaSyntaxError, LimitExceeded if it takes too long."""
        first = self._state(states, open_globals, self.engines[0])
        with first.runtime.watchdog.limiting(self.loading_limits.compiling_seconds):
            resolved = engines.resolve_source(source, chunk_name)
            for engine in self.engines:
                state = self._state(states, open_globals, engine)
                with suppress(Untranslatable):
                    return state, state.runtime.load_chunk(resolved)
        raise StateError("no engine that runs every chunk", "one, the last")

    def _state(self, states: dict[str, LuaState], open_globals: Callable[[LuaState], None], engine: str) -> LuaState:
        """The Lua state of an engine, made when it is first needed; an interruption leaves none half made."""
        state = states.get(engine)
        if state is None:
            hash_keys_as(self.keyspace.profile)
            state = LuaState(self, self.create_runtime(engine))
            open_globals(state)
            states[engine] = state
        return state

    def evaluated(self, source: bytes) -> Script:
        """The script that EVAL brings: of those only some are kept. Raises as `script`."""
        known = hashlib.sha1(source).hexdigest().encode() in self.scripts
        script = self.script(source)
        if self._scripts_kept and (not known or script.sha in self._evaluated):
            self.use(script)
            while len(self._evaluated) > self._scripts_kept:
                oldest = next(iter(self._evaluated))
                del self._evaluated[oldest]
                self.scripts.pop(oldest, None)
                self.evicted += 1
        return script

    def use(self, script: Script) -> None:
        """The script is the one that was used last, of those that came by EVAL."""
        self._evaluated.pop(script.sha, None)
        self._evaluated[script.sha] = None

    def is_evaluated(self, script: Script) -> bool:
        """Whether it came by EVAL, and may be forgotten."""
        return script.sha in self._evaluated

    def keep(self, script: Script) -> None:
        """SCRIPT LOAD asks for it: it stays."""
        self._evaluated.pop(script.sha, None)

    def script(self, source: bytes) -> Script:
        """The cached script for `source`, compiled now if it is new (`luaCreateFunction`, eval.c).

        Raises CommandError for a shebang or a syntax Redis refuses, and for what takes too long to compile.
        """
        sha = hashlib.sha1(source).hexdigest().encode()
        script = self.scripts.get(sha)
        if script is None and sha in self.remembered:
            script = self.scripts[sha] = self.remembered[sha]
        if script is None:
            header = script_header(source, self.keyspace.profile)
            try:
                state, function = self._load(self._script_states, open_script_globals, header.body, SCRIPT_CHUNK)
            except (LuaSyntaxError, LimitExceeded) as error:
                message = b"ERR Error compiling script (new function): " + error.message
                raise CommandError(error_line(message)) from None
            script = self.scripts[sha] = Script(sha, source, header.flags, state, function)
        return script

    def flush_scripts(self) -> None:
        """Forget every script and the Lua states they ran in (`scriptingReset`)."""
        self.scripts.clear()
        self._evaluated.clear()
        self._script_states.clear()

    def compile_again(self) -> None:
        """Every script that is cached is compiled anew, by the engines that there are now."""
        scripts, evaluated = list(self.scripts.values()), dict(self._evaluated)
        self.flush_scripts()
        self.remembered.clear()
        self._function_states.clear()
        for script in scripts:
            self.script(script.source)
        self._evaluated.update(evaluated)


NOT_BUSY: Final = b"NOTBUSY No scripts in execution right now."
_UNKILLABLE: Final = (
    b"UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the script "
    b"termination or kill the server in a hard way using the SHUTDOWN NOSAVE command."
)


def busy_sentence(run: ScriptRun) -> bytes:
    """What others are told while it runs."""
    return run.sentences.busy % (b"SCRIPT" if run.is_eval else b"FUNCTION")


def kill(session: Session, *, is_eval: bool) -> None:
    """End the script, or the function, that runs (`scriptKill`, script.c). Raises CommandError if there is none, it
    has written, or it is not what is asked for."""
    run = scripting_of(session).running
    if run is None:
        raise CommandError(NOT_BUSY)
    if run.has_written:
        raise CommandError(_UNKILLABLE)
    if run.is_eval != is_eval:
        raise CommandError(busy_sentence(run))
    killed = run.sentences.killed
    if not run.kill(killed % (b"SCRIPT" if is_eval else b"FUNCTION") if b"%b" in killed else killed):
        raise CommandError(NOT_BUSY)


def scripting_of(session: Session) -> Scripting:
    """The scripting of the server a session belongs to."""
    host: Scripting = session.keyspace.extensions[EXTENSION]
    return host
