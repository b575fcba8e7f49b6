"""The globals of scripts and functions: an allow-list, readonly, with an error for every name that is not there.

The order in which libraries and fields come is that of Redis's start (`luaRegisterRedisAPI`, script_lua.c;
`scriptingInit`, eval.c; `luaEngineInitEngine`, function_lua.c), because `pairs` shows it.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

from ferrous_vm.errors import LuaError
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.scripting.api import Field, script_fields, shared_fields, string_of, table_of
from ferrous_vm.scripting.error_tables import ERR
from ferrous_vm.scripting.function_scope import INDEX, FunctionScope
from ferrous_vm.scripting.registration import library_fields
from ferrous_vm.scripting.state import LuaState
from ferrous_vm.stdlib import base, bit, cjson, cmsgpack, coroutine, math, string, struct, table
from ferrous_vm.stdlib.base import text_of
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.natives import MISSING, Call, Library, Native, Value
from ferrous_vm.values.operations import index
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table, make_readonly, set_metatable

KEYS: Final = LuaString(b"KEYS")
DEBUG: Final = LuaString(b"debug")
ARGV: Final = LuaString(b"ARGV")

_CALLED_BY_THE_SERVER: Final = 1
"""C boundaries open around a script: it is what the server calls (`luaCallFunction`)."""


def libraries(profile: Profile = REDIS_7_0_15) -> tuple[Library, ...]:
    """The tables among the globals, in the order Redis opens them; cjson has settings, so each state has its own."""
    return (
        coroutine.LIBRARY,
        table.LIBRARY,
        string.LIBRARY,
        math.LIBRARY,
        cjson.create_library(knows_arrays=profile.json_knows_arrays),
        struct.LIBRARY,
        cmsgpack.LIBRARY,
        bit.LIBRARY,
    )


BASE_GLOBALS: Final = (
    b"assert collectgarbage dofile error gcinfo getfenv getmetatable loadfile load loadstring next pcall print "
    b"rawequal rawget rawset select setfenv setmetatable tonumber tostring type unpack xpcall "
    b"_VERSION ipairs pairs newproxy"
).split()
"""What Lua's base library sets, in its order (lbaselib.c)."""

DENIED: Final = frozenset(b"dofile loadfile print getfenv setfenv newproxy".split())
"""What of it scripts do not have. getfenv, setfenv and newproxy are gone in Debian's 7.0.15 for security."""

if {native.name for native in base.LIBRARY.natives} | set(base.LIBRARY.constants) | DENIED != set(BASE_GLOBALS):
    raise ValueError("the base library and the globals of scripts differ")

# EVAL


def open_script_globals(state: LuaState) -> None:
    """The globals of EVAL scripts; KEYS and ARGV are set before each run."""
    handle = _former_error_handler(state) if state.profile.errors_are_texts else error_handler
    handler = state.runtime.bind(Native(b"__redis__err__handler", handle, False))
    own: list[Field] = [(b"__redis__err__handler", handler), (b"KEYS", Table()), (b"ARGV", Table())]
    if state.profile.has_server_error_handler:
        own.insert(0, (b"__server__err__handler", handler))
    _fill_globals(state, table_of([*shared_fields(state), *script_fields(state)]), own)
    state.runtime.fixed_globals = frozenset(map(bytes, state.runtime.globals)) - {KEYS, ARGV}


def set_keys_and_arguments(state: LuaState, keys: Table, arguments: Table) -> None:
    """The globals KEYS and ARGV of the next run; the globals are readonly for everybody else."""
    globals_ = state.runtime.globals
    dict.__setitem__(globals_, KEYS, keys)
    dict.__setitem__(globals_, ARGV, arguments)


# FCALL


def open_function_globals(state: LuaState) -> None:
    """The globals of functions (`luaEngineInitEngine`)."""
    runtime = state.runtime
    _fill_globals(state, table_of(shared_fields(state)), [])
    real_globals = runtime.globals
    library_globals = Table()
    redis = table_of(library_fields(state))
    _refuse_missing(state, redis)
    library_globals.put(LuaString(b"redis"), redis)
    if state.profile.has_server_table:
        library_globals.put(LuaString(b"server"), redis)
    _refuse_missing(state, library_globals)
    _protect(library_globals)
    behind = table_of([(INDEX, real_globals)])
    seen = Table()
    set_metatable(seen, behind)
    make_readonly(behind)
    make_readonly(seen)
    runtime.globals = seen
    state.scope = FunctionScope(real_globals, library_globals, behind)


# Both


