"""FUNCTION, FCALL and FCALL_RO (functions.c; https://redis.io/commands/function-load)."""

from __future__ import annotations

from time import monotonic
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.glob import matches
from ferrous_vm.keyspace.arguments.parsing import keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import CHOICE, KEY_COUNT, NAME, OPTION, SURPLUS
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.help import subcommand_help
from ferrous_vm.keyspace.replies import OK, MapReply, Reply, SetReply, Status
from ferrous_vm.keyspace.server.memory_limit import DECLARATIONS
from ferrous_vm.keyspace.session import Session
from ferrous_vm.scripting.eval_commands import check_key_count, is_read_only
from ferrous_vm.scripting.flags import FLAG_NAMES, declared
from ferrous_vm.scripting.host import busy_sentence, kill, scripting_of
from ferrous_vm.scripting.libraries import FUNCTION_NOT_FOUND, Function, Library
from ferrous_vm.scripting.library_loading import load_library, restore_libraries
from ferrous_vm.scripting.payload import dump_libraries
from ferrous_vm.scripting.state import string_array

_RESTORE_POLICY: Final = b"ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE."
_SYNTAX: Final = b"ERR unknown subcommand or wrong number of arguments for '%b'. Try FUNCTION HELP."


@command("FCALL", "FCALL_RO")
def fcall(session: Session, argv: list[bytes]) -> Reply:
    """FCALL function numkeys [key ...] [arg ...]"""
    host = scripting_of(session)
    function = host.libraries.function(argv[1])
    if function is None:
        raise CommandError(FUNCTION_NOT_FOUND, argv[1], NAME)
    count = to_integer(argv[2])
    if count is None:
        raise CommandError(b"ERR Bad number of keys provided", argv[2], KEY_COUNT)
    check_key_count(count, argv)
    read_only = is_read_only(session, function.flags, argv[0][-3:].lower() == b"_ro")
    state = function.library.state
    run = state.begin(function.name, session, argv, read_only=read_only, flags=function.flags)
    arguments = (string_array(argv[3 : 3 + count]), string_array(argv[3 + count :]))
    recorder = host.recorder
    if recorder is None:
        reply = state.call(run, function.callback, arguments, host.limits)
    else:
        recorder.prepare()
        reply = recorder.record(
            run, function.library.source, lambda: state.call(run, function.callback, arguments, host.limits)
        )
    run.count_inner_errors(argv[0])
    return reply


def _fcall_declares(session: Session, argv: list[bytes]) -> tuple[bool, bool] | None:
    """What the function was registered with."""
    function = scripting_of(session).libraries.function(argv[1])
    return None if function is None else declared(function.flags)


DECLARATIONS.update(dict.fromkeys((b"fcall", b"fcall_ro"), _fcall_declares))


@command("FUNCTION|LOAD")
def function_load(session: Session, argv: list[bytes]) -> Reply:
    """FUNCTION LOAD [REPLACE] function-code"""
    replace = False
    for option in argv[2:-1]:
        if keyword(option) != b"replace":
            raise CommandError(b"ERR Unknown option given: " + messages.shown(option), option, OPTION)
        replace = True
    host = scripting_of(session)
    return load_library(host, host.libraries, argv[-1], replace=replace).name


@command("FUNCTION|DELETE")
def function_delete(session: Session, argv: list[bytes]) -> Reply:
    """FUNCTION DELETE library-name"""
    scripting_of(session).libraries.remove(argv[2])
    return OK


@command("FUNCTION|FLUSH")
def function_flush(session: Session, argv: list[bytes]) -> Reply:
    """FUNCTION FLUSH [ASYNC | SYNC]"""
    if len(argv) > 3:
        raise CommandError(_SYNTAX % argv[1], argv[3], SURPLUS)
    if len(argv) == 3 and keyword(argv[2]) not in (b"sync", b"async"):
        raise CommandError(b"ERR FUNCTION FLUSH only supports SYNC|ASYNC option", argv[2], OPTION)
    scripting_of(session).libraries.clear()
    return OK


@command("FUNCTION|LIST")
def function_list(session: Session, argv: list[bytes]) -> Reply:
    """FUNCTION LIST [LIBRARYNAME library-name-pattern] [WITHCODE]"""
    with_code = False
    pattern: bytes | None = None
    words = iter(argv[2:])
    for word in words:
        if not with_code and keyword(word) == b"withcode":
            with_code = True
        elif pattern is None and keyword(word) == b"libraryname":
            pattern = next(words, None)
            if pattern is None:
                raise CommandError(b"ERR library name argument was not given", word, OPTION)
        else:
            raise CommandError(b"ERR Unknown argument " + messages.shown(word), word, OPTION)
    libraries = scripting_of(session).libraries.libraries.values()
    folded = None if pattern is None else pattern.lower()
    return [
        _library_entry(library, with_code)
        for library in libraries
        if folded is None or matches(folded, library.name.lower())
    ]


