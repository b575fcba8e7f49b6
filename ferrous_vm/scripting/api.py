"""The `redis` table: redis.call and its companions (script_lua.c; scripting documentation, "Redis Lua API reference").

The functions are made for one Lua state, whose running script they find in `state.run`. None of them calls Lua, so all
are plain natives. Errors are raised as Redis raises them: as a table with an `err` field, without a position.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from sys import setrecursionlimit
from typing import Any, Final

from ferrous_vm.keyspace.access.permissions import denial
from ferrous_vm.keyspace.command_table import arity_matches
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.replies import ErrorReply, format_double
from ferrous_vm.scripting.state import LuaState
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.natives import Native, Value
from ferrous_vm.values.numbers import number_to_text, text_to_number
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

OUTSIDE: Final = b"%b can only be called inside a script invocation"

LOG_LEVELS: Final[dict[bytes, int]] = {b"LOG_DEBUG": 0, b"LOG_VERBOSE": 1, b"LOG_NOTICE": 2, b"LOG_WARNING": 3}
REPLICATION: Final[dict[bytes, int]] = {
    b"REPL_NONE": 0,
    b"REPL_AOF": 1,
    b"REPL_SLAVE": 2,
    b"REPL_REPLICA": 2,
    b"REPL_ALL": 3,
}

Field = tuple[bytes, Value]


def number_argument(number: float) -> bytes:
    """A number as a command's argument: `%.17g`, so 3.14 becomes 3.1400000000000001 (`luaArgsToRedisArgv`)."""
    if number.is_integer() and 0.0 != number < 1e17 and number > -1e17:  # `%d` is twice as quick
        return b"%d" % number
    if number != number:
        return number_to_text(number)
    return b"%.17g" % number


_TO_ARGUMENT: Final[dict[type, Callable[[Any], bytes]]] = {
    LuaString: bytes.__bytes__,  # four times as fast as bytes(...)
    float: number_argument,
}


class _Words(dict[Value, bytes]):
    """What arguments become as words of a command. Short ones are remembered: scripts use the same again and again."""

    SHORT: Final = 32
    MOST: Final = 4096

    def __init__(self, to_argument: dict[type, Callable[[Any], bytes]]) -> None:
        super().__init__()
        self._to_argument = to_argument

    def __missing__(self, argument: Value) -> bytes:
        """The word of an argument not remembered. Raises KeyError for what is no string and no number."""
        word = self._to_argument[type(argument)](argument)
        if len(word) <= self.SHORT and argument == argument and argument != 0.0:  # -0 is written differently
            if len(self) == self.MOST:
                self.clear()
            self[argument] = word
        return word


_word: Final = _Words(_TO_ARGUMENT).__getitem__


@cache
def words_of(double_text: Callable[[float], bytes]) -> Callable[[Value], bytes]:
    """What makes words of arguments for a server that writes doubles as `double_text` does; -0 is 0 then."""
    if double_text is format_double:
        return _word

    def number_word(number: float) -> bytes:
        if number != number:
            return number_to_text(number)
        return double_text(number) if number else b"0"

    return _Words({**_TO_ARGUMENT, float: number_word}).__getitem__


def to_argv(arguments: tuple[Value, ...], profile: Profile) -> list[bytes] | bytes:
    """The words of a command, or what is said unless there is one and all are strings or numbers."""
    if not arguments:
        return profile.sentences.no_argument
    try:
        return [*map(words_of(profile.double_text), arguments)]
    except KeyError:
        return profile.sentences.bad_argument


