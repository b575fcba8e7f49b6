"""EVAL, EVALSHA, their read-only forms, and SCRIPT (eval.c; https://redis.io/commands/eval)."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword
from ferrous_vm.keyspace.arguments.readings import KEY_COUNT, NAME, OPTION, SURPLUS
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.help import subcommand_help, subcommand_syntax
from ferrous_vm.keyspace.replies import OK, Reply
from ferrous_vm.keyspace.server.memory_limit import DECLARATIONS
from ferrous_vm.keyspace.session import Session
from ferrous_vm.scripting.flags import ScriptFlag, declared
from ferrous_vm.scripting.host import Script, Scripting, kill, scripting_of
from ferrous_vm.scripting.sandbox import set_keys_and_arguments
from ferrous_vm.scripting.shebang import script_header
from ferrous_vm.scripting.state import string_array

_FLUSH_OPTION: Final = b"ERR SCRIPT FLUSH only support SYNC|ASYNC option"
_NO_ENGINE: Final = b"ERR No scripting engine found with name '%b' to enable debug"
NO_CLUSTER: Final = b"ERR Can not run script on cluster, 'no-cluster' flag is set."
READ_ONLY_COMMAND: Final = b"ERR Can not execute a script with write flag using *_ro command."

_SHA_LENGTH = 40


def check_key_count(count: int, argv: list[bytes]) -> None:
    """Raise CommandError unless `count` keys, as argv[2] says, may stand among the arguments."""
    if count > len(argv) - 3:
        raise CommandError(b"ERR Number of keys can't be greater than number of args", argv[2], KEY_COUNT)
    if count < 0:
        raise CommandError(b"ERR Number of keys can't be negative", argv[2], KEY_COUNT)


def is_read_only(caller: Session, flags: ScriptFlag, read_only_command: bool) -> bool:
    """Whether a run for `caller` may not write; raises CommandError if it must not start (`scriptPrepareForRun`)."""
    if ScriptFlag.EVAL_COMPAT_MODE in flags:
        return read_only_command
    if ScriptFlag.NO_CLUSTER in flags and caller.keyspace.cluster is not None:
        raise CommandError(NO_CLUSTER)
    if ScriptFlag.NO_WRITES in flags:
        return True
    if read_only_command:
        raise CommandError(READ_ONLY_COMMAND)
    return False


@command("EVAL", "EVAL_RO")
def eval_(session: Session, argv: list[bytes]) -> Reply:
    """EVAL script numkeys [key ...] [arg ...]"""
    count = integer(argv[2])
    check_key_count(count, argv)
    host = scripting_of(session)
    keyspace = session.keyspace
    frozen = keyspace.frozen
    try:
        keyspace.freeze()  # nothing expires while we compile, which takes the server no time to speak of
        return _run(host, session, host.evaluated(argv[1]), argv, count)
    finally:
        keyspace.frozen = frozen


@command("EVALSHA", "EVALSHA_RO")
def evalsha(session: Session, argv: list[bytes]) -> Reply:
    """EVALSHA sha1 numkeys [key ...] [arg ...]"""
    if len(argv[1]) != _SHA_LENGTH:
        raise CommandError(session.keyspace.profile.sentences.no_script, argv[1], NAME)
    count = integer(argv[2])
    check_key_count(count, argv)
    host = scripting_of(session)
    script = host.scripts.get(argv[1]) or host.scripts.get(argv[1].lower())
    if script is None:
        raise CommandError(session.keyspace.profile.sentences.no_script, argv[1], NAME)
    if host.is_evaluated(script):
        host.use(script)
    return _run(host, session, script, argv, count)


def _run(host: Scripting, session: Session, script: Script, argv: list[bytes], count: int) -> Reply:
    read_only = is_read_only(session, script.flags, argv[0][-3:].lower() == b"_ro")
    state = script.state
    run = state.begin(script.sha, session, argv, read_only=read_only, flags=script.flags)
    recorder = host.recorder
    if recorder is not None:
        recorder.prepare()
    if state.profile.draws_anew:
        state.runtime.random.seed(0)
    set_keys_and_arguments(state, string_array(argv[3 : 3 + count]), string_array(argv[3 + count :]))
    if recorder is None:
        reply = state.call(run, script.function, (), host.limits)
    else:
        reply = recorder.record(run, script.source, lambda: state.call(run, script.function, (), host.limits))
    run.count_inner_errors(argv[0])
    return reply


def _eval_declares(session: Session, argv: list[bytes]) -> tuple[bool, bool] | None:
    """What the shebang of EVAL's script declares."""
    try:
        return declared(script_header(argv[1], session.keyspace.profile).flags)
    except CommandError:
        return None


