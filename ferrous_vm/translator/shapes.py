"""What the translator can know before it runs: which values an expression may have, and how a local is kept.

Every answer is on the safe side: "may be nil" unless it cannot be.
"""

from __future__ import annotations

from ferrous_vm.analysis.scopes import FunctionScope, LocalVariable, ResolvedChunk, Upvalue, Variable
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator
from ferrous_vm.translator.numbers import Numbers
from ferrous_vm.values.numbers import divide, modulo, power

MULTIPLE = (tree.Call, tree.MethodCall, tree.Vararg)
"""The expressions that may have any number of values."""

_CONSTANTS = (tree.Nil, tree.Boolean, tree.Number, tree.String)
_STILL = (*_CONSTANTS, tree.Function, tree.Vararg)
"""What runs no Lua code when it is evaluated, like the name of a local."""

_DECLARING = frozenset((tree.LocalFunction, tree.NumericFor, tree.Local))
"""The statements whose locals may always hold the same function, or count."""


def local_of(variable: Variable) -> LocalVariable:
    """The local variable a Variable is in the end."""
    return variable.local if isinstance(variable, Upvalue) else variable


def _may_be_changed(variable: Variable) -> bool:
    """Whether other code that runs while an expression is evaluated may assign the variable: a function inside, or, for
    a variable of a function outside, that one too, which may be a coroutine that is resumed."""
    if isinstance(variable, Upvalue):
        return variable.local.assigned_after_capture
    return variable.assigned_inside


def python_name(local: LocalVariable) -> str:
    """The Python variable of a local: numbered, so that nothing of the script's text is in it."""
    if local.declaration is None:
        return f"a{local.function.function.number}"
    return f"l{local.declaration.number}"


def is_boolean(node: tree.Expression) -> bool:
    """Whether the value is true or false, nothing else."""
    if isinstance(node, tree.Boolean):
        return True
    if isinstance(node, tree.Unary):
        return node.operator is UnaryOperator.NOT
    return isinstance(node, tree.Binary) and node.operator in tree.COMPARISONS


def links(node: tree.Binary) -> list[tree.Expression]:
    """The operands of a chain of `..`, which is one operation."""
    operands: list[tree.Expression] = []
    link: tree.Expression = node
    while isinstance(link, tree.Binary) and link.operator is BinaryOperator.CONCATENATE:
        operands.append(link.left)
        link = link.right
    operands.append(link)
    return operands


def is_valid_key(node: tree.Expression) -> bool:
    """Whether the value can be stored under: not nil, not NaN."""
    if isinstance(node, tree.Number):
        return node.value == node.value
    return isinstance(node, (tree.String, tree.Boolean))


_FOLDED = {
    BinaryOperator.ADD: float.__add__,
    BinaryOperator.SUBTRACT: float.__sub__,
    BinaryOperator.MULTIPLY: float.__mul__,
    BinaryOperator.DIVIDE: divide,
    BinaryOperator.MODULO: modulo,
    BinaryOperator.POWER: power,
}


def fold(node: tree.Expression) -> float | None:
    """The value of an expression that Lua computes at compile time (`constfolding`, lcode.c), else None."""
    if isinstance(node, tree.Number):
        return node.value
    if isinstance(node, tree.Parentheses):
        return fold(node.inner)
    if isinstance(node, tree.Unary) and node.operator is UnaryOperator.NEGATE:
        operand = fold(node.operand)
        return None if operand is None else -operand
    if isinstance(node, tree.Binary) and node.operator in _FOLDED:
        right = fold(node.right)
        left = None if right is None else fold(node.left)
        if left is None or right is None:
            return None
        if right == 0.0 and node.operator in (BinaryOperator.DIVIDE, BinaryOperator.MODULO):
            return None
        value = _FOLDED[node.operator](left, right)
        return value if value == value else None
    return None


def bare_name(node: tree.Expression) -> tree.Name | None:
    """The name of a local that an operand still is for Lua's compiler: alone, in parentheses, or as what is left of an
    `and` or `or` whose other operand is a constant."""
    while True:
        if isinstance(node, tree.Name):
            return node
        if isinstance(node, tree.Parentheses):
            node = node.inner
        elif isinstance(node, tree.Logical) and _is_decided(node):
            node = node.right
        else:
            return None


def _is_decided(node: tree.Logical) -> bool:
    """Whether the left operand is a constant for which Lua's compiler makes no jump (`luaK_goiftrue`, lcode.c)."""
    left = node.left
    while isinstance(left, tree.Parentheses):
        left = left.inner
    if node.operator is BinaryOperator.OR:
        return isinstance(left, tree.Nil) or (isinstance(left, tree.Boolean) and not left.value)
    if isinstance(left, (tree.String, tree.Number)) or fold(left) is not None:
        return True
    return isinstance(left, tree.Boolean) and left.value