def _fill_globals(state: LuaState, redis: Table, own: list[Field]) -> None:
    """Open what both kinds of script have, then protect it."""
    runtime = state.runtime
    runtime.boundaries_below_main = _CALLED_BY_THE_SERVER
    globals_ = runtime.globals
    globals_.put(LuaString(b"_G"), globals_)
    values = {native.name: runtime.bind(native) for native in base.LIBRARY.natives} | base.LIBRARY.constants
    denied = DENIED
    if state.profile.has_print:
        denied = DENIED - {b"print"}
        values[b"print"] = runtime.bind(Native(b"print", print_nothing, False))
    for name in BASE_GLOBALS:
        globals_.put(LuaString(name), values.get(name, FALSE))
        if name in denied:  # Redis takes it away again; its place in the order of `pairs` stays
            globals_.put(LuaString(name), None)
    for library in libraries(state.profile):
        if library.name == b"cjson":
            globals_.put(DEBUG, Table())
            if state.profile.has_clock:
                from ferrous_vm.stdlib import clock

                globals_.put(LuaString(b"os"), runtime.open(clock.LIBRARY))
        globals_.put(LuaString(library.name), runtime.open(library))
    runtime.string_metatable = table_of([(INDEX, globals_.get(b"string"))])
    if not state.profile.errors_are_texts:
        globals_.put(LuaString(b"pcall"), runtime.bind(Native(b"pcall", pcall, False)))
    if state.profile.has_server_table:
        globals_.put(LuaString(b"server"), redis)
    globals_.put(LuaString(b"redis"), redis)
    globals_.put(DEBUG, None)  # Redis needs the library until its error handler has been made
    for name, value in own:
        globals_.put(LuaString(name), value)
    _refuse_missing(state, globals_)
    _protect(globals_)
    make_readonly(runtime.string_metatable)


def _refuse_missing(state: LuaState, table: Table) -> None:
    """Reading a field that is not there becomes an error (`luaSetErrorMetatable`)."""
    refuse = state.runtime.bind(Native(b"__index", refuse_missing, False))
    set_metatable(table, table_of([(INDEX, refuse)]))


def _protect(root: Table) -> None:
    """Make a table readonly with every table and metatable it leads to (`luaSetTableProtectionRecursively`)."""
    pending = [root]
    while pending:
        reached = pending.pop()
        if reached.readonly:
            continue
        pending.extend(value for value in reached.values() if isinstance(value, Table))
        if reached.metatable is not None:
            pending.append(reached.metatable)
        make_readonly(reached)


def refuse_missing(*arguments: Value) -> Value:
    """The `__index` of protected globals: a LuaError that names what is not there (`luaProtectedTableError`)."""
    if len(arguments) != 2:
        raise LuaError(LuaString(b"Wrong number of arguments to luaProtectedTableError"), level=1)
    name = string_of(arguments[1])
    if name is None:
        raise LuaError(LuaString(b"Second argument to luaProtectedTableError must be a string or number"), level=1)
    message = b"Script attempted to access nonexistent global variable '%b'" % name.partition(b"\0")[0]
    raise LuaError(LuaString(message), level=1)


def pcall(*arguments: Value) -> Generator[Any, Any, Any]:
    """Redis's own `pcall`: an error table with an `err` field arrives as that field, as before Redis 7
    (`luaRedisPcall`, script_lua.c). Any other table is followed by what its `err` field is, nil as a rule."""
    function, *rest = arguments or (TRUE,)
    try:
        results = yield Call(function, tuple(rest))
    except LuaError as error:
        value = error.value
    else:
        return (TRUE, *results)
    if not isinstance(value, Table):
        return (FALSE, value)
    field = index(value, ERR)
    if isinstance(field, Call):
        answered = yield field
        field = answered[0] if answered else None
    return (FALSE, value, field) if string_of(field) is None else (FALSE, field)


def print_nothing(*_: Value) -> Value:
    """`print`, which writes where nobody reads."""
    return ()


def _former_error_handler(state: LuaState) -> Any:
    """`__redis__err__handler` as a script can call it where errors are texts."""

    def handler(error: Value = MISSING, *_: Value) -> Value:
        """A text with the place of what called."""
        point = state.runtime.caller_point()
        text = text_of(None if error is MISSING else error)
        return LuaString(text if point is None else b"%b:%d: %b" % (point.chunk_name, point.line, text))

    return handler


def error_handler(error: Value = MISSING, *_: Value) -> Value:
    """`__redis__err__handler`, which scripts can see: any value as an error table."""
    if isinstance(error, Table):
        return error
    return table_of([(ERR, LuaString(b"ERR " + text_of(None if error is MISSING else error)))])