def command_functions(state: LuaState) -> dict[bytes, Callable[..., Any]]:
    """redis.call and redis.pcall: one raises what the other returns."""
    outside = OUTSIDE % (state.profile.sentences.api + b".call/pcall")
    word, sentences = words_of(state.profile.double_text), state.profile.sentences
    raised, command_raised = state.errors.raised, state.errors.command_raised

    def call(*arguments: Value) -> Value:
        run = state.run
        if run is None:
            raise raised(outside)
        setrecursionlimit(run.raised_limit or run.make_room())
        try:
            if not arguments:
                run.refuse(arguments)
                raise raised(run.worded(sentences.no_argument))
            try:
                argv = [*map(word, arguments)]
            except KeyError:
                run.refuse(arguments)
                raise raised(run.worded(sentences.bad_argument)) from None
            reply = run.command(argv, arguments)
            kind = type(reply)
            if kind is ErrorReply:
                raise command_raised(reply.message)
            return run.to_lua[kind](reply)
        finally:
            try:
                setrecursionlimit(run.recursion_limit)
            except RecursionError:
                run.leave_room()

    def pcall(*arguments: Value) -> Value:
        run = state.run
        if run is None:
            raise raised(outside)
        setrecursionlimit(run.raised_limit or run.make_room())
        try:
            argv = to_argv(arguments, state.profile)
            if isinstance(argv, bytes):
                run.refuse(arguments)
                return state.errors.table(run.worded(argv))
            reply = run.command(argv, arguments)
            return run.to_lua[type(reply)](reply)
        finally:
            run.leave_room()

    return {b"call": call, b"pcall": pcall}


_NO_TEXT: Final = b"wrong number or type of arguments"


def text_functions(state: LuaState) -> dict[bytes, Callable[..., Any]]:
    """redis.sha1hex, redis.error_reply and redis.status_reply, which take one text."""
    errors = state.errors

    def sha1hex(*arguments: Value) -> Value:
        """40 hex digits. What is no string counts as an empty one."""
        if len(arguments) != 1:
            raise errors.raised(b"wrong number of arguments")
        return LuaString(hashlib.sha1(string_of(arguments[0]) or b"").hexdigest().encode())

    def error_reply(*arguments: Value) -> Value:
        """{err=...}; a wrong argument gives an error table too, nothing is raised."""
        if len(arguments) != 1 or type(arguments[0]) is not LuaString:
            return errors.table(errors.placed(_NO_TEXT, state.runtime.caller_point))
        return errors.given(bytes(arguments[0]))

    def status_reply(*arguments: Value) -> Value:
        """{ok=text}."""
        if len(arguments) != 1 or type(arguments[0]) is not LuaString:
            return errors.table(errors.placed(_NO_TEXT, state.runtime.caller_point))
        table = Table()
        table.put(LuaString(b"ok"), arguments[0])
        return table

    return {b"sha1hex": sha1hex, b"error_reply": error_reply, b"status_reply": status_reply}


def log_function(state: LuaState) -> Callable[..., Any]:
    """redis.log(level, ...): strings and numbers, separated by spaces, go to the server's log."""

    raised = state.errors.raised

    def log(*arguments: Value) -> Value:
        if len(arguments) < 2:
            raise raised(state.profile.sentences.api + b".log() requires two arguments or more.")
        number = _number(arguments[0])
        if number is None:
            raise raised(b"First argument must be a number (log level).")
        level = _c_int(number)
        if not 0 <= level <= 3:
            raise raised(state.profile.sentences.bad_log_level)
        texts = [text for text in map(string_of, arguments[1:]) if text is not None]
        state.write_log(level, b" ".join(texts))
        return ()

    return log


def connection_functions(state: LuaState) -> dict[bytes, Callable[..., Any]]:
    """redis.setresp, redis.set_repl and redis.acl_check_cmd: they concern the script's client."""
    sentences, raised = state.profile.sentences, state.errors.raised
    api = sentences.api

    def setresp(*arguments: Value) -> Value:
        run = state.run
        if run is None:
            raise raised(OUTSIDE % (api + b".setresp"))
        if len(arguments) != 1:
            raise raised(api + b".setresp() requires one argument.")
        protocol = _c_int(_number(arguments[0]) or 0.0)
        if protocol not in (2, 3):
            raise raised(b"RESP version must be 2 or 3.")
        run.set_protocol(protocol)
        return ()

    def set_repl(*arguments: Value) -> Value:
        """Checked as in Redis, and without effect: nothing is replicated."""
        if state.run is None:
            raise raised(OUTSIDE % (api + b".set_repl"))
        if len(arguments) != 1:
            raise raised(api + b".set_repl() requires %b." % sentences.set_repl_arguments)
        if _c_int(_number(arguments[0]) or 0.0) & ~3:
            raise raised(b"Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.")
        return ()

    def acl_check_cmd(*arguments: Value) -> Value:
        """Whether the user who runs the script may carry out a command; its arity is not looked at."""
        run = state.run
        if run is None:
            raise raised(OUTSIDE % (api + b".acl_check_cmd"))
        argv = to_argv(arguments, state.profile)
        if isinstance(argv, bytes):
            raise raised(run.worded(argv))
        row = run.session.find_command(argv)
        if row is None:
            raise raised(b"Invalid command passed to %b.acl_check_cmd()" % api)
        if state.profile.checks_arity_in_acl_check and not arity_matches(row, len(argv)):
            raise raised(b"Wrong number of args for %b.acl_check_cmd()" % api)
        return TRUE if denial(run.caller.user, row, argv, run.session.database) is None else FALSE

    return {b"setresp": setresp, b"set_repl": set_repl, b"acl_check_cmd": acl_check_cmd}


