"""Which locals always hold a number, a whole one, one that is not negative: what needs no test at run time.

A local qualifies if every expression ever assigned to it does, given that the others do: the greatest such set. What
is unknown (parameters, results of calls, fields) is no number. Infinity and NaN count as whole, since arithmetic of
whole numbers may end there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from ferrous_vm.analysis.scopes import LocalVariable, ResolvedChunk, Upvalue, Variable
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator

_DEPTH = 80
"""Levels of an expression that are looked at."""

_PASSES = 10
"""Passes over all locals; what is not settled by then counts as unknown."""

_ARITHMETIC = frozenset(
    (
        BinaryOperator.ADD,
        BinaryOperator.SUBTRACT,
        BinaryOperator.MULTIPLY,
        BinaryOperator.DIVIDE,
        BinaryOperator.MODULO,
        BinaryOperator.POWER,
    )
)
_KEEPS_SIGN = frozenset((BinaryOperator.ADD, BinaryOperator.MULTIPLY))
_KEEPS_WHOLE = _ARITHMETIC - {BinaryOperator.DIVIDE, BinaryOperator.POWER}

_STORES = frozenset((tree.Local, tree.NumericFor, tree.Assignment, tree.FunctionStatement))
"""The statements that give locals their values."""

Sources = dict[LocalVariable, list[tree.Expression | None]]
"""Every expression assigned to a local; None for one that is unknown."""

Target = TypeVar("Target", bound=tree.Node)


class Numbers:
    """What is known of the numbers in one chunk."""

    def __init__(self, resolved: ResolvedChunk) -> None:
        self._variables = resolved.variables
        assigned: Sources = {}
        counted: Sources = {}
        assignments: list[tree.Assignment | tree.FunctionStatement] = []
        for node in resolved.chunk.nodes:
            if type(node) not in _STORES:  # a quick look: most nodes are something else
                continue
            if isinstance(node, tree.Local):
                for declaration, value in _pairs(node.names, node.values):
                    assigned[_declared(resolved, declaration)] = [value]
            elif isinstance(node, tree.NumericFor):
                local = _declared(resolved, node.variable)
                assigned[local] = []
                counted[local] = [node.start] if node.step is None else [node.start, node.step]
            elif isinstance(node, (tree.Assignment, tree.FunctionStatement)):
                assignments.append(node)
        for node in assignments:
            if isinstance(node, tree.FunctionStatement):
                self._assign(assigned, node.target, None)
            else:
                for target, value in _pairs(node.targets, node.values):
                    self._assign(assigned, target, value)
        self._numbers = set(assigned)
        _reduce(self._numbers, assigned, self.is_number)
        self._whole = set(self._numbers)
        for local, values in counted.items():
            assigned[local].extend(values)
        _reduce(self._whole, assigned, self.is_whole)
        self._assigned = assigned
        self._not_negative: set[LocalVariable] | None = None

    def _assign(self, assigned: Sources, target: tree.Expression, value: tree.Expression | None) -> None:
        variable = self._variables[target.number] if isinstance(target, tree.Name) else None
        if variable is not None:
            values = assigned.get(_local_of(variable))
            if values is not None:  # a parameter is unknown whatever is assigned to it
                values.append(value)

    def holds_number(self, local: LocalVariable) -> bool:
        """Whether the value of a local is surely a number."""
        return local in self._numbers

    def is_number(self, node: tree.Expression | None, depth: int = 0) -> bool:
        """Whether the value is surely a number."""
        if isinstance(node, tree.Number):
            return True
        if isinstance(node, tree.Name):
            variable = self._variables[node.number]
            return variable is not None and _local_of(variable) in self._numbers
        return self._of_operands(node, _ARITHMETIC, self.is_number, depth)

    def is_whole(self, node: tree.Expression | None, depth: int = 0) -> bool:
        """Whether the value is surely a number without a fraction, infinite or NaN."""
        if isinstance(node, tree.Number):
            return node.value.is_integer()
        if isinstance(node, tree.Name):
            variable = self._variables[node.number]
            return variable is not None and _local_of(variable) in self._whole
        return self._of_operands(node, _KEEPS_WHOLE, self.is_whole, depth)

    def is_not_negative(self, node: tree.Expression | None, depth: int = 0) -> bool:
        """Whether the value is surely a number and not below 0; it may be NaN."""
        if isinstance(node, tree.Number):
            return node.value >= 0.0
        if isinstance(node, tree.Name):
            variable = self._variables[node.number]
            return variable is not None and _local_of(variable) in self._locals_not_negative()
        if isinstance(node, tree.Binary) and node.operator is BinaryOperator.MODULO and depth <= _DEPTH:
            return self.is_number(node.left) and self.is_not_negative(node.right, depth + 1)
        if isinstance(node, tree.Unary):
            return False
        return self._of_operands(node, _KEEPS_SIGN, self.is_not_negative, depth)

    def _locals_not_negative(self) -> set[LocalVariable]:
        if self._not_negative is None:  # few chunks ask
            self._not_negative = set(self._numbers)
            _reduce(self._not_negative, self._assigned, self.is_not_negative)
        return self._not_negative

    def _of_operands(
        self,
        node: tree.Expression | None,
        operators: frozenset[BinaryOperator],
        holds: Callable[[tree.Expression | None, int], bool],
        depth: int,
    ) -> bool:
        if depth > _DEPTH:
            return False
        if isinstance(node, tree.Parentheses):
            return holds(node.inner, depth + 1)
        if isinstance(node, tree.Unary):
            return node.operator is UnaryOperator.NEGATE and holds(node.operand, depth + 1)
        if isinstance(node, tree.Binary) and node.operator in operators:
            return holds(node.right, depth + 1) and holds(node.left, depth + 1)
        return False


def _reduce(candidates: set[LocalVariable], sources: Sources, holds: Callable[[tree.Expression | None], bool]) -> None:
    """Takes away every local that does not qualify, until all that are left do."""
    for _ in range(_PASSES):
        wrong = [local for local in candidates if not all(map(holds, sources[local]))]
        if not wrong:
            return
        candidates.difference_update(wrong)
    candidates.clear()


def _pairs(targets: Sequence[Target], values: list[tree.Expression]) -> Iterator[tuple[Target, tree.Expression | None]]:
    """Each target with its value; None where it comes from several results, or is nil."""
    for index, target in enumerate(targets):
        value = values[index] if index < len(values) else None
        yield target, value


def _declared(resolved: ResolvedChunk, declaration: tree.Declaration) -> LocalVariable:
    local = resolved.declared[declaration.number]
    assert local is not None
    return local


def _local_of(variable: Variable) -> LocalVariable:
    return variable.local if isinstance(variable, Upvalue) else variable
