"""The command line: `python -m ferrous_vm`, installed as `ferrous`.

    ferrous                                          (the workbench, in the browser; --no-browser)
    ferrous open script.lua ...                      (with these scripts in it: Ctrl+S there writes them)
    ferrous run script.lua --keys k1 k2 --args a b --setup fixture.txt
    ferrous run --eval script.lua k1 k2 , a b        (redis-cli's spelling)
    ferrous run library.lua --function f k1 k2 , a b (a function of a library, as FCALL)
    ferrous run script.lua --profile                 (where its instructions and its time go, on stderr; --coverage)
    ferrous run script.lua --cost 'zset:*'           (what it costs as these keys grow, on stderr)
    ferrous run script.lua --key-report              (where its keys come from, and what clusters say, on stderr)
    ferrous run script.lua --server all              (on every server that is imitated, side by side)
    ferrous run script.lua --cluster 3               (on the node of a cluster that serves its first key)
    ferrous run script.lua --on redis://host         (on a server that runs, beside what it holds; --read-only, --mine)
    ferrous lua file.lua                             (--listing prints its bytecode)
    ferrous lint script.lua ...                      (--keys tells which keys they name, and where these come from)
    ferrous test script.lua work.ferrous.json ...    (expectations, and tests saved by the page; --coverage writes lcov)
    ferrous test scripts --on redis://host           (the expectations, on a server that runs; --on cluster starts one)
    ferrous compare script.lua --on A --on B         (what two servers do otherwise, and the rule that makes it)
    ferrous capture redis://host EVALSHA <sha> 1 k   (a call there with what it touches, as a link; --scripts, --write)
    ferrous explore lock.scenario ...                (every order of what its clients do; --budget, --seed)
    ferrous serve --directory build/site --port 8000
    ferrous serve --redis 6379                       (a server for programs; --redis-socket, --server, --setup, --tape)
    ferrous serve --redis 6379 --coverage lcov.info  (and what of their scripts they executed, by file; --sources)
    ferrous serve --redis 6379 --page                (and the workbench beside it, its engine in a process here)

`run` starts from an empty keyspace, carries out the set-up file (redis-cli commands, one a line, `#` and `--` begin
comments) or loads it (an RDB file), runs the script and prints its reply as redis-cli does; it exits with 1 if that is
an error. `redis.log` goes to stderr. A library is loaded before a set-up file of commands, and after an RDB file. On
several servers that is said once for those that answer and leave the same.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import ferrous_vm
from ferrous_vm import engines
from ferrous_vm.bytecode.disassembler import listing
from ferrous_vm.command_line import capture, compare, explore, lint, live_servers, servers, test
from ferrous_vm.command_line.files import Refused, check_writable, read, write
from ferrous_vm.command_line.test import SHUFFLE
from ferrous_vm.errors import CommandError, LimitExceeded, LuaError, LuaSyntaxError
from ferrous_vm.keyspace.encodings.fixtures import commands_in
from ferrous_vm.keyspace.encodings.rdb_files import SIGNATURES
from ferrous_vm.keyspace.profiles.profile import PROFILES, REDIS_7_0_15, Profile
from ferrous_vm.keyspace.replies import ErrorReply, Reply, encode
from ferrous_vm.printing import printed
from ferrous_vm.server import DEFAULT_ENGINE, Client, Server
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.workbench.cluster_calls import node_of
from ferrous_vm.workbench.escapes import FieldError
from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.resp import parse

if TYPE_CHECKING:  # clusters are imported when one is asked for
    from ferrous_vm.keyspace.cluster import Cluster
    from ferrous_vm.live.page_server import PageServer
    from ferrous_vm.scripting.debugging import DebugSession
    from ferrous_vm.workbench.records.profiling import DebugProfileShown

OK: Final = 0
FAILED: Final = 1
"""The script ended with an error."""
MISUSED: Final = 2
"""A file could not be read, or a set-up command failed."""

LOG_MARKS: Final = (".", "-", "*", "#")
"""How Redis's own log marks debug, verbose, notice and warning."""