def debugging_functions(state: LuaState) -> dict[bytes, Callable[..., Any]]:
    """redis.breakpoint and redis.debug, which are for a debugger; without one they answer false, and nothing."""

    def breakpoint_(*_: Value) -> Value:
        """Whether a debugger will stop before the next line."""
        return FALSE if state.debugger is None else state.debugger.stop_next()

    def debug(*values: Value) -> Value:
        """Shows values to who debugs."""
        if state.debugger is not None:
            state.debugger.show(values)
        return ()

    return {b"breakpoint": breakpoint_, b"debug": debug}


def replicate_commands(*_: Value) -> Value:
    """redis.replicate_commands(): always true since Redis 7.0."""
    return TRUE


def shared_fields(state: LuaState) -> list[Field]:
    """The fields of `redis` in scripts and functions alike, in the order `luaRegisterRedisAPI` sets them."""
    commands = command_functions(state)
    connection = connection_functions(state)
    return [
        *_bound(state, commands, single=True),
        *log_fields(state),
        *version_fields(state),
        *_bound(state, {b"setresp": connection[b"setresp"]}),
        *_bound(state, text_functions(state)),
        *_bound(state, {b"set_repl": connection[b"set_repl"]}),
        *((name, float(value)) for name, value in REPLICATION.items()),
        *(
            _bound(state, {b"acl_check_cmd": connection[b"acl_check_cmd"]})
            if state.profile.api_checks_permissions
            else ()
        ),
    ]


def script_fields(state: LuaState) -> list[Field]:
    """What EVAL scripts have besides (`scriptingInit`)."""
    return list(_bound(state, {**debugging_functions(state), b"replicate_commands": replicate_commands}))


def log_fields(state: LuaState) -> list[Field]:
    """redis.log and its levels (`luaRegisterLogFunction`)."""
    levels = [(name, float(value)) for name, value in LOG_LEVELS.items()]
    return [*_bound(state, {b"log": log_function(state)}), *levels]


def version_fields(state: LuaState) -> list[Field]:
    """redis.REDIS_VERSION_NUM and redis.REDIS_VERSION."""
    profile = state.profile
    if not profile.api_tells_version:
        return []
    version, number = profile.api_version or (profile.version, profile.version_number)
    fields: list[Field] = [(b"REDIS_VERSION_NUM", float(number)), (b"REDIS_VERSION", LuaString(version))]
    if profile.has_server_table:
        fields += (
            (b"SERVER_NAME", LuaString(profile.server)),
            (b"VALKEY_VERSION_NUM", float(profile.version_number)),
            (b"VALKEY_VERSION", LuaString(profile.version)),
        )
    return fields


def table_of(fields: list[Field]) -> Table:
    """A table with these fields, set one after the other."""
    table = Table()
    for name, value in fields:
        table.put(LuaString(name), value)
    return table


def _bound(state: LuaState, functions: dict[bytes, Callable[..., Any]], *, single: bool = False) -> list[Field]:
    return [(name, state.runtime.bind(Native(name, function, False, single))) for name, function in functions.items()]


def string_of(value: Value) -> bytes | None:
    """`lua_tolstring`: a string, or a number as text; None for anything else."""
    if type(value) is LuaString:
        return bytes(value)
    return number_to_text(value) if type(value) is float else None


def _number(value: Value) -> float | None:
    """`lua_tonumber`: a number, or a string that is a numeral; None for anything else."""
    if type(value) is float:
        return value
    return text_to_number(value) if type(value) is LuaString else None


def _c_int(number: float) -> int:
    """The C cast (int)number on x86-64: truncation; what does not fit is -2^31."""
    return int(number) if -2147483649.0 < number < 2147483648.0 else -(2**31)
