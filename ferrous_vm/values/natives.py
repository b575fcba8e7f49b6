"""How a library function is written once and serves both engines.

A *native* is a module-level Python function marked with `@native`. Its parameters are Lua values; it declares
``MISSING`` as the default of every parameter, so that "no value" and nil stay apart, and ``*_`` last to swallow extra
arguments. What it answers is its result: a bare Lua value for one result, a tuple for none or several (a Lua value is
never a Python tuple).

- A native that needs nothing else is a plain function of its arguments.
- One that needs the running engine says ``@native("name", context=True)`` and receives the `Runtime` first.
- One that must call Lua is a *generator*: it yields a `Call` (or `Resume`, or `Yield`) and receives the tuple of
  results; a Lua error of the callee is thrown into it as a `LuaError` whose value and position are complete. It
  returns its own results as any native does. The machine runs what was yielded as a pending operation, the translator
  drives the generator; nothing in a native ever calls an engine, so nothing is re-entered.

Arguments are refused by raising `ArgumentError`, other errors by `LuaError(message, level=1)`, as `luaL_argerror` and
`luaL_error` do; the engine adds the position and the name by which the native was called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol, TypeVar

from ferrous_vm.errors import LuaError
from ferrous_vm.records import Record, field
from ferrous_vm.values.functions import Proxy

Value = Any
"""A Lua value: None, Boolean, float, LuaString, Table, a function, a Coroutine or Userdata."""

Results = Any
"""What a call answers: a bare Value for exactly one result, a tuple of Values for none or several."""


class Missing:
    """The type of `MISSING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()
"""The default of a native's parameter: no value was passed (`LUA_TNONE`), which is not the same as nil."""


class Call:
    """Yielded by a native: call `function` with `args`; the tuple of its results is sent back."""

    __slots__ = ("args", "function")

    def __init__(self, function: Value, args: tuple[Value, ...]) -> None:
        self.function = function
        self.args = args


class HandlerCall(Call):
    """Yielded by `xpcall`: call the handler of `error` with `args`. Lua calls it where the error was raised, on top of
    the C boundaries there (`luaG_errormsg`)."""

    __slots__ = ("error",)

    def __init__(self, function: Value, args: tuple[Value, ...], error: LuaError) -> None:
        super().__init__(function, args)
        self.error = error


class Resume:
    """Yielded by a native: resume `coroutine` with `args`; what it yields or returns is sent back as a tuple.

    An error inside the coroutine is thrown into the native as a `LuaError` (`lua_resume`).
    """

    __slots__ = ("args", "coroutine")

    def __init__(self, coroutine: Value, args: tuple[Value, ...]) -> None:
        self.coroutine = coroutine
        self.args = args


class Yield:
    """Yielded by a native: suspend the running coroutine with `values`; the arguments of its resume are sent back."""

    __slots__ = ("values",)

    def __init__(self, values: tuple[Value, ...]) -> None:
        self.values = values


class Native(Record):
    """A native as its library declares it: `name` is its key in the library's table.

    `single`: whatever call returns, it returns exactly one value, bare; an engine need not look.
    """

    name: bytes
    function: Callable[..., Any]
    context: bool
    single: bool = False


class Settings:
    """What the natives of a library share and change. All of it stands in the slots of the class; a recorded run takes
    it back with the step that changed it."""

    __slots__: tuple[str, ...] = ()

    def savepoint(self) -> tuple[Any, ...]:
        """A mark of the present state."""
        return tuple(getattr(self, name) for name in self.__slots__)

    def rollback(self, mark: tuple[Any, ...]) -> None:
        """Returns to the state of a mark."""
        for name, value in zip(self.__slots__, mark, strict=True):
            setattr(self, name, value)


class Library(Record):
    """A table of natives and constants; `name` is the global it becomes, or b"" for the globals themselves.

    `aliases` are second names of its natives: new name to the name it stands for. They come last, or where a native of
    that name holds the place.
    """

    name: bytes
    natives: tuple[Native, ...]
    constants: dict[bytes, Value] = field(factory=dict)
    aliases: dict[bytes, bytes] = field(factory=dict)


class Runtime(Protocol):
    """What an engine offers to natives (and to the layer that opens libraries); each engine has one implementation."""

    globals: Value
    """The table of globals (a Table)."""
    fixed_globals: frozenset[bytes]
    """Names of globals that stay what they are from now on: an engine may look them up when it loads a chunk."""
    boundaries_below_main: int
    """C boundaries that are open around the main function (`nCcalls`): those of `lua5.1`, unless a host has others."""
    string_metatable: Value
    """The metatable of all strings: a Table, or None."""
    random: Any
    """The source of `math.random`: a `values.random.Drand48`."""
    write: Callable[[bytes], object]
    """Where `print` writes."""

    def bind(self, declared: Native) -> Value:
        """The function value of a native in this engine."""

    def open(self, library: Library) -> Value:
        """A new Table of the library's natives, bound, and constants, in their declared order."""

    def load(self, source: bytes, chunk_name: bytes) -> Value:
        """The main function of a chunk, its environment the globals. Raises LuaSyntaxError."""

    def chunk_name(self, function: Value) -> bytes | None:
        """The chunk name of a Lua function (``@user_script``), as `string.dump` stores it; None for a native."""

    def create_coroutine(self, function: Value) -> Value:
        """A new suspended Coroutine that will run `function` (`coroutine.create`)."""

    def running_coroutine(self) -> Value:
        """The running Coroutine, or None in the main program."""

    def coroutine_status(self, coroutine: Value) -> bytes:
        """suspended, running, normal or dead."""

    def environment(self, target: Value) -> Value:
        """The environment table of a function value, or of the function at a call level given as an int (getfenv)."""

    def set_environment(self, target: Value, table: Value) -> Value:
        """Sets it (setfenv) and answers the function; raises LuaError if that function's cannot be changed."""

    def memory_in_use(self) -> int:
        """Bytes by the heap's accounting (`collectgarbage("count")` times 1024)."""

    def collect(self) -> None:
        """A full mark and sweep (`collectgarbage("collect")`)."""

    def watch(self, proxy: Proxy) -> None:
        """From now on a collection looks whether this userdata can still be reached."""

    def take_unreachable(self) -> Proxy | None:
        """A watched userdata that a collection could not reach: each once, the newest of a collection first."""


F = TypeVar("F", bound=Callable[..., Any])

_DECLARED: Final = "__ferrous_native__"


def native(name: str, *, context: bool = False, single: bool = False) -> Callable[[F], F]:
    """Marks a module-level function as the native `name`; with `context` it receives the Runtime first.

    `single` promises exactly one result of every call that returns.
    """

    def declare(function: F) -> F:
        function.__dict__[_DECLARED] = Native(name.encode(), function, context, single)
        return function

    return declare


DIRECT: Final[dict[Callable[..., Any], Callable[..., Any]]] = {}
"""The direct form of a native that is a generator, for engines whose functions are Python functions.

It calls Lua functions itself, or answers NotImplemented, having done nothing, where it cannot do what the native does.
"""


def directly(generator: Callable[..., Any]) -> Callable[[F], F]:
    """Declares a function as the direct form of a native, which must not need the Runtime."""

    def declare(function: F) -> F:
        DIRECT[generator] = function
        return function

    return declare


def library(
    name: str,
    functions: Iterable[Callable[..., Any]],
    constants: dict[bytes, Value] | None = None,
    aliases: dict[bytes, bytes] | None = None,
) -> Library:
    """The Library of marked functions, in the order given (the order decides how `pairs` visits its table).

    Raises KeyError if a function is not marked with `@native`.
    """
    natives = tuple(f.__dict__[_DECLARED] for f in functions)
    return Library(name.encode(), natives, dict(constants or {}), dict(aliases or {}))
