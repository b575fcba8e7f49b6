"""Tree to resolved tree: which variable every name means (Lua 5.1 manual section 2.6).

`resolve` adds nothing to the tree; its answers are side tables indexed by node number.
It refuses a function with too many upvalues, as Lua's compiler does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ferrous_vm.limits import UPVALUES
from ferrous_vm.records import MutableRecord, field
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.lexer import syntax_error
from ferrous_vm.syntax.tree import Chunk, Declaration, Function


class LocalVariable(MutableRecord):
    """One local variable of one function: a declared name, a parameter, a loop variable, `self` or `arg`.

    `declaration`: where it is named; None for the `arg` of a vararg function, which nobody writes.
    `captured`: a function inside uses it, so it needs a cell.
    `fresh_each_turn`: captured and declared inside a loop of its own function, so each turn has a cell of its own.
    `assigned`: some assignment other than its declaration stores to it.
    `assigned_after_capture`: such an assignment may happen after a closure captured it, so the closure cannot
    keep a copy of the value. (Never false when it could be true; the initial value of a `local function` does not
    count as an assignment although the function itself may have captured the name before.)
    `assigned_inside`: a function inside assigns it, so a call may change it.
    """

    name: bytes
    declaration: Declaration | None
    function: FunctionScope
    index: int
    """Position in `function.locals`."""
    loop_depth: int
    """How many loops of its function it is declared in."""
    captured: bool = False
    assigned: bool = False
    assigned_after_capture: bool = False
    assigned_inside: bool = False
    assigned_in_inner_loop: bool = False
    """An assignment stands in a loop that is inside its scope: it may run again after any later capture."""

    @property
    def fresh_each_turn(self) -> bool:
        """Whether every turn of a loop makes a new variable that a closure may keep."""
        return self.captured and self.loop_depth > 0


class Upvalue(MutableRecord):
    """One variable of an outer function as one function sees it.

    `source`: the variable in the function just outside: its local, or its own upvalue.
    `local`: the local variable it is in the end.
    """

    name: bytes
    index: int
    """Position in the `upvalues` of the function that uses it: the order of first use, as in Lua."""
    source: LocalVariable | Upvalue
    local: LocalVariable


Variable = LocalVariable | Upvalue
"""What a Name means; None stands for a global."""


class FunctionScope(MutableRecord):
    """What one function declares and uses.

    `locals`: every local variable in order of declaration; parameters come first, then `arg` if it is vararg.
    `parameters`: the parameters alone, without `arg`.
    `uses_vararg`: `...` occurs in its body.
    `arg`: the `arg` variable of a vararg function (LUA_COMPAT_VARARG); None for the main function and plain ones.
    `children`: the functions directly inside, in source order.
    """

    function: Function
    parent: FunctionScope | None
    parameters: list[LocalVariable] = field(factory=list)
    locals: list[LocalVariable] = field(factory=list)
    upvalues: list[Upvalue] = field(factory=list)
    children: list[FunctionScope] = field(factory=list)
    uses_vararg: bool = False
    arg: LocalVariable | None = None

    @property
    def needs_arg(self) -> bool:
        """Whether a call fills `arg` with a table (`{n = count, ...}`): only if `...` is never used."""
        return self.arg is not None and not self.uses_vararg


class ResolvedChunk(MutableRecord):
    """A chunk whose names have meanings.

    `variables[name.number]` is the Variable of a Name, or None for a global.
    `declared[declaration.number]` is the LocalVariable of a Declaration.
    `scopes[function.number]` is the FunctionScope of a Function. Other entries of the three lists are None.
    """

    chunk: Chunk
    main: FunctionScope
    variables: list[Variable | None]
    declared: list[LocalVariable | None]
    scopes: list[FunctionScope | None]


def resolve(chunk: Chunk) -> ResolvedChunk:
    """Find out what every name of `chunk` means.

    Raises LuaSyntaxError if a function uses more than 60 variables of outer functions.
    """
    resolver = _Resolver(chunk)
    resolver.function(chunk.main)
    main = resolver.resolved.scopes[chunk.main.number]
    assert main is not None
    resolver.resolved.main = main
    return resolver.resolved


class _FunctionState:
    """The names in scope at one point of one function."""

    __slots__ = ("bindings", "loop_depth", "outer", "scope", "shadowed", "upvalues")

    def __init__(self, scope: FunctionScope, outer: _FunctionState | None) -> None:
        self.scope = scope
        self.outer = outer
        self.bindings: dict[bytes, LocalVariable] = {}
        self.shadowed: list[tuple[bytes, LocalVariable | None]] = []
        self.upvalues: dict[Variable, Upvalue] = {}
        self.loop_depth = 0

    def declare(self, name: bytes, declaration: Declaration | None) -> LocalVariable:
        scope = self.scope
        variable = LocalVariable(name, declaration, scope, len(scope.locals), self.loop_depth)
        scope.locals.append(variable)
        self.shadowed.append((name, self.bindings.get(name)))
        self.bindings[name] = variable
        return variable

    def leave_scope(self, depth: int) -> None:
        """Forget every declaration after the first `depth`."""
        bindings = self.bindings
        while len(self.shadowed) > depth:
            name, variable = self.shadowed.pop()
            if variable is None:
                del bindings[name]
            else:
                bindings[name] = variable


class _Resolver:
    """One walk over the tree in source order, which is the order in which Lua numbers upvalues."""

    def __init__(self, chunk: Chunk) -> None:
        count = len(chunk.nodes)
        self.chunk = chunk
        main = FunctionScope(chunk.main, None)
        self.resolved = ResolvedChunk(chunk, main, [None] * count, [None] * count, [None] * count)
        self.state = _FunctionState(main, None)

    # Names

    def declare(self, declaration: Declaration) -> None:
        self.resolved.declared[declaration.number] = self.state.declare(declaration.name, declaration)

    def name(self, node: tree.Name) -> None:
        variable = self.state.bindings.get(node.name)
        self.resolved.variables[node.number] = variable or self.upvalue(node)

    def upvalue(self, node: tree.Name) -> Upvalue | None:
        """The upvalue that a name not local to the current function means; None if it is global."""
        crossed = []
        state: _FunctionState | None = self.state
        local = None
        while state is not None:
            local = state.bindings.get(node.name)
            if local is not None:
                break
            crossed.append(state)
            state = state.outer
        if local is None:
            return None
        local.captured = True
        if local.assigned_in_inner_loop:
            local.assigned_after_capture = True
        variable: Variable = local
        for inner in reversed(crossed):
            known = inner.upvalues.get(variable)
            if known is None:
                known = self.new_upvalue(inner, node, variable, local)
            variable = known
        assert isinstance(variable, Upvalue)
        return variable

    def new_upvalue(self, state: _FunctionState, node: tree.Name, source: Variable, local: LocalVariable) -> Upvalue:
        upvalues = state.scope.upvalues
        if len(upvalues) == UPVALUES:
            defined = state.scope.function.defined_line
            reason = b"function at line %d has more than %d upvalues" % (defined, UPVALUES)
            line = self.chunk.tokens.lines[node.last + 1]
            raise syntax_error(self.chunk.chunk_name, line, reason, None)
        upvalue = Upvalue(node.name, len(upvalues), source, local)
        upvalues.append(upvalue)
        state.upvalues[source] = upvalue
        return upvalue

    def assigned(self, target: tree.Name | tree.Index) -> None:
        """Note that a target is stored to, after its statement's values were walked."""
        variable = self.resolved.variables[target.number]
        if isinstance(variable, Upvalue):
            local = variable.local
            local.assigned = local.assigned_after_capture = local.assigned_inside = True
        elif variable is not None:
            variable.assigned = True
            if self.state.loop_depth > variable.loop_depth:
                variable.assigned_in_inner_loop = True
            if variable.captured:
                variable.assigned_after_capture = True

    # Functions and statements

    def function(self, node: Function) -> None:
        outer = self.state
        if node is self.chunk.main:
            scope, state = outer.scope, outer
        else:
            scope = FunctionScope(node, outer.scope)
            outer.scope.children.append(scope)
            self.state = state = _FunctionState(scope, outer)
        self.resolved.scopes[node.number] = scope
        for parameter in node.parameters:
            self.declare(parameter)
        scope.parameters = list(scope.locals)
        if node.is_vararg and node is not self.chunk.main:
            scope.arg = state.declare(b"arg", None)
        self.statements(node.body)
        self.state = outer

    def statements(self, block: tree.Block) -> None:
        for statement in block.statements:
            _STATEMENTS[type(statement)](self, statement)

    def block(self, block: tree.Block) -> None:
        depth = len(self.state.shadowed)
        self.statements(block)
        self.state.leave_scope(depth)

    def local(self, node: tree.Local) -> None:
        self.expressions(node.values)
        for declaration in node.names:
            self.declare(declaration)

    def assignment(self, node: tree.Assignment) -> None:
        for target in node.targets:
            self.expression(target)
        self.expressions(node.values)
        for target in node.targets:
            self.assigned(target)

    def while_loop(self, node: tree.While) -> None:
        self.state.loop_depth += 1
        self.expression(node.condition)
        self.block(node.body)
        self.state.loop_depth -= 1

    def repeat_loop(self, node: tree.Repeat) -> None:
        state = self.state
        state.loop_depth += 1
        depth = len(state.shadowed)
        self.statements(node.body)
        self.expression(node.condition)
        state.leave_scope(depth)
        state.loop_depth -= 1

    def conditional(self, node: tree.If) -> None:
        for clause in node.clauses:
            self.expression(clause.condition)
            self.block(clause.body)
        if node.otherwise is not None:
            self.block(node.otherwise)

    def numeric_for(self, node: tree.NumericFor) -> None:
        self.expression(node.start)
        self.expression(node.limit)
        if node.step is not None:
            self.expression(node.step)
        self.for_body([node.variable], node.body)

    def generic_for(self, node: tree.GenericFor) -> None:
        self.expressions(node.values)
        self.for_body(node.names, node.body)

    def for_body(self, names: list[Declaration], body: tree.Block) -> None:
        state = self.state
        state.loop_depth += 1
        depth = len(state.shadowed)
        for declaration in names:
            self.declare(declaration)
        self.statements(body)
        state.leave_scope(depth)
        state.loop_depth -= 1

    def function_statement(self, node: tree.FunctionStatement) -> None:
        self.expression(node.target)
        self.function(node.function)
        self.assigned(node.target)

    def local_function(self, node: tree.LocalFunction) -> None:
        self.declare(node.name)
        self.function(node.function)

    # Expressions

    def expressions(self, nodes: list[tree.Expression]) -> None:
        for node in nodes:
            self.expression(node)

    def expression(self, node: tree.Expression) -> None:
        """Walk an expression; what leans left is walked without recursion, however long it is."""
        if type(node) is tree.Name:
            self.name(node)
            return
        spine: list[tree.Expression] = []
        while (leftmost := tree.LEFTMOST.get(type(node))) is not None:
            spine.append(node)
            node = leftmost(node)
        leaf = _LEAVES.get(type(node))
        if leaf is not None:
            leaf(self, node)
        while spine:
            node = spine.pop()
            _REMAINDERS[type(node)](self, node)

    def vararg(self, node: tree.Vararg) -> None:
        self.state.scope.uses_vararg = True

    def table(self, node: tree.Table) -> None:
        for item in node.items:
            if item.key is not None:
                self.expression(item.key)
            self.expression(item.value)


