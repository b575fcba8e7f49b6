"""The basic functions (Lua 5.1 manual section 5.1, lbaselib.c), all but those that read files."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final
from weakref import WeakKeyDictionary

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import ArgumentError, LuaError, LuaSyntaxError
from ferrous_vm.limits import C_CALL_DEPTH_IN_HANDLERS, STACK_SLOTS
from ferrous_vm.values.addresses import address_of
from ferrous_vm.values.arguments import (
    check_any,
    check_function,
    check_int,
    check_string,
    check_table,
    optional_int,
    optional_string,
)
from ferrous_vm.values.booleans import FALSE, TRUE, Boolean
from ferrous_vm.values.functions import Proxy, Userdata, packed
from ferrous_vm.values.metamethods import GC, METATABLE, TOSTRING, handler_of, metatable_of
from ferrous_vm.values.natives import (
    MISSING,
    Call,
    HandlerCall,
    Library,
    Native,
    Results,
    Runtime,
    Value,
    directly,
    library,
    native,
)
from ferrous_vm.values.numbers import number_to_text, text_to_number_in_base
from ferrous_vm.values.operations import raw_equal, to_number
from ferrous_vm.values.strings import LuaString, number_string
from ferrous_vm.values.tables import Table, check_key, raw_set, set_metatable
from ferrous_vm.values.traversal import TRAVERSALS, Traversal, entries, items
from ferrous_vm.values.types import FUNCTION_CLASSES, register_class, type_name

Steps = Generator[Call, tuple[Value, ...], Results]
"""A native that calls Lua: yields calls, receives their results, returns its own."""

_NAMES_OF_CONSTANTS: Final = {None: LuaString(b"nil"), TRUE: LuaString(b"true"), FALSE: LuaString(b"false")}


register_class(Proxy, b"userdata")


def text_of(value: Value) -> LuaString:
    """A value as `tostring` shows it when no `__tostring` is asked."""
    if type(value) is LuaString:
        return value
    if type(value) is float:
        return number_string(value)
    if value is None or type(value) is Boolean:
        return _NAMES_OF_CONSTANTS[value]
    if isinstance(value, Userdata) and value.name is not None:
        return LuaString(value.name)
    return LuaString(b"%s: 0x%012x" % (type_name(value), address_of(value)))


@native("assert")
def assert_(*args: Value) -> Results:
    """`assert (v [, message])`."""
    if not args:
        raise ArgumentError(1, b"value expected")
    if args[0] is None or args[0] is FALSE:
        message = optional_string(2, args[1] if len(args) > 1 else MISSING, b"assertion failed!")
        raise LuaError(LuaString(message.split(b"\0", 1)[0]), level=1)
    return packed(args)


@native("error")
def error_(message: Value = None, level: Value = MISSING, *_: Value) -> Results:
    """`error (message [, level])`: a string or a number gets the position of the function at `level`."""
    steps = optional_int(2, level, 1)
    if steps > 0 and type(message) in (LuaString, float):
        raise LuaError(text_of(message), steps)
    raise LuaError(message)


@native("type", single=True)
def type_(value: Value = MISSING, *_: Value) -> Results:
    """`type (v)`."""
    return _TYPE_STRINGS[type_name(check_any(1, value))]


_TYPE_STRINGS: Final = {
    name: LuaString(name)
    for name in (b"nil", b"boolean", b"number", b"string", b"table", b"function", b"thread", b"userdata")
}


@native("tostring", single=True)
def tostring(value: Value = MISSING, *_: Value) -> Steps:
    """`tostring (e)`: what `__tostring` answers is not looked at."""
    handler = handler_of(check_any(1, value), TOSTRING)
    if handler is None:
        return text_of(value)
    results = yield Call(handler, (value,))
    return results[0] if results else None


@directly(tostring)
def tostring_directly(value: Value = MISSING, *_: Value) -> Results:
    """`tostring` of what has no `__tostring`."""
    if value.__class__ is float:
        return number_string(value)
    if value is MISSING or handler_of(value, TOSTRING) is not None:
        return NotImplemented
    return text_of(value)


@native("tonumber", single=True)
def tonumber(value: Value = MISSING, base: Value = MISSING, *_: Value) -> Results:
    """`tonumber (e [, base])`: a base other than 10 reads C's strtoul."""
    radix = optional_int(2, base, 10)
    if radix == 10:
        return to_number(check_any(1, value))
    text = check_string(1, value)
    if not 2 <= radix <= 36:
        raise ArgumentError(2, b"base out of range")
    return text_to_number_in_base(text, radix)