class Shapes:
    """Facts about the local variables and functions of one chunk."""

    def __init__(self, resolved: ResolvedChunk) -> None:
        self.resolved = resolved
        self.boxed: set[LocalVariable] = set()
        """Locals kept in a one-element list: captured, declared in a loop, and assigned once captured."""
        self.known: dict[LocalVariable, tree.Function] = {}
        """Locals that always hold this function: declared with it and never assigned."""
        self.single: set[tree.Function] = set()
        """Functions that return exactly one value whenever they return."""
        self.counters: set[LocalVariable] = set()
        """Variables of numeric loops that nobody assigns: always numbers, never NaN."""
        self.numbers = Numbers(resolved)
        """Which expressions are surely numbers."""
        self._survey()
        self._find_single_results()

    def _survey(self) -> None:
        declared = self.resolved.declared
        for node in self.resolved.chunk.nodes:
            if type(node) not in _DECLARING:  # a quick look: most nodes are something else
                continue
            if isinstance(node, tree.LocalFunction):
                local = declared[node.name.number]
                assert local is not None
                if local.fresh_each_turn:
                    self.boxed.add(local)
                if not local.assigned:
                    self.known[local] = node.function
            elif isinstance(node, tree.NumericFor):
                local = declared[node.variable.number]
                if local is not None and not local.assigned:
                    self.counters.add(local)
            elif isinstance(node, tree.Local) and len(node.names) == 1 == len(node.values):
                value = node.values[0]
                local = declared[node.names[0].number]
                if local is not None and not local.assigned and isinstance(value, tree.Function):
                    self.known[local] = value
        for variable in declared:
            if variable is not None and variable.fresh_each_turn and variable.assigned_after_capture:
                self.boxed.add(variable)

    def _find_single_results(self) -> None:
        """The greatest set of functions whose returns are one value each, assuming the others in the set are."""
        candidates = {f for f in self.known.values() if self._ends_in_return(f.body)}
        returns = {f: self._returns_of(f) for f in candidates}
        self.single = candidates
        changed = True
        while changed:
            wrong = {f for f in self.single if not all(self._is_single(r) for r in returns[f])}
            changed = bool(wrong)
            self.single -= wrong

    def _is_single(self, statement: tree.Return) -> bool:
        if len(statement.values) != 1:
            return False
        value = statement.values[0]
        return not isinstance(value, MULTIPLE) or self.gives_one(value)

    def never_nil(self, node: tree.Expression) -> bool:
        """Whether the value cannot be nil. (What a metamethod answers for an operator can be.)"""
        if isinstance(node, (tree.String, tree.Table, tree.Function, tree.Boolean)):
            return True
        if isinstance(node, tree.Parentheses):
            return self.never_nil(node.inner)
        return is_boolean(node) or self.numbers.is_number(node) or self.is_text(node)

    def is_text(self, node: tree.Expression) -> bool:
        """Whether the value is surely a string."""
        if isinstance(node, tree.Binary) and node.operator is BinaryOperator.CONCATENATE:
            return all(isinstance(link, tree.String) or self.numbers.is_number(link) for link in links(node))
        return isinstance(node, tree.String)

    def is_still(self, node: tree.Expression) -> bool:
        """Whether evaluating the expression surely runs no other Lua code and changes nothing."""
        if isinstance(node, tree.Name):
            return self.resolved.variables[node.number] is not None  # a global may be looked for by an `__index`
        if isinstance(node, _STILL):
            return True
        if isinstance(node, tree.Parentheses):
            return self.is_still(node.inner)
        return self.numbers.is_number(node) or self.is_text(node)

    def is_steady(self, node: tree.Expression) -> bool:
        """Whether the value is the same whatever other code runs before it is read: then any order is Lua's."""
        if isinstance(node, tree.Name):
            variable = self.resolved.variables[node.number]
            return variable is not None and not _may_be_changed(variable)
        return isinstance(node, _CONSTANTS)

    def register(self, node: tree.Expression) -> LocalVariable | None:
        """The local of this function that an operand is. Lua's instruction reads it in its register when it runs; every
        other operand has been evaluated in its turn."""
        name = bare_name(node)
        variable = None if name is None else self.resolved.variables[name.number]
        return variable if isinstance(variable, LocalVariable) else None

    def is_read_late(self, node: tree.Expression) -> bool:
        """Whether it matters that an operand is read in its register when the instruction runs."""
        local = self.register(node)
        return local is not None and local.assigned_inside

    def gives_one(self, node: tree.Expression) -> bool:
        """Whether a call surely gives exactly one value."""
        return isinstance(node, tree.Call) and self.callee(node) in self.single

    def callee(self, node: tree.Call) -> tree.Function | None:
        """The function a call calls, if that is known."""
        if not isinstance(node.function, tree.Name):
            return None
        variable = self.resolved.variables[node.function.number]
        return None if variable is None else self.known.get(local_of(variable))

    def calls_itself(self, node: tree.Call, scope: FunctionScope) -> bool:
        """Whether a tail call of the function of `scope` may be a jump to its start.

        It must surely call that function, and no closure may hold on to the variables of the turn that ends.
        """
        if self.callee(node) is not scope.function or scope.function.is_vararg:
            return False
        return not any(local.captured for local in scope.locals)

    def _ends_in_return(self, block: tree.Block) -> bool:
        if not block.statements:
            return False
        last = block.statements[-1]
        if isinstance(last, tree.Return):
            return True
        if isinstance(last, tree.Do):
            return self._ends_in_return(last.body)
        if isinstance(last, tree.If) and last.otherwise is not None:
            bodies = [clause.body for clause in last.clauses]
            return all(self._ends_in_return(body) for body in (*bodies, last.otherwise))
        return False

    def _returns_of(self, function: tree.Function) -> list[tree.Return]:
        """The return statements of a function's own body."""
        found: list[tree.Return] = []
        blocks = [function.body]
        while blocks:
            for statement in blocks.pop().statements:
                if isinstance(statement, tree.Return):
                    found.append(statement)
                elif isinstance(statement, tree.If):
                    blocks.extend(clause.body for clause in statement.clauses)
                    if statement.otherwise is not None:
                        blocks.append(statement.otherwise)
                elif isinstance(statement, (tree.Do, tree.While, tree.Repeat, tree.NumericFor, tree.GenericFor)):
                    blocks.append(statement.body)
        return found