def _library_entry(library: Library, with_code: bool) -> MapReply:
    entry = MapReply(
        [
            (b"library_name", library.name),
            (b"engine", b"LUA"),
            (b"functions", [_function_entry(function) for function in library.functions.values()]),
        ]
    )
    if with_code:
        entry.append((b"library_code", library.source))
    return entry


def _function_entry(function: Function) -> MapReply:
    flags = SetReply(Status(name) for name, flag in FLAG_NAMES.items() if flag in function.flags)
    return MapReply([(b"name", function.name), (b"description", function.description), (b"flags", flags)])


@command("FUNCTION|STATS")
def function_stats(session: Session, argv: list[bytes]) -> Reply:
    """FUNCTION STATS"""
    host = scripting_of(session)
    registry, run = host.libraries, host.running
    if run is not None and run.is_eval:
        raise CommandError(busy_sentence(run))
    running = None
    if run is not None:
        milliseconds = int((monotonic() - run.began) * 1000)
        running = MapReply([(b"name", run.name), (b"command", [*run.argv]), (b"duration_ms", milliseconds)])
    counts = MapReply(
        [
            (b"libraries_count", len(registry.libraries)),
            (b"functions_count", registry.function_count),
        ]
    )
    return MapReply([(b"running_script", running), (b"engines", MapReply([(b"LUA", counts)]))])


@command("FUNCTION|KILL")
def function_kill(session: Session, argv: list[bytes]) -> Reply:
    """FUNCTION KILL"""
    kill(session, is_eval=False)
    return OK


@command("FUNCTION|DUMP")
def function_dump(session: Session, argv: list[bytes]) -> Reply:
    """FUNCTION DUMP"""
    sources = (library.source for library in scripting_of(session).libraries.libraries.values())
    return dump_libraries(sources, session.keyspace.profile.rdb_version)


@command("FUNCTION|RESTORE")
def function_restore(session: Session, argv: list[bytes]) -> Reply:
    """FUNCTION RESTORE serialized-value [FLUSH | APPEND | REPLACE]"""
    if len(argv) > 4:
        raise CommandError(_SYNTAX % argv[1], argv[4], SURPLUS)
    policy = keyword(argv[3]) if len(argv) == 4 else b"append"
    if policy not in (b"append", b"replace", b"flush"):
        raise CommandError(_RESTORE_POLICY, argv[3], CHOICE)
    host = scripting_of(session)
    restored = restore_libraries(host, argv[2])
    if policy == b"flush":
        host.libraries.clear()
    host.libraries.join(restored, replace=policy == b"replace")
    return OK


@command("FUNCTION|HELP")
def function_help(session: Session, argv: list[bytes]) -> Reply:
    """FUNCTION HELP"""
    return subcommand_help(session, b"FUNCTION", _HELP)


_HELP: Final = (
    b"LOAD [REPLACE] <FUNCTION CODE>",
    b"    Create a new library with the given library name and code.",
    b"DELETE <LIBRARY NAME>",
    b"    Delete the given library.",
    b"LIST [LIBRARYNAME PATTERN] [WITHCODE]",
    b"    Return general information on all the libraries:",
    b"    * Library name",
    b"    * The engine used to run the Library",
    b"    * Library description",
    b"    * Functions list",
    b"    * Library code (if WITHCODE is given)",
    b"    It also possible to get only function that matches a pattern using LIBRARYNAME argument.",
    b"STATS",
    b"    Return information about the current function running:",
    b"    * Function name",
    b"    * Command used to run the function",
    b"    * Duration in MS that the function is running",
    b"    If no function is running, return nil",
    b"    In addition, returns a list of available engines.",
    b"KILL",
    b"    Kill the current running function.",
    b"FLUSH [ASYNC|SYNC]",
    b"    Delete all the libraries.",
    b"    When called without the optional mode argument, the behavior is determined by the",
    b"    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
    b"    * ASYNC: Asynchronously flush the libraries.",
    b"    * SYNC: Synchronously flush the libraries.",
    b"DUMP",
    b"    Return a serialized payload representing the current libraries, can be restored using FUNCTION RESTORE "
    b"command",
    b"RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
    b"    Restore the libraries represented by the given payload, it is possible to give a restore policy to",
    b"    control how to handle existing libraries (default APPEND):",
    b"    * FLUSH: delete all existing libraries.",
    b"    * APPEND: appends the restored libraries to the existing libraries. On collision, abort.",
    b"    * REPLACE: appends the restored libraries to the existing libraries, On collision, replace the old",
    b"      libraries with the new libraries (notice that even on this option there is a chance of failure",
    b"      in case of functions name collision with another library).",
)
