"""Clients as Lua programs, run on the machine up to their next request.

A program asks for things by calling natives: `call`, `redis`, `sleep`, `now`, and `enter`, which is a point where
others may go on. Nothing it asks for is done while it runs: its run ends there (`Suspended`, which no pcall sees), the
request is carried out by whoever runs the scenario, and the program is run again from its beginning with all results
it has had so far. So nothing re-enters the machine, a pcall or a coroutine may lie between, and the state of a client
is the list of its results. A program is deterministic: it has no clock and no chance but what it is given.

    call(name, keys, args)     a script of the scenario, or a function of its libraries; what redis.call would answer
    redis(command, ...)        a command; an error is raised as redis.call does
    sleep(ms)                  goes on when so much time has passed, or later
    now()                      this client's clock, in milliseconds
    enter(name) leave(name)    it is in a section from here to there
    note(text)                 for invariants to count
    fail(text)                 this must not happen
    me, sha(name), source(name)    the client's name; a script's SHA-1 and text
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from ferrous_vm import engines
from ferrous_vm.errors import LimitExceeded, LuaError, TracePoint
from ferrous_vm.keyspace.replies import ErrorReply, Reply, format_double
from ferrous_vm.limits import Limits
from ferrous_vm.machine.heap import Heap
from ferrous_vm.machine.machine import Machine
from ferrous_vm.scenarios.scenario import ClientProgram, Scenario
from ferrous_vm.scripting.api import words_of
from ferrous_vm.scripting.conversion import REPLY_TO_LUA
from ferrous_vm.scripting.error_tables import ERR, command_error
from ferrous_vm.scripting.sandbox import BASE_GLOBALS, DENIED, libraries
from ferrous_vm.stdlib import base
from ferrous_vm.values.natives import Native
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.random import Drand48
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

LIMITS: Final = Limits(instructions=1_000_000, seconds=2.0, memory=64 * 1024 * 1024, string_size=1024 * 1024)
"""What a program may use from its beginning to a request."""
MOST_EFFECTS: Final = 100
"""Notes, and sections entered and left, between two requests."""
LONGEST_SLEEP: Final = 10**12
"""Milliseconds."""

COMMAND: Final = "command"
SLEEP: Final = "sleep"
NOW: Final = "now"
POINT: Final = "point"
ENDED: Final = "ended"
FAILED: Final = "failed"

NOTE: Final = "note"
ENTER: Final = "enter"
LEAVE: Final = "leave"


class Request(NamedTuple):
    """What a program asks for next."""

    kind: str
    argv: tuple[bytes, ...] = ()
    """Of a command, its words."""
    amount: int = 0
    """Of a sleep, milliseconds."""
    text: str = ""
    """Of a command, how the program says it; of what failed, why."""


Effect: TypeAlias = tuple[str, str]
"""NOTE, ENTER or LEAVE, and the text or the section."""


class Stop(NamedTuple):
    """Where a program stands: what it asks for, and what it did since its last result."""

    request: Request
    effects: tuple[Effect, ...]
    digest: Any = None
    """What `Programs.inspect` answered; None where it was not asked or cannot tell."""


class Suspended(LimitExceeded):
    """A program has asked for something: its run ends."""

    def __init__(self, request: Request) -> None:
        super().__init__("request", b"")
        self.request = request
        self.traceback = _NOWHERE


_NOWHERE: Final = (TracePoint(b"", 0),)
_word = words_of(format_double)


class _Present:
    """The program that runs now."""

    __slots__ = ("effects", "next", "results", "sections")

    def __init__(self, results: Sequence[Any]) -> None:
        self.results = results
        self.next = 0
        self.effects: list[Effect] = []
        self.sections: list[str] = []


class Programs:
    """The programs of a scenario, compiled once. `inspect(machine, globals)` is asked of each run where it stands."""

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        """Raises LuaSyntaxError, whose lines are those of the scenario's text."""
        self._random = Drand48(seed)
        self._seed = seed
        self.runtime: Any = engines.create(engines.REFERENCE, write=_discard, random=self._random)
        self._scripts = {code.name.encode(): code.source for code in scenario.scripts}
        self._has_libraries = bool(scenario.libraries)
        self._present = _Present(())
        natives: dict[bytes, Callable[..., Any]] = {
            b"call": self._call,
            b"redis": self._redis,
            b"sleep": self._sleep,
            b"now": self._now,
            b"enter": self._enter,
            b"leave": self._leave,
            b"note": self._note,
            b"fail": self._fail,
            b"sha": self._sha,
            b"source": self._source,
        }
        bind = self.runtime.bind
        self._natives = [
            (LuaString(name), bind(Native(name, _plain(function), False))) for name, function in natives.items()
        ]
        self._base = [(LuaString(native.name), bind(native)) for native in base.LIBRARY.natives]
        self._base = [(name, value) for name, value in self._base if bytes(name) not in DENIED and name in BASE_GLOBALS]
        self._libraries = [library for library in libraries() if library.name != b"cjson"]
        self.inspect: Callable[[Any, Table], Any] | None = None
        self.main: dict[str, Any] = {}
        """The main function of each client's program, by the client's name."""
        self._numbers: dict[str, int] = {}
        for client in scenario.clients:
            function = self._compile(client)
            for name in client.names:
                self.main[name] = function
                self._numbers[name] = len(self._numbers)
        self.runtime.profile = _Watching(self)

    def _compile(self, client: ClientProgram) -> Any:
        """Its lines are those of the scenario's text, for whoever is told of an error."""
        resolved = engines.resolve_source(b"\n" * client.line + client.source, b"=client " + client.name.encode())
        return self.runtime.load_chunk(resolved)

    def run(self, client: str, results: Sequence[Any]) -> Stop:
        """Where the client's program stands when it has had these results: replies of commands, milliseconds of the
        clock for `now`, None for a sleep and a point."""
        present = self._present = _Present(results)
        runtime = self.runtime
        self._random.seed(self._seed * 1009 + self._numbers[client])
        globals_ = runtime.globals = self._globals(client)
        main = self.main[client]
        main.environment = globals_
        self._digest: Any = None
        self._globals_now = globals_
        try:
            runtime.run(main, (), LIMITS)
            request = Request(ENDED)
            for section in present.sections:
                present.effects.append((LEAVE, section))
        except Suspended as suspended:
            request = suspended.request
        except LuaError as error:
            request = Request(FAILED, text=f"error: {_text_of(error.value)}")
        except LimitExceeded as error:
            request = Request(FAILED, text=f"error: {error}, without a call")
        return Stop(request, tuple(present.effects), self._digest)

    def look(self, machine: Machine) -> None:
        """The program has come to a request."""
        if self.inspect is not None:
            self._digest = self.inspect(machine, self._globals_now)

    def chance(self) -> int:
        """Where the random numbers of the running program are."""
        return self._random.state

    def _globals(self, client: str) -> Table:
        runtime = self.runtime
        globals_ = Table()
        for name, value in self._base:
            globals_.put(name, value)
        for library in self._libraries:
            opened = runtime.open(library)
            globals_.put(LuaString(library.name), opened)
            if library.name == b"string":
                metatable = Table()
                metatable.put(_INDEX, opened)
                runtime.string_metatable = metatable
        for name, value in self._natives:
            globals_.put(name, value)
        globals_.put(_G, globals_)
        globals_.put(_ME, LuaString(client.encode()))
        return globals_

    # What programs call

    def _ask(self, request: Request) -> Any:
        """The result of a request; ends the run where there is none yet."""
        present = self._present
        if present.next == len(present.results):
            raise Suspended(request)
        result = present.results[present.next]
        present.next += 1
        present.effects.clear()
        return result

    def _call(self, *arguments: Any) -> Any:
        name, keys, words = (*arguments, None, None, None)[:3]
        if not isinstance(name, bytes):
            raise LuaError(LuaString(b"call needs the name of a script"), level=1)
        key_words, other_words = _items(keys, b"keys"), _items(words, b"arguments")
        source = self._scripts.get(bytes(name))
        if source is None and not self._has_libraries:
            raise LuaError(LuaString(b"there is no script '%b' in this scenario" % name), level=1)
        head = (b"FCALL", bytes(name)) if source is None else (b"EVAL", source)
        argv = (*head, b"%d" % len(key_words), *key_words, *other_words)
        text = f"{_shown(name)}({', '.join(map(_shown, key_words))}; {', '.join(map(_shown, other_words))})"
        return _lua_of(self._ask(Request(COMMAND, argv, text=text)))

    def _redis(self, *arguments: Any) -> Any:
        argv = _words(arguments)
        if not argv:
            raise LuaError(LuaString(b"redis needs a command"), level=1)
        return _lua_of(self._ask(Request(COMMAND, argv, text=" ".join(map(_shown, argv)))))

    def _sleep(self, *arguments: Any) -> Any:
        milliseconds = arguments[0] if arguments else None
        if type(milliseconds) is not float or not 0 <= milliseconds <= LONGEST_SLEEP:
            raise LuaError(LuaString(b"sleep needs milliseconds, 0 or more"), level=1)
        self._ask(Request(SLEEP, amount=int(milliseconds)))
        return ()

    def _now(self, *_: Any) -> Any:
        return float(self._ask(Request(NOW)))

    def _enter(self, *arguments: Any) -> Any:
        section = _text(arguments, "enter")
        self._effect(ENTER, section)
        self._present.sections.append(section)
        self._ask(Request(POINT, text=section))
        return ()

    def _leave(self, *arguments: Any) -> Any:
        section = _text(arguments, "leave")
        if section not in self._present.sections:
            raise LuaError(LuaString(b"leave('%b') without enter" % section.encode()), level=1)
        self._present.sections.remove(section)
        self._effect(LEAVE, section)
        return ()

    def _note(self, *arguments: Any) -> Any:
        self._effect(NOTE, _text(arguments, "note"))
        return ()

    def _fail(self, *arguments: Any) -> Any:
        raise Suspended(Request(FAILED, text=_text(arguments, "fail") if arguments else "fail()"))

    def _effect(self, kind: str, text: str) -> None:
        effects = self._present.effects
        if len(effects) >= MOST_EFFECTS:
            raise LuaError(LuaString(b"more than %d notes and sections without a call" % MOST_EFFECTS), level=1)
        effects.append((kind, text))

    def _sha(self, *arguments: Any) -> Any:
        return LuaString(hashlib.sha1(self._named(arguments)).hexdigest().encode())

    def _source(self, *arguments: Any) -> Any:
        return LuaString(self._named(arguments))

    def _named(self, arguments: tuple[Any, ...]) -> bytes:
        name = arguments[0] if arguments else None
        source = self._scripts.get(bytes(name)) if isinstance(name, bytes) else None
        if source is None:
            raise LuaError(LuaString(b"there is no such script in this scenario"), level=1)
        return source


