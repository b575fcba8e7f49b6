"""What is debugged, ready to be called in a Lua state of its own on the reference engine."""

from __future__ import annotations

from typing import NamedTuple

from ferrous_vm import engines
from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.session import Session
from ferrous_vm.scripting.eval_commands import is_read_only
from ferrous_vm.scripting.flags import ScriptFlag
from ferrous_vm.scripting.host import FUNCTION_CHUNK, SCRIPT_CHUNK, Scripting
from ferrous_vm.scripting.libraries import FUNCTION_NOT_FOUND, Registry
from ferrous_vm.scripting.library_loading import load_library
from ferrous_vm.scripting.run import Observer, ScriptRun
from ferrous_vm.scripting.sandbox import open_function_globals, open_script_globals, set_keys_and_arguments
from ferrous_vm.scripting.shebang import script_header
from ferrous_vm.scripting.state import LuaState, string_array
from ferrous_vm.values.natives import Value


class Asked(NamedTuple):
    """A call of a script, or of the `function` of a library."""

    host: Scripting
    caller: Session
    source: bytes
    function: bytes | None
    keys: list[bytes]
    arguments: list[bytes]
    read_only_command: bool


class Subject(NamedTuple):
    """`name` is what the errors of the script call it, `inputs` are KEYS and ARGV, `arguments` what it is given."""

    name: bytes
    flags: ScriptFlag
    function: Value
    inputs: tuple[Value, Value]
    arguments: tuple[Value, ...]


def new_state(asked: Asked) -> LuaState:
    """A Lua state in which nothing is loaded yet."""
    return LuaState(asked.host, asked.host.create_runtime(engines.REFERENCE))


def chunk_name_of(asked: Asked) -> bytes:
    """What errors call the text."""
    return SCRIPT_CHUNK if asked.function is None else FUNCTION_CHUNK


def load_subject(asked: Asked, state: LuaState) -> Subject:
    """What a call is of, loaded into `state`. Raises CommandError if it does not compile or may not run."""
    inputs = (string_array(asked.keys), string_array(asked.arguments))
    if asked.function is None:
        return _script(asked, state, inputs)
    return _function(asked, asked.function, state, inputs)


def begin_run(asked: Asked, subject: Subject, state: LuaState, observer: Observer) -> ScriptRun:
    """The run of its call."""
    return ScriptRun(
        subject.name,
        asked.caller,
        state.session,
        read_only=is_read_only(asked.caller, subject.flags, asked.read_only_command),
        flags=subject.flags,
        observer=observer,
        current_line=state.current_line,
    )


def _script(asked: Asked, state: LuaState, inputs: tuple[Value, Value]) -> Subject:
    script = asked.host.script(asked.source)
    open_script_globals(state)
    function = state.runtime.load(script_header(asked.source, state.profile).body, SCRIPT_CHUNK)
    set_keys_and_arguments(state, *inputs)
    return Subject(script.sha, script.flags, function, inputs, ())


def _function(asked: Asked, name: bytes, state: LuaState, inputs: tuple[Value, Value]) -> Subject:
    open_function_globals(state)
    registry = Registry()
    load_library(asked.host, registry, asked.source, state=state)
    function = registry.function(name)
    if function is None:
        raise CommandError(FUNCTION_NOT_FOUND)
    return Subject(function.name, function.flags, function.callback, inputs, inputs)
