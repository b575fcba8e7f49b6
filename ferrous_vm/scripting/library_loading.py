"""FUNCTION LOAD: a library's code is run once, in globals of its own, to register functions (function_lua.c).

While it runs, the only global is `redis` with what `registration.py` gives it.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError, LimitExceeded, LuaError, LuaSyntaxError
from ferrous_vm.limits import Limits
from ferrous_vm.records import with_changes
from ferrous_vm.scripting.conversion import error_line
from ferrous_vm.scripting.error_tables import error_message
from ferrous_vm.scripting.host import Scripting
from ferrous_vm.scripting.libraries import Function, Library, Registry
from ferrous_vm.scripting.payload import libraries_in
from ferrous_vm.scripting.shebang import library_header
from ferrous_vm.scripting.state import TURN, LuaState
from ferrous_vm.values.natives import Value

LOAD_SECONDS: Final = 0.5
"""How long a library's code may run when it is loaded (`LOAD_TIMEOUT_MS`)."""


def load_library(
    host: Scripting, registry: Registry, source: bytes, *, replace: bool = False, state: LuaState | None = None
) -> Library:
    """Compile and run a library, and link it into `registry` (`functionsCreateWithLibraryCtx`).

    `state` is where it runs, by default that of the server's functions. Raises CommandError with Redis's sentence;
    then the registry is as it was.
    """
    header = library_header(source)
    if not replace:
        registry.refuse_existing(header.name)
    library = Library(header.name, source)
    _run_code(host, library, header.body, state)
    registry.add(library)
    return library


def load_again(host: Scripting) -> None:
    """Every script and library is loaded anew, by the engines that there are now. No script may run meanwhile."""
    host.compile_again()
    for library in list(host.libraries.libraries.values()):
        load_library(host, host.libraries, library.source, replace=True)


def restore_libraries(host: Scripting, payload: bytes) -> Registry:
    """The libraries of a FUNCTION DUMP payload, loaded but not linked.

    Raises CommandError for a payload Redis refuses.
    """
    registry = Registry()
    for source in libraries_in(payload, host.keyspace.profile.rdb_versions):
        load_library(host, registry, source)
    return registry


def _run_code(host: Scripting, library: Library, body: bytes, state: LuaState | None) -> None:
    seconds = host.loading_limits.seconds
    limits = with_changes(host.loading_limits, seconds=LOAD_SECONDS if seconds is None else min(LOAD_SECONDS, seconds))
    try:
        state, main = host.load_function_code(body, state)
        library.state = state
        _register(library, main, state, limits)
    except LuaSyntaxError as error:
        raise _refused(b"Error compiling function: " + error.message) from None
    except LuaError as error:
        raise _refused(b"Error registering functions: " + error_message(error.value, _no_call)) from None
    except LimitExceeded as error:
        message = b"FUNCTION LOAD timeout" if error.limit == "seconds" else error.message
        raise _refused(b"Error registering functions: ERR " + message) from None


def _register(library: Library, main: Value, state: LuaState, limits: Limits) -> None:
    """Run the code of a library, which registers functions. Raises LuaError, CommandError, and LimitExceeded too if the
    script of another server in this process takes all the time."""
    if not TURN.acquire(timeout=-1 if limits.seconds is None else limits.seconds):
        raise LimitExceeded("seconds", b"")
    try:
        if state.profile.functions_are_checked_at_end:
            registered: list[Function] = []
            with state.loading(registered.append):
                state.runtime.run(main, (), limits)
            for function in registered:
                library.register(function, b"Function")
        else:
            with state.loading(library.register):
                state.runtime.run(main, (), limits)
    finally:
        TURN.release()


def _no_call(function: Value, arguments: tuple[Value, ...]) -> tuple[Value, ...]:
    """Library code has no `setmetatable`: no error value of its asks to be called."""
    return ()


def _refused(message: bytes) -> CommandError:
    return CommandError(b"ERR " + error_line(message))