class _Watching:
    """What the runtime lets run a machine that has begun (`MachineRuntime.profile`): so a program is seen where it
    stands, before its frames are given up."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs

    def run(self, machine: Machine, heap: Heap) -> None:
        """Runs it to its next request. Raises what ends it."""
        try:
            machine.run()
        except Suspended:
            self._programs.look(machine)
            raise


def _plain(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method as the plain function that a native is."""

    def native(*arguments: Any) -> Any:
        return method(*arguments)

    return native


def _discard(text: bytes) -> None:
    """Programs have no `print`."""


_INDEX: Final = LuaString(b"__index")
_G: Final = LuaString(b"_G")
_ME: Final = LuaString(b"me")


def _lua_of(reply: Reply) -> Any:
    """As redis.call answers it, or raises it."""
    if type(reply) is ErrorReply:
        raise LuaError(command_error(reply.message))
    return REPLY_TO_LUA[2][type(reply)](reply)


def _words(values: Sequence[Any]) -> tuple[bytes, ...]:
    try:
        return tuple(map(_word, values))
    except KeyError:
        raise LuaError(LuaString(b"the words of a command are strings and numbers"), level=1) from None


def _items(table: Any, what: bytes) -> tuple[bytes, ...]:
    if table is None:
        return ()
    if not isinstance(table, Table):
        raise LuaError(LuaString(b"the %b of a call are a table" % what), level=1)
    items = []
    position = 1.0
    while (value := table.get(position)) is not None:
        items.append(value)
        position += 1
    return _words(items)


def _text(arguments: tuple[Any, ...], function: str) -> str:
    value = arguments[0] if arguments else None
    if isinstance(value, float):
        return number_to_text(value).decode()
    if not isinstance(value, bytes):
        raise LuaError(LuaString(b"%b needs a text" % function.encode()), level=1)
    return _shown(value)


def _shown(word: bytes) -> str:
    return word.decode("utf-8", "backslashreplace")


def _text_of(value: Any) -> str:
    """An error value for a person."""
    if isinstance(value, Table):
        value = value.get(ERR)
    if isinstance(value, float):
        value = number_to_text(value)
    return _shown(value) if isinstance(value, bytes) else "(error object is not a string)"
