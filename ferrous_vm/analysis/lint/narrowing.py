"""Where in a chunk more is known of a local variable than everything that is ever stored in it.

Two things are told of a stretch of the source: that a variable holds what one statement stored (until the next
assignment), and that a test before it left only some types (`if not v then return end`). A stretch ends where the
variable may be assigned again: at the assignment, or at the loop around it. Of variables that functions inside change
nothing is told.

In: the tree and its scopes. Out: `Stretches`, which the data-flow asks of every use of a variable.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.scopes import LocalVariable, ResolvedChunk, Upvalue
from ferrous_vm.records import Record
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator

Place = LocalVariable | tuple[LocalVariable, bytes | float]
"""A variable, or what stands under a constant key in the table it names."""

Facts = dict[Place, int]
"""What a test leaves: the types that each place can still have."""

_TYPES_BY_NAME: Final = {
    b"nil": lua_types.NIL,
    b"boolean": lua_types.BOOLEAN,
    b"number": lua_types.NUMBER,
    b"string": lua_types.STRING,
    b"table": lua_types.TABLE,
    b"function": lua_types.FUNCTION,
    b"userdata": lua_types.USERDATA,
}

_LITERALS: Final[dict[type[tree.Node], int]] = {
    tree.Nil: lua_types.NIL,
    tree.Number: lua_types.NUMBER,
    tree.String: lua_types.STRING,
    tree.Table: lua_types.TABLE,
    tree.Function: lua_types.FUNCTION,
}

_LOOPS: Final = (tree.While, tree.Repeat, tree.NumericFor, tree.GenericFor)

MOST_PARTS: Final = 60
"""Parts of one condition that are looked at."""

MOST_STRETCHES: Final = 400
"""Stretches told of one variable; of one with more nothing is told, so that time stays in proportion."""


class Stretch(Record):
    """From token `first` to token `last` a place has one of `types`, or of those of `given`, and holds `stored`.

    `stored` and `given` may be None.
    """

    first: int
    last: int
    types: int
    stored: tree.Expression | None
    given: tree.Expression | None = None


class Stretches:
    """What is told of each variable, stretch by stretch."""

    def __init__(
        self, resolved: ResolvedChunk, by_form: dict[type[tree.Node], list[Any]], still: set[LocalVariable]
    ) -> None:
        self.resolved = resolved
        self.by_form = by_form
        self.still = still
        """The variables that name tables in which nothing changes."""
        self.found: dict[Place, list[Stretch]] = {}
        self.assignments = self.find_assignments()
        self.loops = sorted((loop.first, loop.last) for form in _LOOPS for loop in by_form.get(form, ()))
        for block in by_form.get(tree.Block, ()):
            self.block(block)
        for logical in by_form.get(tree.Logical, ()):
            when = logical.operator is BinaryOperator.AND
            self.learn(logical.left, when, logical.right)
        for loop in by_form.get(tree.While, ()):
            self.learn(loop.condition, True, loop.body)
        for statement in by_form.get(tree.If, ()):
            self.conditional(statement)
        for stretches in self.found.values():
            stretches.sort(key=lambda stretch: stretch.first)

    def known(
        self, place: Place, token: int, types_of: Callable[[tree.Expression], int]
    ) -> tuple[int, tree.Expression | None]:
        """What is known of a place where it is used at `token`: its types, and what was stored in it."""
        types, stored, latest = lua_types.ANY, None, -1
        stretches = self.found.get(place, ())
        if not 0 < len(stretches) <= MOST_STRETCHES:
            return types, stored
        for stretch in stretches:
            if stretch.first > token:
                break
            if token <= stretch.last:
                types &= stretch.types if stretch.given is None else stretch.types | types_of(stretch.given)
                if stretch.stored is not None and stretch.first > latest:
                    stored, latest = stretch.stored, stretch.first
        return types, stored

    # Where variables are assigned

    def find_assignments(self) -> dict[LocalVariable, list[int]]:
        """The last tokens of the statements that assign a variable, its declaration left out, in order."""
        found: dict[LocalVariable, list[int]] = {}
        for node in self.by_form.get(tree.Assignment, ()):
            for target in node.targets:
                if isinstance(target, tree.Name) and (variable := self.variable(target)) is not None:
                    found.setdefault(variable, []).append(node.last)
        for node in self.by_form.get(tree.FunctionStatement, ()):
            if isinstance(node.target, tree.Name) and (variable := self.variable(node.target)) is not None:
                found.setdefault(variable, []).append(node.last)
        for places in found.values():
            places.sort()
        return found

    def variable(self, node: tree.Name) -> LocalVariable | None:
        """The local variable that a name means, of whichever function."""
        variable = self.resolved.variables[node.number]
        return variable.local if isinstance(variable, Upvalue) else variable

    def end(self, variable: LocalVariable, first: int, last: int) -> int:
        """Where a stretch that begins at `first` ends: where something may assign the variable again, and before a loop
        in which something does."""
        places = self.assignments.get(variable)
        if not places:
            return last
        at = bisect_right(places, first - 1)
        if at == len(places):
            return last
        end: int = places[at]
        for loop in range(bisect_left(self.loops, (first, 0)), len(self.loops)):
            begin: int
            begin, finish = self.loops[loop]
            if begin >= end or begin > last:
                break
            if finish >= end:
                return begin - 1
        return min(end, last)

    def tell(self, facts: Facts, first: int, last: int) -> None:
        """Note what holds of variables from token `first` to `last`."""
        for place, types in facts.items():
            self.note(place, first, last, types, None)

    def learn(self, condition: tree.Expression, outcome: bool, part: tree.Node) -> None:
        """Note what holds in a part of the chunk that is reached only where a condition came out so."""
        self.tell(self.after(condition, outcome), part.first, part.last)
        for variable, other in self.same(condition, outcome):
            self.note(variable, part.first, part.last, lua_types.TRUTHY, None, other)

    def note(
        self,
        place: Place,
        first: int,
        last: int,
        types: int,
        stored: tree.Expression | None,
        given: tree.Expression | None = None,
    ) -> None:
        """Note one stretch, as far as it goes."""
        variable = _named(place)
        if variable.captured and variable.assigned:
            return  # a function may change it, or run when it was changed
        end = self.end(variable, first, last)
        if end >= first:
            self.found.setdefault(place, []).append(Stretch(first, end, types, stored, given))

    # Statements

    def block(self, block: tree.Block) -> None:
        """What the statements of a block leave for those that follow."""
        last = block.last
        for statement in block.statements:
            first = statement.last + 1
            if first > last:
                break
            if isinstance(statement, tree.Local):
                for name, value in zip(statement.names, statement.values, strict=False):
                    variable = self.resolved.declared[name.number]
                    if variable is not None and variable.assigned:
                        self.note(variable, first, last, lua_types.ANY, value)
            elif isinstance(statement, tree.Assignment):
                for target, value in zip(statement.targets, statement.values, strict=False):
                    if isinstance(target, tree.Name) and (variable := self.variable(target)) is not None:
                        self.note(variable, first, last, lua_types.ANY, value)
            elif isinstance(statement, tree.If):
                self.tell(self.left_by(statement), first, last)
                for variable, other in self.same_behind(statement):
                    self.note(variable, first, last, lua_types.TRUTHY, None, other)
                self.given(statement, first, last)
            elif isinstance(statement, tree.CallStatement) and isinstance(statement.call, tree.Call):
                call = statement.call
                if is_global(self.resolved, call.function, b"assert") and call.arguments:
                    self.tell(self.after(call.arguments[0], True), first, last)

    def conditional(self, statement: tree.If) -> None:
        """What the conditions of an `if` leave for its clauses."""
        refused: Facts = {}
        for clause in statement.clauses:
            self.tell(refused, clause.condition.first, clause.body.last)
            self.learn(clause.condition, True, clause.body)
            refused = _both(refused, self.after(clause.condition, False))
        if statement.otherwise is not None:
            self.tell(refused, statement.otherwise.first, statement.otherwise.last)

    def left_by(self, statement: tree.If) -> Facts:
        """What holds behind an `if` whose first clauses leave the block."""
        facts: Facts = {}
        for clause in statement.clauses:
            refused = self.after(clause.condition, False)
            if not leaves(self.resolved, clause.body):
                break
            facts = _both(facts, refused)
        return {place: types for place, types in facts.items() if not self.assigned_within(_named(place), statement)}

    def same_behind(self, statement: tree.If) -> Iterator[tuple[LocalVariable, tree.Expression]]:
        """What is equal behind an `if` whose first clauses leave the block."""
        for clause in statement.clauses:
            if not leaves(self.resolved, clause.body):
                return
            for variable, other in self.same(clause.condition, False):
                if not self.assigned_within(variable, statement):
                    yield variable, other

    def given(self, statement: tree.If, first: int, last: int) -> None:
        """What holds behind `if not v then v = ... end`: v is what it was when it held, or what it was given."""
        if len(statement.clauses) != 1 or statement.otherwise is not None:
            return
        clause = statement.clauses[0]
        refused = self.after(clause.condition, False)
        for inner in clause.body.statements:
            if not isinstance(inner, tree.Assignment):
                continue
            for target, value in zip(inner.targets, inner.values, strict=False):
                variable = self.variable(target) if isinstance(target, tree.Name) else None
                if variable is not None and variable in refused:
                    if self.last_within(variable, clause.body) != inner.last:
                        continue
                    self.note(variable, first, last, refused[variable], None, value)

    def last_within(self, variable: LocalVariable, node: tree.Node) -> int:
        """The last token of the last statement within a node that assigns a variable; -1 where none does."""
        places = self.assignments.get(variable, [])
        at = bisect_right(places, node.last) - 1
        return places[at] if at >= 0 and places[at] >= node.first else -1

    def assigned_within(self, variable: LocalVariable, node: tree.Node) -> bool:
        """Whether a statement within a node assigns a variable."""
        return self.last_within(variable, node) >= 0

    def written(self, value: tree.Expression) -> int:
        """The types of a value as far as its form tells them; 0 where it does not."""
        if isinstance(value, tree.Boolean):
            return lua_types.TRUE if value.value else lua_types.FALSE
        return _LITERALS.get(type(value), 0)

    # Conditions

    def after(self, condition: tree.Expression, outcome: bool) -> Facts:
        """What is known of variables when a condition held, or did not."""
        facts: Facts = {}
        for node, holds in islice(conjuncts(condition, outcome), MOST_PARTS):
            facts = _both(facts, self.leaf(node, holds))
        return facts

    def same(self, condition: tree.Expression, outcome: bool) -> Iterator[tuple[LocalVariable, tree.Expression]]:
        """The variables that a condition, which came out so, found equal to something; that is there if they are."""
        for node, holds in islice(conjuncts(condition, outcome), MOST_PARTS):
            if not isinstance(node, tree.Binary) or node.operator not in tree.EQUALITY:
                continue
            if holds != (node.operator is BinaryOperator.EQUAL):
                continue
            for one, other in ((node.left, node.right), (node.right, node.left)):
                one = _plain(one)
                variable = self.variable(one) if isinstance(one, tree.Name) else None
                if variable is not None:
                    yield variable, other

    def leaf(self, node: tree.Expression, holds: bool) -> Facts:
        """What one test without `and`, `or` and `not` tells."""
        if isinstance(node, tree.Name | tree.Index):
            return self.only(node, lua_types.TRUTHY if holds else lua_types.FALSY)
        if isinstance(node, tree.Call) and len(node.arguments) == 1 and holds:
            if is_global(self.resolved, node.function, b"tonumber"):
                return self.only(node.arguments[0], lua_types.STRING | lua_types.NUMBER)
            return {}
        if not isinstance(node, tree.Binary) or node.operator not in tree.EQUALITY:
            return {}
        equal = holds == (node.operator is BinaryOperator.EQUAL)
        for one, other in ((node.left, node.right), (node.right, node.left)):
            one, other = _plain(one), _plain(other)
            if isinstance(one, tree.Name | tree.Index) and (types := self.written(other)):
                if equal:
                    return self.only(one, types)
                single = types & (lua_types.NIL | lua_types.BOOLEAN)  # the only types of one value
                return self.only(one, lua_types.ANY & ~single)
            if (
                isinstance(one, tree.Call)
                and is_global(self.resolved, one.function, b"type")
                and isinstance(other, tree.String)
            ):
                types = _TYPES_BY_NAME.get(other.value, 0)
                if types and len(one.arguments) == 1:
                    return self.only(one.arguments[0], types if equal else lua_types.ANY & ~types)
        return {}

    def only(self, node: tree.Expression, types: int) -> Facts:
        """That the place named by an expression has only these types."""
        node = _plain(node)
        if isinstance(node, tree.Name):
            variable = self.variable(node)
            return {} if variable is None else {variable: types}
        if isinstance(node, tree.Index) and isinstance(node.object, tree.Name):
            variable, key = self.variable(node.object), node.key
            if variable in self.still and variable is not None and isinstance(key, tree.String | tree.Number):
                return {(variable, key.value): types}
        return {}


def _named(place: Place) -> LocalVariable:
    return place[0] if isinstance(place, tuple) else place


def is_global(resolved: ResolvedChunk, node: tree.Expression, name: bytes) -> bool:
    """Whether an expression is the global of that name."""
    return isinstance(node, tree.Name) and node.name == name and resolved.variables[node.number] is None


def leaves(resolved: ResolvedChunk, block: tree.Block) -> bool:
    """Whether a block never reaches its end."""
    statement = block.statements[-1] if block.statements else None
    if isinstance(statement, tree.Return | tree.Break):
        return True
    if isinstance(statement, tree.CallStatement) and isinstance(statement.call, tree.Call):
        return is_global(resolved, statement.call.function, b"error")
    if isinstance(statement, tree.If) and statement.otherwise is not None:
        branches = [statement.otherwise, *(clause.body for clause in statement.clauses)]
        return all(leaves(resolved, branch) for branch in branches)
    return isinstance(statement, tree.Do) and leaves(resolved, statement.body)


def _both(one: Facts, other: Facts) -> Facts:
    merged = dict(one)
    for variable, types in other.items():
        merged[variable] = merged.get(variable, lua_types.ANY) & types
    return merged


def conjuncts(condition: tree.Expression, outcome: bool) -> Iterator[tuple[tree.Expression, bool]]:
    """The parts of a condition that all came out one way when the whole came out as `outcome`, and that way."""
    pending: list[tuple[tree.Expression, bool]] = [(condition, outcome)]
    while pending:
        node, holds = pending.pop()
        node = _plain(node)
        if isinstance(node, tree.Unary) and node.operator is UnaryOperator.NOT:
            pending.append((node.operand, not holds))
        elif isinstance(node, tree.Logical):
            if holds == (node.operator is BinaryOperator.AND):
                pending += [(node.left, holds), (node.right, holds)]
            elif _truth(node.right) is not None and _truth(node.right) is not holds:
                pending.append((node.left, holds))  # `v == false and 0`, which did not hold
        else:
            yield node, holds


def _truth(node: tree.Expression) -> bool | None:
    """Whether a literal is true; None for what is none."""
    node = _plain(node)
    if isinstance(node, tree.Boolean):
        return node.value
    return None if (types := _LITERALS.get(type(node))) is None else types != lua_types.NIL


def _plain(node: tree.Expression) -> tree.Expression:
    while isinstance(node, tree.Parentheses):
        node = node.inner
    return node
