"""What is ever stored in each local variable, passed to each function, returned by it, and put into each local table.

In: the tree and its scopes. Out: definitions, which the data-flow turns into values. What may come from anywhere is
not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.library_results import RESULTS, SEVERAL
from ferrous_vm.analysis.lint.narrowing import leaves
from ferrous_vm.analysis.lint.values import ANYTHING, CODE, COUNTED, FROM_ARGV, FROM_KEYS, NOTHING, Value
from ferrous_vm.analysis.scopes import FunctionScope, LocalVariable, ResolvedChunk, Upvalue
from ferrous_vm.records import MutableRecord, Record, field
from ferrous_vm.syntax import tree

MOST_DEFINITIONS: Final = 24
"""Places where a variable gets a value that are looked at; of a variable with more, nothing is known."""


class ElementOf(Record):
    """What a loop over the elements of `container` gives in each turn."""

    container: tree.Expression


class ResultOf(Record):
    """The result of `call` at `position`, counted from 0."""

    call: tree.Call
    position: int


Definition = tree.Expression | Value | ElementOf | ResultOf


class Contents(MutableRecord):
    """What is ever put into a table that only one variable names: by field, and under any other key."""

    fields: dict[bytes, list[Definition]] = field(factory=dict)
    elements: list[Definition] = field(factory=list)

    def under(self, key: bytes | float | None) -> list[Definition]:
        """What may stand under a key; None for a key nobody knows."""
        if isinstance(key, bytes):
            return [*self.fields.get(key, ()), *self.elements]
        named = [] if isinstance(key, float) else [one for found in self.fields.values() for one in found]
        return [*named, *self.elements]

    @property
    def is_small(self) -> bool:
        """Whether there is so little in it that all of it can be looked at."""
        return sum(map(len, self.fields.values())) + len(self.elements) <= MOST_DEFINITIONS


class LocalFunction(MutableRecord):
    """A function that is called by its name only, or registered: so everything that calls it is known."""

    scope: FunctionScope
    calls: list[tree.Call]
    returns: list[tree.Return]
    registered: bool
    """It is given to redis.register_function."""


_ALIKE: Final = frozenset((b"redis.call", b"redis.pcall", b"unpack"))
"""Functions that give one value, or several that are alike."""

INPUTS: Final = (
    Value(lua_types.TABLE, FROM_KEYS, member=b"KEYS"),
    Value(lua_types.TABLE, FROM_ARGV, member=b"ARGV"),
)
"""What a registered function is called with: the keys and the arguments of FCALL."""

_READERS: Final = frozenset(
    b"ipairs pairs unpack next table.concat table.sort table.getn table.maxn cjson.encode cmsgpack.pack type "
    b"tostring rawequal".split()
)
"""Library functions that put nothing into a table they are given, and do not keep it."""


class Definitions:
    """Every place where a variable of one chunk gets a value."""

    def __init__(self, resolved: ResolvedChunk, by_form: dict[type[tree.Node], list[Any]]) -> None:
        self.resolved = resolved
        self.by_form = by_form
        self.uses: dict[LocalVariable, list[tree.Name]] = {}
        for name in self.all(tree.Name):
            variable = self.variable(name)
            if variable is not None:
                self.uses.setdefault(variable, []).append(name)
        self.library_calls: dict[bytes, list[tree.Call]] = {}
        """The calls of each global, and of each function in a library, by the name as it is written."""
        for call in self.all(tree.Call):
            self.library_calls.setdefault(self.of_library(call.function), []).append(call)
        self.callbacks = {node.number for node in self.registrations()}
        self.main_returns: list[tree.Return] = []
        self.functions = self.find_functions()
        self.by_node = {function.scope.function.number: function for function in self.functions.values()}
        self.stored = self.find_stored()
        self.known_uses = self.count_known_uses()
        self.still = self.find_still()
        self.contents: dict[LocalVariable, Contents] = {}
        self.find_contents()

    def all(self, form: type[tree.Node]) -> list[Any]:
        """Every node of a form, in the order they end."""
        return self.by_form.get(form, [])

    def variable(self, node: tree.Expression) -> LocalVariable | None:
        """The local variable that a name means, of whichever function; None for a global, and for what is no name."""
        variable = self.resolved.variables[node.number] if isinstance(node, tree.Name) else None
        return variable.local if isinstance(variable, Upvalue) else variable

    def of_library(self, node: tree.Expression) -> bytes:
        """The name of a library function as it is written, `table.insert`; empty where it is something else."""
        if isinstance(node, tree.Name) and self.resolved.variables[node.number] is None:
            return node.name
        if isinstance(node, tree.Index) and isinstance(node.key, tree.String) and isinstance(node.object, tree.Name):
            outer = self.of_library(node.object)
            return outer and outer + b"." + node.key.value
        return b""

    # Variables

    def find_stored(self) -> dict[LocalVariable, list[Definition]]:
        """What is stored in each variable."""
        declared = self.resolved.declared
        stored: list[tuple[LocalVariable | None, Definition]] = []
        for node in self.all(tree.Local):
            stored += [(declared[name.number], nth(node.values, at)) for at, name in enumerate(node.names)]
        for node in self.all(tree.Assignment):
            stored += [(self.variable(place), nth(node.values, at)) for at, place in enumerate(node.targets)]
        stored += [(declared[node.variable.number], COUNTED) for node in self.all(tree.NumericFor)]
        for node in self.all(tree.GenericFor):
            for name, value in zip(node.names, self.turns(node), strict=True):
                stored.append((declared[name.number], value))
        stored += [(declared[node.name.number], CODE) for node in self.all(tree.LocalFunction)]
        stored += [(self.variable(node.target), CODE) for node in self.all(tree.FunctionStatement)]
        for scope in filter(None, self.resolved.scopes):
            stored += self.passed(scope)
        found: dict[LocalVariable, list[Definition]] = {}
        for variable, definition in stored:
            if variable is not None:
                found.setdefault(variable, []).append(definition)
        return {variable: places for variable, places in found.items() if len(places) <= MOST_DEFINITIONS}

    def turns(self, node: tree.GenericFor) -> list[Definition]:
        """What the variables of a loop over ipairs(table) or pairs(table) hold; of other loops nothing is known."""
        unknown: list[Definition] = [ANYTHING] * len(node.names)
        call = node.values[0]
        if len(node.values) != 1 or not isinstance(call, tree.Call) or len(call.arguments) != 1 or len(node.names) > 2:
            return unknown
        function = self.of_library(call.function)
        if function not in (b"ipairs", b"pairs"):
            return unknown
        found: list[Definition] = [COUNTED if function == b"ipairs" else ANYTHING, ElementOf(call.arguments[0])]
        return found[: len(node.names)]

    # Functions

    def find_functions(self) -> dict[LocalVariable, LocalFunction]:
        """The functions whose callers are all known, by the variable that names them."""
        named: dict[LocalVariable, tree.Function] = {}
        for node in self.all(tree.LocalFunction):
            variable = self.resolved.declared[node.name.number]
            if variable is not None:
                named[variable] = node.function
        for node in self.all(tree.Local):
            for name, value in zip(node.names, node.values, strict=False):
                variable = self.resolved.declared[name.number]
                if isinstance(value, tree.Function) and variable is not None:
                    named[variable] = value
        called = {call.function.number: call for call in self.all(tree.Call)}
        found: dict[LocalVariable, LocalFunction] = {}
        for variable, function in named.items():
            scope = self.resolved.scopes[function.number]
            uses = self.uses.get(variable, [])
            if (
                variable.assigned
                or scope is None
                or not all(use.number in called or use.number in self.callbacks for use in uses)
            ):
                continue
            calls = [called[use.number] for use in uses if use.number in called]
            found[variable] = LocalFunction(scope, calls, [], len(calls) < len(uses))
        self.find_returns(found)
        return found

    def registrations(self) -> Iterator[tree.Expression]:
        """The functions given to redis.register_function."""
        for call in self.library_calls.get(b"redis.register_function", ()):
            if len(call.arguments) == 2:
                yield call.arguments[1]
            elif len(call.arguments) == 1 and isinstance(call.arguments[0], tree.Table):
                for item in call.arguments[0].items:
                    if isinstance(item.key, tree.String) and item.key.value == b"callback":
                        yield item.value

    def find_returns(self, functions: dict[LocalVariable, LocalFunction]) -> None:
        """Give each function its own return statements."""
        by_node = {function.scope.function.number: function for function in functions.values()}
        forms = sorted([*self.all(tree.Return), *self.all(tree.Function)], key=lambda node: node.number)
        pending: list[tree.Return] = []
        for node in forms:  # a function comes after the returns inside it
            if isinstance(node, tree.Return):
                pending.append(node)
                continue
            own = []
            while pending and pending[-1].first >= node.first:
                own.append(pending.pop())
            if node.number in by_node:
                by_node[node.number].returns = own
            elif node is self.resolved.main.function:
                self.main_returns = own

    def passed(self, scope: FunctionScope) -> Iterator[tuple[LocalVariable | None, Definition]]:
        """What the parameters of a function are given."""
        number = scope.function.number
        if scope.arg is not None:
            yield scope.arg, ANYTHING
        function = self.by_node.get(number)
        for at, parameter in enumerate(scope.parameters):
            if function is None or function.registered:
                inputs = number in self.callbacks or function is not None
                yield parameter, INPUTS[at] if inputs and at < len(INPUTS) else NOTHING if inputs else ANYTHING
            for call in function.calls if function is not None else ():
                yield parameter, nth(call.arguments, at)

    def results(self, variable: LocalVariable, position: int) -> list[Definition] | None:
        """What a function that a variable names returns at a position; None where its name may mean another."""
        function = self.functions.get(variable)
        if function is None or function.scope.function.is_vararg or len(function.returns) >= MOST_DEFINITIONS:
            return None
        found: list[Definition] = [nth(node.values, position) for node in function.returns]
        return found if leaves(self.resolved, function.scope.function.body) else [*found, NOTHING]

    # Tables

    def contents_of(self, table: tree.Expression) -> Contents | None:
        """What is in a table that one variable alone names; None for any other."""
        variable = self.variable(table)
        return None if variable is None else self.contents.get(variable)

    def find_contents(self) -> None:
        """Fill `contents`."""
        for variable, places in self.stored.items():
            alone = len(self.uses.get(variable, ())) == self.known_uses.get(variable, 0)
            if alone and len(places) == 1 and isinstance(places[0], tree.Table) and not variable.assigned:
                self.contents[variable] = contents = Contents()
                for item in places[0].items:
                    _put(contents, item.key, self.single(item.value))
        for node in self.all(tree.Assignment):
            for at, target in enumerate(node.targets):
                if isinstance(target, tree.Index) and (filled := self.contents_of(target.object)) is not None:
                    _put(filled, target.key, nth(node.values, at))
        for node in self.all(tree.FunctionStatement):
            if isinstance(node.target, tree.Index) and (filled := self.contents_of(node.target.object)) is not None:
                _put(filled, node.target.key, CODE)
        for call in self.library_calls.get(b"table.insert", ()):
            if len(call.arguments) > 1:
                filled = self.contents_of(call.arguments[0])
                if filled is not None:
                    filled.elements.append(self.single(call.arguments[-1]))
        self.contents = {variable: contents for variable, contents in self.contents.items() if contents.is_small}

    def find_still(self) -> set[LocalVariable]:
        """The variables that name tables in which nothing is changed, as far as the script can."""
        changed = {self.variable(target.object) for target in self.index_targets()}
        for name in (b"table.insert", b"table.sort", b"table.remove"):
            for call in self.library_calls.get(name, ()):
                changed.update(map(self.variable, call.arguments[:1]))
        return {
            variable
            for variable, uses in self.uses.items()
            if variable not in changed and len(uses) == self.known_uses.get(variable, 0)
        }

    def index_targets(self) -> Iterator[tree.Index]:
        """Every element of a table that is assigned."""
        for node in self.all(tree.Assignment):
            yield from (target for target in node.targets if isinstance(target, tree.Index))

    def single(self, value: tree.Expression) -> Definition:
        """What the last expression of a list puts into a table, where it may give several values."""
        if isinstance(value, tree.MethodCall | tree.Vararg):
            return ANYTHING
        if isinstance(value, tree.Call):
            function = self.of_library(value.function)
            if function in SEVERAL or (function not in RESULTS and function not in _ALIKE):
                return ANYTHING
        return value

    def count_known_uses(self) -> dict[LocalVariable, int]:
        """How often each variable is used as a table that nobody else gets to know."""
        counts: dict[LocalVariable, int] = {}
        places: list[tree.Expression] = [node.object for node in self.all(tree.Index)]
        places += [node.operand for node in self.all(tree.Unary)]
        for name in _READERS:
            places += (argument for call in self.library_calls.get(name, ()) for argument in call.arguments)
        for call in self.library_calls.get(b"table.insert", ()):
            places += call.arguments[:1]
        for node in self.main_returns:
            places += node.values
        for place in places:
            variable = self.variable(place)
            if variable is not None:
                counts[variable] = counts.get(variable, 0) + 1
        return counts


def nth(values: list[tree.Expression], position: int) -> Definition:
    """What a list of expressions gives at a position, counted from 0."""
    if position < len(values):
        return values[position]
    last = values[-1] if values else None
    if isinstance(last, tree.Call):
        return ResultOf(last, position - len(values) + 1)
    return ANYTHING if isinstance(last, tree.MethodCall | tree.Vararg) else NOTHING


def _put(contents: Contents, key: tree.Expression | None, value: Definition) -> None:
    if isinstance(key, tree.String):
        contents.fields.setdefault(key.value, []).append(value)
    else:
        contents.elements.append(value)


def number_of(definition: Definition) -> int:
    """The node a definition comes from; -1 where it hangs on none."""
    if isinstance(definition, ElementOf):
        return definition.container.number
    if isinstance(definition, ResultOf):
        return definition.call.number
    return definition.number if isinstance(definition, tree.Node) else -1