DESCRIPTION: Final = "A workbench for Redis Lua scripts. Without a command it opens in the browser."
FUNCTION: Final = "call this function of the library, with keys, a comma, arguments, or with --keys and --args"
CLUSTER: Final = "run it on a node of a cluster of so many, the one that serves its first key"
NODE: Final = "run it on this node of the cluster, from 1, whichever keys that serves"
KNOWN_PORT: Final = -1
"""What `--page` means without a port: one that the browser may know."""
PAGE: Final = "serve the workbench beside it, on loopback alone, on this port rather than on one that is free"
COVERAGE: Final = "write there at the end which lines and branches of scripts were executed, and tell it"
SOURCES: Final = "where the files are that scripts come from, or programs that hold them; this folder"
COST: Final = (
    "tell on stderr what it costs, and how that grows with the keys that match, with all that can be grown if there is "
    "no pattern, or as there are more keys: keys:user:*"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and answer the exit status."""
    options = _parser().parse_args(argv)
    try:
        status: int = options.carry_out(options)
    except Refused as error:
        print(f"ferrous: {error}", file=sys.stderr)
        return MISUSED
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ferrous", description=DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"ferrous {ferrous_vm.__version__}")
    parser.add_argument("--no-browser", action="store_true", help="tell the workbench's address without opening it")
    parser.add_argument("--port", type=int, help="serve it there, rather than on a port that is free")
    parser.set_defaults(carry_out=run_workbench, files=[])
    commands = parser.add_subparsers(metavar="command")
    opened = commands.add_parser("open", help="open scripts in the workbench, and write back what is saved there")
    opened.add_argument("files", nargs="+", type=Path, metavar="FILE", help="scripts, or folders of them")
    opened.add_argument("--no-browser", action="store_true", help="tell the address without opening it")
    opened.add_argument("--port", type=int, help="serve it there, rather than on a port that is free")
    run = commands.add_parser("run", help="run a Redis script and print its reply as redis-cli does")
    run.add_argument("script", nargs="?", type=Path, help="file with the script")
    run.add_argument("--keys", nargs="*", default=[], metavar="KEY")
    run.add_argument("--args", nargs="*", default=[], metavar="ARG")
    run.add_argument("--eval", nargs="+", metavar=("SCRIPT", "WORD"), help="script, keys, a comma, arguments")
    run.add_argument("--setup", type=Path, help="file with redis-cli commands to run before the script, or an RDB file")
    run.add_argument("--function", nargs="+", metavar=("NAME", "WORD"), help=FUNCTION)
    run.add_argument("--read-only", action="store_true", help="run it as EVAL_RO does, or FCALL_RO")
    run.add_argument("--resp", type=int, choices=(2, 3), default=2, help="protocol of the connection")
    run.add_argument("--profile", action="store_true", help="tell on stderr where its instructions and its time go")
    run.add_argument("--coverage", type=Path, metavar="TRACEFILE", help="write which lines and branches were executed")
    run.add_argument("--cost", nargs="?", const="", metavar="PATTERN", help=COST)
    run.add_argument("--key-report", action="store_true", help="tell on stderr where its keys come from")
    run.add_argument("--shuffle", type=int, metavar="SEED", help=SHUFFLE)
    run.add_argument("--cluster", type=int, default=0, metavar="NODES", help=CLUSTER)
    run.add_argument("--node", type=int, default=0, metavar="NUMBER", help=NODE)
    servers.add_argument(run)
    live_servers.add_arguments(run)
    run.add_argument("--clean", action="store_true", help=live_servers.CLEAN)
    run.set_defaults(carry_out=run_script)
    lua = commands.add_parser("lua", help="run a Lua 5.1 file, without Redis and without a sandbox")
    lua.add_argument("file", type=Path)
    lua.add_argument("--listing", action="store_true", help="print the machine's code instead of running it")
    lua.set_defaults(carry_out=run_lua)
    for command in (run, lua):
        command.add_argument("--engine", choices=sorted(engines.ENGINES), default=DEFAULT_ENGINE)
    lint.add_arguments(commands.add_parser("lint", help="find mistakes in scripts without running them"))
    test.add_arguments(commands.add_parser("test", help="run scripts that carry their expectations"))
    capture.add_arguments(commands.add_parser("capture", help="take a call from a server in use, with all it touches"))
    compare.add_arguments(commands.add_parser("compare", help="run a script on several servers that run"))
    every = commands.add_parser("explore", help="try every order of what the clients of a scenario do")
    explore.add_arguments(every)
    web = commands.add_parser("serve", help="serve the workbench page, or a Redis for programs")
    web.add_argument("--directory", type=Path, help="the built page; the one that is here")
    web.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    web.add_argument("--redis", type=int, metavar="PORT", help="serve programs that speak RESP there; 0 chooses one")
    web.add_argument("--redis-socket", type=Path, metavar="PATH", help="serve them on a Unix socket")
    web.add_argument("--page", type=int, nargs="?", const=KNOWN_PORT, metavar="PORT", help=PAGE)
    web.add_argument("--bind", default="127.0.0.1", metavar="ADDRESS", help="listen there rather than on loopback")
    web.add_argument("--server", choices=PROFILES, default=REDIS_7_0_15.name, help="the server that is imitated")
    web.add_argument("--setup", type=Path, help="file with redis-cli commands to begin with, or an RDB file")
    web.add_argument("--coverage", type=Path, metavar="TRACEFILE", help=COVERAGE)
    web.add_argument("--sources", type=Path, action="append", metavar="FOLDER", help=SOURCES)
    web.add_argument("--tape", type=Path, metavar="FILE", help="write the calls of scripts there at the end")
    web.add_argument("--engine", choices=sorted(engines.ENGINES), default=DEFAULT_ENGINE)
    web.set_defaults(carry_out=run_server)
    return parser


def run_script(options: argparse.Namespace) -> int:
    """ferrous run"""
    if options.on:
        return _run_on(options)
    names = servers.chosen(options.server)
    called = _called(options)
    node = _node(options, called)
    if len(names) > 1:
        return _run_on_several(options, called, names, node)
    if options.coverage is not None:
        check_writable(options.coverage)
    server = Server(options.engine, profile=names[0], shuffle=options.shuffle)
    client, refused = _connect(options, server, called)
    told = _profile(server, client, called) if options.profile else []
    told += [] if options.cost is None else _cost(options, names[0], called)
    told += _key_report(server, client, called) if options.key_report else []
    if options.coverage is not None:
        _cover(options.coverage, server, client, called)
    server.keyspace.join(node)
    reply = refused or client.execute(*called.argv)
    for line in _log(server):
        print(line, file=sys.stderr)
    print(_shown(options, server, reply), flush=True)
    for line in told:
        print(line, file=sys.stderr)
    return FAILED if isinstance(reply, ErrorReply) else OK


def _run_on_several(options: argparse.Namespace, called: _Called, names: list[str], node: Cluster | None) -> int:
    """The log, the reply and the keyspace on each of several servers: chance and the clock are the same for all."""
    if options.profile or options.coverage is not None or options.cost is not None or options.key_report:
        raise Refused("--profile, --coverage, --cost and --key-report tell of one server: name one")
    from ferrous_vm.workbench.every_server.outcomes import Outcome, SteadyClock, told_of, whole_second

    begin = whole_second()

    def run(profile: str | Profile) -> Outcome:
        clock = SteadyClock(begin)
        server = Server(options.engine, profile=profile, shuffle=options.shuffle, clock=clock, seed=0)
        try:
            client, refused = _connect(options, server, called)
        except Refused as error:
            return told_of(server, "fixture", f"refused the set-up: {error}", "")
        server.keyspace.join(node)
        reply = refused or client.execute(*called.argv)
        verdict: Literal["error", "ok"] = "error" if isinstance(reply, ErrorReply) else "ok"
        return told_of(server, verdict, _shown(options, server, reply), "\n".join(_log(server)))

    outcomes = {name: run(name) for name in names}
    print(*servers.side_by_side(outcomes, run), sep="\n", flush=True)
    return OK if all(outcome.verdict == "ok" for outcome in outcomes.values()) else FAILED


class _Called(NamedTuple):
    """A call as words; the file of the script, or of the library, and what is in it."""

    argv: list[bytes]
    path: Path
    source: bytes

    @property
    def is_function(self) -> bool:
        return self.argv[0].startswith(b"FCALL")

    @property
    def keys(self) -> list[bytes]:
        return self.argv[3 : 3 + int(self.argv[2])]


def _run_on(options: argparse.Namespace) -> int:
    """On servers that run."""
    if options.clean:
        for address in options.on:
            live_servers.clean(address, options.mine)
        if options.script is None and options.eval is None:
            return OK
    called = _called(options)
    library = called.source if called.is_function else None
    return OK if live_servers.run_on(options, called.argv, library) else FAILED


def _called(options: argparse.Namespace) -> _Called:
    path, keys, arguments = _script_and_words(options)
    source = read(path)
    words = [os.fsencode(word) for word in (*keys, *arguments)]
    command, callee = (b"FCALL", os.fsencode(options.function[0])) if options.function else (b"EVAL", source)
    argv = [command + b"_RO" if options.read_only else command, callee, b"%d" % len(keys), *words]
    return _Called(argv, path, source)


def _node(options: argparse.Namespace, called: _Called) -> Cluster | None:
    """The node of a cluster that gets the call; None for a server alone."""
    if options.node and not options.cluster:
        raise Refused("--node names one of a cluster: say --cluster too")
    try:
        return node_of(options.cluster, options.node, called.keys)
    except FieldError as error:
        raise Refused(str(error)) from None


def _connect(options: argparse.Namespace, server: Server, called: _Called) -> tuple[Client, ErrorReply | None]:
    """A connection that has done the set-up and, for a function, has loaded the library: the error if it could not.
    Raises Refused if the set-up is refused."""
    client = server.connect()
    loaded = _set_up(server, client, options.setup, called.source if called.is_function else None)
    if options.resp == 3:
        client.execute(b"HELLO", b"3")
    return client, loaded if isinstance(loaded, ErrorReply) else None


def _log(server: Server) -> list[str]:
    return [f"{LOG_MARKS[logged.level]} {printed(logged.message)}" for logged in server.take_log()]


def _shown(options: argparse.Namespace, server: Server, reply: Reply) -> str:
    """A reply as redis-cli prints it."""
    return format_reply(parse(encode(reply, options.resp, server.keyspace.profile.double_text)))


def _profile(server: Server, client: Client, called: _Called) -> list[str]:
    """Where the time of a call goes; the machine that tells is imported only then."""
    from ferrous_vm.command_line.profile import profile_lines
    from ferrous_vm.workbench.profiling import call_again, profile

    def tell(session: DebugSession) -> DebugProfileShown:
        return profile(session, server.keyspace, time.perf_counter)

    shown = call_again(server, client, called.argv, tell, called.source)
    return [] if shown is None else list(profile_lines(called.source, shown))


def _cover(path: Path, server: Server, client: Client, called: _Called) -> None:
    """Writes what a call executes; what counts is imported only then."""
    from ferrous_vm.workbench.coverage import Coverage

    coverage = Coverage()
    coverage.add_call(server, client, called.argv, called.source)
    write(path, coverage.lcov(str(called.path)))


def _cost(options: argparse.Namespace, profile: str, called: _Called) -> list[str]:
    """What a call costs; what measures is imported only then."""
    from ferrous_vm.command_line.costs import cost_lines
    from ferrous_vm.workbench.costs.measuring import Measuring

    def prepare() -> tuple[Measuring, list[bytes]]:
        measuring = Measuring(profile=profile)
        measuring.client, _ = _connect(options, measuring.server, called)
        return measuring, called.argv

    return list(cost_lines(prepare, os.fsencode(options.cost)))


def _key_report(server: Server, client: Client, called: _Called) -> list[str]:
    """Where the keys of a call come from; nothing for one that may not run, which the call will tell."""
    from ferrous_vm.command_line.key_report import report_lines
    from ferrous_vm.workbench.calls import Call
    from ferrous_vm.workbench.key_report import report_of

    mode, callee, _, *words = called.argv
    arguments = words[len(called.keys) :]
    call = Call(called.source, called.keys, arguments, mode.decode(), callee if called.is_function else b"")
    try:
        return list(report_lines(report_of(server, client, call)))
    except CommandError:
        return []


def _script_and_words(options: argparse.Namespace) -> tuple[Path, list[str], list[str]]:
    if (options.script is None) == (options.eval is None):
        raise Refused("name one script, as `run script.lua` or `run --eval script.lua`")
    script, *words = options.eval or [options.script]
    words += options.function[1:] if options.function else []
    if not words:
        return Path(script), options.keys, options.args
    if options.keys or options.args:
        raise Refused("say keys and arguments once: beside a comma, or with --keys and --args")
    comma = words.index(",") if "," in words else len(words)
    return Path(script), words[:comma], words[comma + 1 :]


def _set_up(server: Server, client: Client, path: Path | None, library: bytes | None = None) -> Reply:
    """Loads an RDB file, or carries out commands. A library is loaded after the one, which may bring another of that
    name, and before the others, which may call it: the reply to that."""
    data = b"" if path is None else read(path)
    is_rdb = data.startswith(SIGNATURES)
    if is_rdb:
        try:
            server.load_rdb(data)
        except CommandError as error:
            from ferrous_vm.workbench.rdb_files import others_who_read

            raise Refused(f"{path}: {error}{others_who_read(data, server.keyspace.profile)}") from None
    loaded = None if library is None else client.execute(b"FUNCTION", b"LOAD", b"REPLACE", library)
    for number, words in () if is_rdb else commands_in(data):
        if words is None:
            raise Refused(f"{path}:{number}: unbalanced quotes")
        reply = client.execute(*words)
        if isinstance(reply, ErrorReply):
            raise Refused(f"{path}:{number}: {printed(reply.message)}")
    return loaded


def run_lua(options: argparse.Namespace) -> int:
    """ferrous lua"""
    source = read(options.file)
    if source.startswith(b"#"):  # a Unix shebang; the line end stays, and with it the line numbers
        source = source[source.find(b"\n") :] if b"\n" in source else b""
    write = sys.stdout.buffer.write
    try:
        if options.listing:
            code = engines.compile_resolved(engines.resolve_source(source, os.fsencode(f"@{options.file}")))
            write(listing(code).encode())
        else:
            ferrous_vm.Lua(options.engine).run(source, name=f"@{options.file}", stdout=write)
    except LuaSyntaxError as error:
        return _lua_failed(error.message)
    except LuaError as error:
        return _lua_failed(_message(error.value))
    except LimitExceeded as error:
        return _lua_failed(error.message)
    finally:
        sys.stdout.buffer.flush()
    return OK


def _lua_failed(message: bytes) -> int:
    print("lua:", printed(message), file=sys.stderr)
    return FAILED


def _message(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return number_to_text(value) if isinstance(value, float) else b"(error object is not a string)"


def run_workbench(options: argparse.Namespace) -> int:
    """ferrous, without a command, and ferrous open; Refused if it cannot listen there."""
    from ferrous_vm.command_line import page  # with what serves, which no other command needs

    try:
        page.open_workbench(options.port, not options.no_browser, options.files)
    except (OSError, OverflowError) as error:
        raise Refused(str(error)) from None
    return OK


def run_server(options: argparse.Namespace) -> int:
    """ferrous serve; Refused if it cannot listen there."""
    if options.redis is not None or options.redis_socket is not None:
        return _run_endpoint(options)
    if options.page is not None:
        raise Refused("--page serves the workbench beside a server: say --redis too")
    from ferrous_vm.command_line import page
    from ferrous_vm.static_server import serve

    try:
        serve(options.directory or page.built_page(), options.port)
    except (OSError, OverflowError) as error:
        raise Refused(str(error)) from None
    return OK


def _page_beside(options: argparse.Namespace, server: Server) -> AbstractContextManager[PageServer | None]:
    """What serves the workbench meanwhile, if that is asked for. Raises Refused, and OSError if its port is taken."""
    if options.page is None:
        return nullcontext()
    from ferrous_vm.command_line.live import page_server

    return page_server(server, options.directory, None if options.page == KNOWN_PORT else options.page)


def _run_endpoint(options: argparse.Namespace) -> int:
    """ferrous serve --redis"""
    from ferrous_vm.endpoint import Endpoint
    from ferrous_vm.endpoint.ferrous_command import desk_of
    from ferrous_vm.tape.works import file_of

    server = Server(options.engine, profile=options.server)
    if options.setup is not None:
        _set_up(server, server.connect(), options.setup)
    endpoint = Endpoint(server, host=options.bind, port=options.redis, path=options.redis_socket)

    desk = desk_of(server)
    desk.sources = options.sources or [Path()]
    if options.coverage is not None:
        check_writable(options.coverage)
        desk.coverage.watch(server)
    tape = desk.tape
    if options.tape is not None:
        check_writable(options.tape)
        tape.start()
    try:
        with _page_beside(options, server) as page:

            def tell() -> None:
                for place in endpoint.places:
                    print(f"Ready to accept connections on {place}", flush=True)
                if page is not None:
                    print(f"The workbench is at {page.page_address}", flush=True)

            endpoint.run(tell)
    except (OSError, OverflowError) as error:
        raise Refused(str(error)) from None
    if options.coverage is not None:
        files = desk.covered()
        write(options.coverage, "".join(file.lcov() for file in files))
        print(*(file.in_words() for file in files), sep="\n")
    if options.tape is not None:
        calls = file_of(tape.kept.all(), options.server).decode()
        if not calls:
            raise Refused(f"{options.tape}: no script was called that could be written there")
        write(options.tape, calls)
    return OK


if __name__ == "__main__":
    sys.exit(main())