_Walk = Callable[[_Resolver, Any], None]

_STATEMENTS: dict[type[tree.Statement], _Walk] = {
    tree.Local: _Resolver.local,
    tree.Assignment: _Resolver.assignment,
    tree.CallStatement: lambda resolver, node: resolver.expression(node.call),
    tree.Do: lambda resolver, node: resolver.block(node.body),
    tree.While: _Resolver.while_loop,
    tree.Repeat: _Resolver.repeat_loop,
    tree.If: _Resolver.conditional,
    tree.NumericFor: _Resolver.numeric_for,
    tree.GenericFor: _Resolver.generic_for,
    tree.FunctionStatement: _Resolver.function_statement,
    tree.LocalFunction: _Resolver.local_function,
    tree.Return: lambda resolver, node: resolver.expressions(node.values),
    tree.Break: lambda resolver, node: None,
}

_LEAVES: dict[type[tree.Expression], _Walk] = {
    tree.Name: _Resolver.name,
    tree.Vararg: _Resolver.vararg,
    tree.Function: _Resolver.function,
    tree.Table: _Resolver.table,
    tree.Unary: lambda resolver, node: resolver.expression(node.operand),
    tree.Parentheses: lambda resolver, node: resolver.expression(node.inner),
}

_REMAINDERS: dict[type[tree.Expression], _Walk] = {
    tree.Binary: lambda resolver, node: resolver.expression(node.right),
    tree.Logical: lambda resolver, node: resolver.expression(node.right),
    tree.Index: lambda resolver, node: resolver.expression(node.key),
    tree.Call: lambda resolver, node: resolver.expressions(node.arguments),
    tree.MethodCall: lambda resolver, node: resolver.expressions(node.arguments),
}

assert set(_STATEMENTS) == tree.STATEMENT_FORMS, "every statement is walked"
assert set(tree.LEFTMOST) == set(_REMAINDERS), "what is left of a spine is walked"
