"""The state of translating one function: where statements go, what temporaries and constants exist.

A function that captures locals must exist before the expression that mentions it is evaluated, and Python defines
functions only in statements. So `statements` is the list being filled, and an expression may put statements of its own
(the definition) in front of the statement it belongs to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ferrous_vm.analysis.scopes import FunctionScope, LocalVariable, ResolvedChunk, Variable
from ferrous_vm.errors import Untranslatable
from ferrous_vm.limits import LOCAL_VARIABLES, REGISTERS
from ferrous_vm.syntax import tree
from ferrous_vm.translator.environment import Environment
from ferrous_vm.translator.python_tree import (
    LOAD,
    STORE,
    Position,
    constant,
    load,
    position,
    store,
    subscript,
)
from ferrous_vm.translator.shapes import Shapes, local_of, python_name
from ferrous_vm.values.functions import gives_one
from ferrous_vm.values.strings import LuaString

NESTING_LIMIT = 80
"""How deep expressions and blocks may nest: Python's compiler recurses in C, and the browser's stack is small."""

_REGISTERS = REGISTERS - 6
"""Registers of a function, less what a call, an assignment or a loop may need for a moment."""


class Pool:
    """What all functions of one chunk share: the resolved tree, its shapes, its constants and its globals."""

    def __init__(self, resolved: ResolvedChunk, environment: Environment) -> None:
        self.resolved = resolved
        self.environment = environment
        self.shapes = Shapes(resolved)
        self.constants: dict[bytes, str] = {}
        """Identifier of each string constant."""
        self._formats: dict[bytes, str] = {}
        """Identifier of each format."""
        self._fixed: dict[tuple[bytes, ...], tuple[str, Any]] = {}
        """Identifier and value of each global, or field of a global, that was looked up."""

    def string(self, value: bytes) -> ast.expr:
        """A string constant: a Python global, since `ast.Constant` takes no LuaString."""
        identifier = self.constants.setdefault(value, f"k{len(self.constants)}")
        return load(identifier)

    def format(self, operands: list[tree.Expression]) -> ast.expr:
        """What Python's `%` makes the bytes of the strings with: a Python global. What is no string is an integer."""
        texts = [op.value.replace(b"%", b"%%") if isinstance(op, tree.String) else b"%d" for op in operands]
        identifier = self._formats.setdefault(b"".join(texts), f"p{len(self._formats)}")
        return load(identifier)

    def fixed(self, path: tuple[bytes, ...], value: Any) -> ast.expr:
        """A global, or a field of one, that can be only this value: a Python global."""
        identifier, _ = self._fixed.setdefault(path, (f"e{len(self._fixed)}", value))
        return load(identifier)

    def namespace(self) -> dict[str, Any]:
        """The constants and the globals looked up, by identifier."""
        constants = {identifier: LuaString(value) for value, identifier in self.constants.items()}
        formats = {identifier: value for value, identifier in self._formats.items()}
        return constants | formats | dict(self._fixed.values())


