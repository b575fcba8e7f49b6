"""From a resolved chunk to Python code, and to the suspendable form of one of its functions.

A chunk becomes one Python module that defines its main function, with all others inside it. The suspendable
form of a function is compiled when a coroutine first runs it: in a module whose nested shells declare the variables it
captures, so that its code has the same free variables as the plain form and can take over its cells.
"""

from __future__ import annotations

import ast
import gc
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

from ferrous_vm.analysis.scopes import FunctionScope, ResolvedChunk
from ferrous_vm.errors import Untranslatable
from ferrous_vm.translator.emitter import Pool
from ferrous_vm.translator.environment import Environment
from ferrous_vm.translator.functions import function_definition
from ferrous_vm.translator.levels import CHUNK, TranslatedChunk
from ferrous_vm.translator.primitives import NAMESPACE
from ferrous_vm.translator.python_tree import NONE, assign, define, parameters, position_at, store
from ferrous_vm.translator.shapes import local_of, python_name

_RECURSION_LIMIT = 10_000
"""Room for Python's compiler and for the walk over the tree; the emitter limits the nesting of both."""

_MOST_TOKENS = 60_000
"""Tokens of a chunk that cannot meet the limits of Lua's code, 131,071 instructions a jump and 262,143 constants: a
token makes two instructions at most. No time limit interrupts Python's compiler, which such a chunk keeps short."""

_PREFIX_PLAIN = "f"
_PREFIX_SUSPENDABLE = "g"


def is_large(resolved: ResolvedChunk) -> bool:
    """Whether only a compiler that counts instructions and constants can tell if Lua would compile the chunk."""
    return len(resolved.chunk.tokens.kinds) > _MOST_TOKENS


class Translation:
    """A chunk compiled to Python for one environment; hosts keep it by the chunk's SHA-1."""

    def __init__(self, resolved: ResolvedChunk, environment: Environment) -> None:
        """Raises Untranslatable if Python's compiler would refuse."""
        self._main = f"{_PREFIX_PLAIN}{resolved.chunk.main.number}"
        with _many_nodes():
            self.pool = Pool(resolved, environment)
            main = function_definition(self.pool, resolved.main, self._main, suspendable=False)
            self._code = _compile([main])
        self._constants = self.pool.namespace()
        self._chunk = TranslatedChunk(resolved)
        self._suspendable: dict[int, CodeType] = {}

    def instantiate(self) -> FunctionType:
        """The main function."""
        namespace: dict[str, Any] = dict(NAMESPACE)
        namespace.update(self._constants)
        namespace["GLOBALS"] = self.pool.environment.table
        namespace[CHUNK] = self._chunk
        namespace[TRANSLATION] = self
        exec(self._code, namespace)
        main: FunctionType = namespace[self._main]
        return main

    def suspendable_code(self, name: str) -> CodeType:
        """The code of the suspendable form of the function that Python calls `name`."""
        number = int(name.removeprefix(_PREFIX_PLAIN))
        code = self._suspendable.get(number)
        if code is None:
            scope = self.pool.resolved.scopes[number]
            assert scope is not None
            code = self._suspendable[number] = self._compile_suspendable(scope)
        return code

    def _compile_suspendable(self, scope: FunctionScope) -> CodeType:
        identifier = f"{_PREFIX_SUSPENDABLE}{scope.function.number}"
        at = position_at(1, scope.function.number)
        names = sorted({python_name(local_of(upvalue)) for upvalue in scope.upvalues})
        with _many_nodes():
            definition = function_definition(self.pool, scope, identifier, suspendable=True)
            declarations = [assign(store(name, at), NONE, at) for name in names]
            shell = define("shell", parameters([], "", False, at), [*declarations, definition], at)
            module = _compile([shell])
        self._constants.update(self.pool.namespace())
        return _code_named(_code_named(module, "shell"), identifier)

    def constants(self) -> dict[str, Any]:
        """What the chunk's Python globals are besides NAMESPACE, that of suspendable forms included."""
        return dict(self._constants)


def python_tree(resolved: ResolvedChunk, environment: Environment) -> ast.FunctionDef:
    """The Python function a chunk becomes, for who wants to look at it. Raises Untranslatable."""
    with _many_nodes():
        pool = Pool(resolved, environment)
        name = f"{_PREFIX_PLAIN}{resolved.chunk.main.number}"
        return function_definition(pool, resolved.main, name, suspendable=False)


TRANSLATION = "#translation"
"""The Python global by which a function finds its Translation."""


def suspendable(function: FunctionType) -> FunctionType:
    """The suspendable form of a translated function, sharing its captured variables; made once."""
    made: FunctionType | None = function.__dict__.get("suspendable")
    if made is None:
        translation: Translation = function.__globals__[TRANSLATION]
        code = translation.suspendable_code(function.__name__)
        function.__globals__.update(translation.constants())
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        closure = tuple(cells[name] for name in code.co_freevars)
        made = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, closure)
        function.__dict__["suspendable"] = made
    return made


@contextmanager
def _many_nodes() -> Iterator[None]:
    """Within the block Python looks for no garbage: a tree of a large chunk would set off one search after another.

    Raises Untranslatable if the tree is too deep for Python.
    """
    enabled = gc.isenabled()
    try:
        gc.disable()
        yield
    except RecursionError as error:
        raise Untranslatable from error
    finally:
        if enabled:
            gc.enable()


def _compile(body: list[ast.stmt]) -> CodeType:
    limit = sys.getrecursionlimit()
    try:
        if limit < _RECURSION_LIMIT:
            sys.setrecursionlimit(_RECURSION_LIMIT)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # a script may compare literals as it likes
            return compile(ast.Module(body, []), "<translated>", "exec", dont_inherit=True)
    except (SyntaxError, RecursionError, MemoryError) as error:  # SyntaxError: too many statically nested blocks
        raise Untranslatable from error
    finally:
        sys.setrecursionlimit(limit)


def _code_named(code: CodeType, name: str) -> CodeType:
    for value in code.co_consts:
        if isinstance(value, CodeType) and value.co_name == name:
            return value
    raise LookupError(name)