@native("print", context=True)
def print_(runtime: Runtime, *args: Value) -> Steps:
    """`print (...)`: through the global `tostring`, whatever it is now."""
    convert = runtime.globals.get(LuaString(b"tostring"))
    texts = []
    for value in args:
        results = yield Call(convert, (value,))
        text = results[0] if results else None
        if type(text) is float:
            text = number_to_text(text)
        if not isinstance(text, bytes):
            raise LuaError(LuaString(b"'tostring' must return a string to 'print'"), level=1)
        texts.append(text.split(b"\0", 1)[0])
    runtime.write(b"\t".join(texts) + b"\n")
    return ()


@native("next")
def next_(table: Value = MISSING, key: Value = None, *_: Value) -> Results:
    """`next (table [, index])`."""
    return check_table(1, table).next(key)


@native("next")
def step_of_pairs(table: Value = MISSING, key: Value = None, *_: Value) -> Results:
    """The iterator `pairs` answers: it is `next`, but not the same function value (lbaselib.c: auxopen)."""
    return check_table(1, table).next(key)


@native("pairs", context=True)
def pairs(runtime: Runtime, table: Value = MISSING, *_: Value) -> Results:
    """`pairs (t)`."""
    return runtime.bind(_STEP_OF_PAIRS), check_table(1, table), None


@native("ipairs")
def step_of_ipairs(table: Value = MISSING, index: Value = MISSING, *_: Value) -> Results:
    """The iterator `ipairs` answers."""
    following = float(check_int(2, index) + 1)
    value = check_table(1, table).get(following)
    return () if value is None else (following, value)


@native("ipairs", context=True)
def ipairs(runtime: Runtime, table: Value = MISSING, *_: Value) -> Results:
    """`ipairs (t)`."""
    return runtime.bind(_STEP_OF_IPAIRS), check_table(1, table), 0.0


_STEP_OF_PAIRS: Final = Native(b"next", step_of_pairs, False)
_STEP_OF_IPAIRS: Final = Native(b"ipairs", step_of_ipairs, False)


TRAVERSALS[next_] = TRAVERSALS[step_of_pairs] = Traversal(None, entries)
TRAVERSALS[step_of_ipairs] = Traversal(0.0, items)


@native("rawequal", single=True)
def rawequal(a: Value = MISSING, b: Value = MISSING, *_: Value) -> Results:
    """`rawequal (v1, v2)`."""
    check_any(1, a)
    check_any(2, b)
    return TRUE if raw_equal(a, b) else FALSE


@native("rawget", single=True)
def rawget(table: Value = MISSING, key: Value = MISSING, *_: Value) -> Results:
    """`rawget (table, index)`."""
    found = check_table(1, table)
    return found.get(check_any(2, key))


@native("rawset", single=True)
def rawset(table: Value = MISSING, key: Value = MISSING, value: Value = MISSING, *_: Value) -> Results:
    """`rawset (table, index, value)`."""
    target = check_table(1, table)
    check_any(2, key)
    check_any(3, value)
    if not target.readonly:
        check_key(key, level=0)
    raw_set(target, key, value)
    return target


@native("getmetatable", single=True)
def getmetatable(value: Value = MISSING, *_: Value) -> Results:
    """`getmetatable (object)`: the `__metatable` field hides the metatable."""
    metatable = metatable_of(check_any(1, value))
    if metatable is None:
        return None
    shown = metatable.get(METATABLE)
    return metatable if shown is None else shown


@native("setmetatable", single=True)
def setmetatable(table: Value = MISSING, metatable: Value = MISSING, *_: Value) -> Results:
    """`setmetatable (table, metatable)`."""
    target = check_table(1, table)
    if metatable is not None and not isinstance(metatable, Table):
        raise ArgumentError(2, b"nil or table expected")
    if handler_of(target, METATABLE) is not None:
        raise LuaError(LuaString(b"cannot change a protected metatable"), level=1)
    set_metatable(target, metatable)
    return target


@native("select")
def select(selector: Value = MISSING, *args: Value) -> Results:
    """`select (index, ...)`."""
    if type(selector) is LuaString and selector[:1] == b"#":
        return float(len(args))
    index = check_int(1, selector)
    if index < 0:
        index += len(args) + 1
    if index < 1:
        raise ArgumentError(1, b"index out of range")
    return packed(args[index - 1 :])