class Emitter:
    """The translation of one function in one of its two forms.

    `suspendable`: the form for coroutines, a generator that yields each call instead of making it.
    """

    def __init__(self, pool: Pool, scope: FunctionScope, suspendable: bool) -> None:
        self.pool = pool
        self.resolved = pool.resolved
        self.shapes = pool.shapes
        self.scope = scope
        self.suspendable = suspendable
        self.statements: list[ast.stmt] = []
        self.loops = 0
        """Python loops around the current statement, in this function."""
        self.breaks = False
        """A `break` was emitted that leaves the current loop."""
        self.returns = False
        """A `return` was emitted, in the current loop if there is one."""
        self.leaves = False
        """The loop emitted last may be left in the middle."""
        self.repeats = False
        """A tail call of the function to itself was emitted as `continue`: the body must stand in a loop."""
        self._temporaries = 0
        self._zero: float | None = None
        self._depth = 0
        self._room = _REGISTERS - min(len(scope.locals), LOCAL_VARIABLES)
        """Registers Lua surely has for what nests here: each level takes one at most."""
        self._deepest = min(NESTING_LIMIT, self._room)

    def temporary(self) -> str:
        """A new Python local."""
        self._temporaries += 1
        return f"t{self._temporaries}"

    def number(self, value: float) -> float:
        """A number constant. Lua 5.1 keeps 0 and -0 of one function as one constant, the first that occurs."""
        if value == 0.0:
            if self._zero is None:
                self._zero = value
            return self._zero
        return value

    @contextmanager
    def block(self) -> Iterator[list[ast.stmt]]:
        """Statements emitted inside go to the list it gives."""
        outer, self.statements = self.statements, []
        try:
            yield self.statements
        finally:
            self.statements = outer

    @contextmanager
    def loop(self) -> Iterator[None]:
        """Statements emitted inside are the body of a Python loop."""
        outer = self.breaks, self.returns
        self.breaks = self.returns = False
        self.loops += 1
        try:
            yield
        finally:
            self.loops -= 1
            self.leaves = self.breaks or self.returns
            self.breaks, self.returns = outer[0], outer[1] or self.returns

    def enter(self) -> None:
        """One level deeper, until `leave`. Raises Untranslatable beyond the limit, which ends the translation."""
        self._depth += 1
        if self._depth > self._deepest:
            raise Untranslatable

    def leave(self, levels: int = 1) -> None:
        """Back by so many levels."""
        self._depth -= levels

    def hold(self, registers: int) -> None:
        """So many registers more may be in use, until `release`. Raises Untranslatable where Lua might have none left:
        only its compiler can tell."""
        self._room -= registers
        if self._room < NESTING_LIMIT:
            self._deepest = self._room
            if self._depth > self._room:
                raise Untranslatable

    def release(self, registers: int) -> None:
        """They are free again."""
        self._room += registers
        self._deepest = min(NESTING_LIMIT, self._room)

    # Variables

    def variable(self, name: tree.Name) -> Variable | None:
        """What a name means; None for a global."""
        return self.resolved.variables[name.number]

    def declared(self, declaration: tree.Declaration) -> LocalVariable:
        """The local variable of a declaration."""
        local = self.resolved.declared[declaration.number]
        assert local is not None
        return local

    def read_global(self, name: tree.Name) -> ast.expr:
        """The value of a global."""
        value = self.pool.environment.fixed_global(name.name)
        if value is not None:
            return self.pool.fixed((name.name,), value)
        return subscript(load("GLOBALS"), self.pool.string(name.name), position(name))

    def fixed_field(self, node: tree.Index) -> ast.expr | None:
        """The value of ``name.field`` if that is known when the chunk is loaded."""
        owner = node.object
        if not isinstance(owner, tree.Name) or self.variable(owner) is not None:
            return None
        value = self.pool.environment.fixed_field(owner.name, node.key)
        if value is None:
            return None
        assert isinstance(node.key, tree.String)
        return self.pool.fixed((owner.name, node.key.value), value)

    def gives_one(self, node: tree.Expression) -> bool:
        """Whether a call surely gives exactly one value, when it is made and not yielded."""
        if not isinstance(node, tree.Call):
            return False
        return self.shapes.gives_one(node) or gives_one(self._fixed_callee(node.function))

    def _fixed_callee(self, node: tree.Expression) -> Any:
        """The value of ``name`` or ``name.field`` that nobody can change, else nil."""
        owner = node.object if isinstance(node, tree.Index) else node
        if not isinstance(owner, tree.Name) or self.variable(owner) is not None:
            return None
        environment = self.pool.environment
        if isinstance(node, tree.Index):
            return environment.fixed_field(owner.name, node.key)
        return environment.fixed_global(owner.name)

    def read(self, variable: Variable, at: Position) -> ast.expr:
        """The value of a local or upvalue."""
        local = local_of(variable)
        value = load(python_name(local))
        return subscript(value, constant(0, at), at) if local in self.shapes.boxed else value

    def target(self, variable: Variable, at: Position) -> ast.expr:
        """A local or upvalue as the target of an assignment."""
        local = local_of(variable)
        if local in self.shapes.boxed:
            return ast.Subscript(load(python_name(local)), constant(0, at), STORE, **at)
        return store(python_name(local), at)

    def declare(self, local: LocalVariable, value: ast.expr, at: Position) -> ast.stmt:
        """The statement that begins a local: a boxed one gets a new box each time."""
        if local in self.shapes.boxed:
            value = ast.List([value], LOAD, **at)
        return ast.Assign([store(python_name(local), at)], value, None, **at)

    def string(self, node: tree.String) -> ast.expr:
        """A string of the source."""
        return self.pool.string(node.value)