def _evalsha_declares(session: Session, argv: list[bytes]) -> tuple[bool, bool] | None:
    """What the shebang of a cached script declares."""
    script = scripting_of(session).scripts.get(argv[1].lower())
    return None if script is None else declared(script.flags)


DECLARATIONS.update(dict.fromkeys((b"eval", b"eval_ro"), _eval_declares))
DECLARATIONS.update(dict.fromkeys((b"evalsha", b"evalsha_ro"), _evalsha_declares))


@command("SCRIPT|LOAD")
def script_load(session: Session, argv: list[bytes]) -> Reply:
    """SCRIPT LOAD script"""
    host = scripting_of(session)
    script = host.script(argv[2])
    host.keep(script)
    return script.sha


@command("SCRIPT|EXISTS")
def script_exists(session: Session, argv: list[bytes]) -> Reply:
    """SCRIPT EXISTS sha1 [sha1 ...]"""
    scripts = scripting_of(session).scripts
    return [int(sha.lower() in scripts) for sha in argv[2:]]


@command("SCRIPT|FLUSH")
def script_flush(session: Session, argv: list[bytes]) -> Reply:
    """SCRIPT FLUSH [ASYNC | SYNC]"""
    if len(argv) > 3:
        raise CommandError(_FLUSH_OPTION, argv[3], SURPLUS)
    if len(argv) == 3 and keyword(argv[2]) not in (b"sync", b"async"):
        raise CommandError(_FLUSH_OPTION, argv[2], OPTION)
    scripting_of(session).flush_scripts()
    return OK


@command("SCRIPT|KILL")
def script_kill(session: Session, argv: list[bytes]) -> Reply:
    """SCRIPT KILL"""
    kill(session, is_eval=True)
    return OK


_LINE_DEBUGGER: Final = "ferrous_vm.workbench.line_debugger"
"""The module of what takes the commands of a connection that debugs; imported when somebody does."""


@command("SCRIPT|DEBUG")
def script_debug(session: Session, argv: list[bytes]) -> Reply:
    """SCRIPT DEBUG <YES | SYNC | NO>, and since Valkey 9.1 [engine]"""
    if len(argv) > 4:
        raise subcommand_syntax(argv, argv[4], SURPLUS)
    if session.in_exec:
        raise CommandError(b"ERR SCRIPT DEBUG must be called outside a pipeline")
    if len(argv) == 4 and keyword(argv[3]) != b"lua":
        raise CommandError(_NO_ENGINE % messages.shown(argv[3]), argv[3], NAME)
    mode = keyword(argv[2])
    if mode not in (b"yes", b"sync", b"no"):
        raise CommandError(b"ERR Use SCRIPT DEBUG YES/SYNC/NO")
    if mode != b"no" or session.keyspace.debugger is not None:
        import_module(_LINE_DEBUGGER).switch(scripting_of(session), session, mode)
    return OK


@command("SCRIPT|HELP")
def script_help(session: Session, argv: list[bytes]) -> Reply:
    """SCRIPT HELP"""
    return subcommand_help(session, b"SCRIPT", _HELP)


_HELP: Final = (
    b"DEBUG (YES|SYNC|NO)",
    b"    Set the debug mode for subsequent scripts executed.",
    b"EXISTS <sha1> [<sha1> ...]",
    b"    Return information about the existence of the scripts in the script cache.",
    b"FLUSH [ASYNC|SYNC]",
    b"    Flush the Lua scripts cache. Very dangerous on replicas.",
    b"    When called without the optional mode argument, the behavior is determined by the",
    b"    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
    b"    * ASYNC: Asynchronously flush the scripts cache.",
    b"    * SYNC: Synchronously flush the scripts cache.",
    b"KILL",
    b"    Kill the currently executing Lua script.",
    b"LOAD <script>",
    b"    Load a script into the scripts cache without executing it.",
)