@native("unpack")
def unpack(*args: Value) -> Results:
    """`unpack (list [, i [, j]])`: at most as many values as fit the stack of a C function."""
    table = check_table(1, args[0] if args else MISSING)
    start = optional_int(2, args[1] if len(args) > 1 else MISSING, 1)
    end = args[2] if len(args) > 2 else None
    last = int(table.length()) if end is None else check_int(3, end)
    if start > last:
        return ()
    count = last - start + 1
    if count > 0x7FFFFFFF or count + len(args) > STACK_SLOTS:
        raise LuaError(LuaString(b"too many results to unpack"), level=1)
    return packed([*map(table.get, map(float, range(start, last + 1)))])


@native("pcall")
def pcall(function: Value = MISSING, *args: Value) -> Steps:
    """`pcall (f, arg1, ...)`."""
    check_any(1, function)
    try:
        results = yield Call(function, args)
    except LuaError as error:
        return FALSE, error.value
    return packed((TRUE, *results))


@native("xpcall")
def xpcall(function: Value = MISSING, handler: Value = MISSING, *_: Value) -> Steps:
    """`xpcall (f, err)`: an error inside the handler goes to the handler again, until the C stack is full."""
    check_any(2, handler)
    try:
        results = yield Call(function, ())
    except LuaError as error:
        raised = error
        raised.__traceback__ = None  # it leads to this frame, which holds the error: nothing but a cycle
    else:
        return packed((TRUE, *results))
    if type(handler) in FUNCTION_CLASSES:
        for _attempt in range(C_CALL_DEPTH_IN_HANDLERS):
            try:
                results = yield HandlerCall(handler, (raised.value,), raised)
            except LuaError as error:
                raised = error
                raised.__traceback__ = None
            else:
                return FALSE, results[0] if results else None
    return FALSE, LuaString(b"error in error handling")


@native("loadstring", context=True)
def loadstring(runtime: Runtime, source: Value = MISSING, chunk_name: Value = MISSING, *_: Value) -> Results:
    """`loadstring (string [, chunkname])`."""
    text = check_string(1, source)
    return _loaded(runtime, text, optional_string(2, chunk_name, text))


def _loaded(runtime: Runtime, source: bytes, chunk_name: bytes) -> Results:
    try:
        return runtime.load(source, chunk_name)
    except LuaSyntaxError as error:
        return None, LuaString(error.message)


@native("load")
def refuse_piece(*_: Value) -> Results:
    """Raises what `load` answers for a piece that is no string, with the position of who called `load`."""
    raise LuaError(LuaString(b"reader function must return a string"), level=2)


_REFUSE_PIECE: Final = Native(b"load", refuse_piece, False)


@native("load", context=True)
def load(runtime: Runtime, reader: Value = MISSING, chunk_name: Value = MISSING, *_: Value) -> Steps:
    """`load (func [, chunkname])`: an error of the reader is answered, not raised."""
    check_function(1, reader)
    name = optional_string(2, chunk_name, b"=(load)")
    pieces = []
    size = 0
    try:
        while True:
            results = yield Call(reader, ())
            piece = results[0] if results else None
            if piece is None:
                break
            if type(piece) is float:
                piece = number_to_text(piece)
            if not isinstance(piece, bytes):
                yield Call(runtime.bind(_REFUSE_PIECE), ())
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
            PRESENT.check_string(size)
    except LuaError as error:
        return None, error.value
    return _loaded(runtime, b"".join(pieces), name)


@native("getfenv", context=True)
def getfenv(runtime: Runtime, target: Value = MISSING, *_: Value) -> Results:
    """`getfenv ([f])`."""
    if type(target) in FUNCTION_CLASSES:
        return runtime.environment(target)
    level = optional_int(1, target, 1)
    return _environment_at(runtime, level)


def _environment_at(runtime: Runtime, level: int) -> Value:
    if level < 0:
        raise ArgumentError(1, b"level must be non-negative")
    environment = runtime.globals if level == 0 else runtime.environment(level)
    if environment is None:
        raise ArgumentError(1, b"invalid level")
    return environment


@native("setfenv", context=True)
def setfenv(runtime: Runtime, target: Value = MISSING, table: Value = MISSING, *_: Value) -> Results:
    """`setfenv (f, table)`."""
    environment = check_table(2, table)
    if type(target) in FUNCTION_CLASSES:
        return runtime.set_environment(target, environment)
    level = check_int(1, target)
    _environment_at(runtime, level)
    function = runtime.set_environment(level, environment)
    return () if level == 0 else function


@native("newproxy", context=True, single=True)
def newproxy(runtime: Runtime, model: Value = None, *_: Value) -> Results:
    """`newproxy ([boolean or proxy])`: an undocumented userdata without content."""
    if model is None or model is FALSE:
        return Proxy()
    if model is TRUE:
        proxy = Proxy(Table())
    elif isinstance(model, Proxy) and model.metatable is not None:
        proxy = Proxy(model.metatable)
    else:
        raise ArgumentError(1, b"boolean or proxy expected")
    runtime.watch(proxy)
    return proxy


@native("gcinfo", context=True, single=True)
def gcinfo(runtime: Runtime, *_: Value) -> Results:
    """`gcinfo ()`: whole kilobytes in use."""
    return float(runtime.memory_in_use() // 1024)


class _Collector:
    """What a runtime's scripts set, and how far their steps have brought the present cycle."""

    def __init__(self) -> None:
        self.settings = {b"setpause": 200, b"setstepmul": 200}
        """In per cent. Only the steps of scripts follow the second; nothing follows the first."""
        self._left = 0
        """Bytes that the present cycle has yet to go through; 0 between two cycles."""

    def step(self, runtime: Runtime, kilobytes: int) -> bool:
        """A step of at least `_SMALLEST_STEP`; whether it ends the cycle (`lua_gc`), which the caller then does.

        A cycle goes twice through all there is when it begins, to mark and to sweep.
        """
        self._left = self._left or 2 * runtime.memory_in_use()
        self._left -= max(kilobytes * 1024, _SMALLEST_STEP) * max(self.settings[b"setstepmul"], 1) // 100
        return self._left <= 0

    def end_cycle(self, runtime: Runtime) -> Steps:
        """A collection, and the calls of the finalizers that are due; the next step begins a cycle."""
        self._left = 0
        runtime.collect()
        while (proxy := runtime.take_unreachable()) is not None:
            finalizer = handler_of(proxy, GC)
            if finalizer is not None:  # an earlier one may have taken it away
                yield Call(finalizer, (proxy,))
        return ()


_SMALLEST_STEP: Final = 1024
"""Bytes (`GCSTEPSIZE`, lgc.c)."""

_collectors: Final[WeakKeyDictionary[Runtime, _Collector]] = WeakKeyDictionary()

_COLLECTOR_OPTIONS: Final = (b"stop", b"restart", b"collect", b"count", b"step", b"setpause", b"setstepmul")


@native("collectgarbage", context=True, single=True)
def collectgarbage(runtime: Runtime, option: Value = MISSING, argument: Value = MISSING, *_: Value) -> Steps:
    """`collectgarbage ([opt [, arg]])`: an error of a finalizer is the caller's, and leaves the others for later."""
    chosen = optional_string(1, option, b"collect").split(b"\0", 1)[0]
    if chosen not in _COLLECTOR_OPTIONS:
        raise ArgumentError(1, b"invalid option '%s'" % chosen)
    number = optional_int(2, argument, 0)
    if chosen == b"count":
        return runtime.memory_in_use() / 1024
    if chosen in (b"stop", b"restart"):
        return 0.0
    collector = _collectors.get(runtime)
    if collector is None:
        collector = _collectors[runtime] = _Collector()
    if chosen == b"step" and not collector.step(runtime, number):
        return FALSE
    if chosen in (b"collect", b"step"):
        yield from collector.end_cycle(runtime)
        return TRUE if chosen == b"step" else 0.0
    previous = collector.settings[chosen]
    collector.settings[chosen] = number
    return float(previous)


LIBRARY: Final[Library] = library(
    "",
    (
        assert_,
        collectgarbage,
        error_,
        gcinfo,
        getfenv,
        getmetatable,
        load,
        loadstring,
        next_,
        pcall,
        print_,
        rawequal,
        rawget,
        rawset,
        select,
        setfenv,
        setmetatable,
        tonumber,
        tostring,
        type_,
        unpack,
        xpcall,
        ipairs,
        pairs,
        newproxy,
    ),
    {b"_VERSION": LuaString(b"Lua 5.1")},
)
