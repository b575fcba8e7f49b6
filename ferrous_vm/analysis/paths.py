"""What a small script does, path by path, without running it: which commands with which words, and what decides.

Values are symbols: an input, a reply, something computed of them. A condition that nobody knows is taken both ways,
each on a path of its own. What cannot be followed so (loops without a known end, text functions, JSON) is refused:
then nothing is known of the script.

The numbers of KEYS and ARGV are given, so `#ARGV` and loops over them are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from ferrous_vm.analysis.scopes import LocalVariable, ResolvedChunk, Upvalue
from ferrous_vm.analysis.symbols import NIL, TRUE, Beyond, Path, Step, Symbol, boolean, number, text
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator

MOST_PATHS: Final = 64
MOST_STEPS: Final = 3000
"""Nodes that are evaluated on one path."""
MOST_COMMANDS: Final = 32
MOST_DEPTH: Final = 60


class _Raised(Exception):
    """The script raises an error of its own."""


class _Table:
    """A table that the script makes."""

    __slots__ = ("fields",)

    def __init__(self) -> None:
        self.fields: dict[bytes | float, Value] = {}

    @property
    def length(self) -> int:
        count = 0
        while float(count + 1) in self.fields:
            count += 1
        return count


class _Inputs(NamedTuple):
    """KEYS or ARGV, with so many in it."""

    name: str
    given: int


class _Library(NamedTuple):
    """A global, or a field of one: `redis.call`."""

    name: bytes


class _Closure(NamedTuple):
    """A function of the script."""

    node: tree.Function


Value = Any
"""A Symbol, or what stands for a table or a function."""

_KNOWN: Final = frozenset(("nil", "boolean", "number", "text"))
_TRUTHY: Final = frozenset(("number", "text", "count", "tostring", "type", "computed", "made"))
_SIGNS: Final[dict[BinaryOperator, tuple[str, bool]]] = {
    BinaryOperator.LESS: ("<", False),
    BinaryOperator.LESS_OR_EQUAL: ("<=", False),
    BinaryOperator.GREATER: ("<", True),
    BinaryOperator.GREATER_OR_EQUAL: ("<=", True),
}
"""The comparison, and whether its sides change places."""

_FOLDED: Final[dict[BinaryOperator, Callable[[float, float], float]]] = {
    BinaryOperator.ADD: lambda left, right: left + right,
    BinaryOperator.SUBTRACT: lambda left, right: left - right,
    BinaryOperator.MULTIPLY: lambda left, right: left * right,
}


def paths_of(resolved: ResolvedChunk, keys: int, arguments: int) -> list[Path]:
    """Every path through a script that is given so many keys and arguments. Raises Beyond."""
    found: list[Path] = []
    pending: list[list[bool]] = [[]]
    while pending:
        decided = pending.pop()
        walk = _Walk(resolved, keys, arguments, decided)
        found.append(walk.run())
        if len(found) + len(pending) > MOST_PATHS:
            raise Beyond
        for at in range(len(decided), len(walk.taken)):
            pending.append([*walk.taken[:at], False])
    return found


class _Walk:
    """One path: conditions are decided as told, those behind as true."""

    def __init__(self, resolved: ResolvedChunk, keys: int, arguments: int, decided: list[bool]) -> None:
        self.resolved = resolved
        self.inputs = {b"KEYS": _Inputs("KEYS", keys), b"ARGV": _Inputs("ARGV", arguments)}
        self.decided = decided
        self.taken: list[bool] = []
        self.tests: dict[Symbol, bool] = {}
        self.steps: list[Step] = []
        self.variables: dict[LocalVariable, Value] = {}
        self.left = MOST_STEPS
        self.depth = 0

    def run(self) -> Path:
        returned: Symbol | None = None
        try:
            ends = self.block(self.resolved.chunk.main.body)
            returned = _lasting(ends[0]) if ends else NIL
        except _Raised:
            pass
        return Path(tuple(self.steps), tuple(self.tests.items()), returned)

    # Statements: each answers None, or what ends the block, "break" or the values returned.

    def block(self, block: tree.Block) -> Any:
        for statement in block.statements:
            self.count()
            form = _STATEMENTS.get(type(statement))
            if form is None:
                raise Beyond
            ends = form(self, statement)
            if ends is not None:
                return ends
        return None

    def count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Beyond

    def local(self, node: tree.Local) -> None:
        for name, value in zip(node.names, self.values(node.values, len(node.names)), strict=True):
            self.declare(name, value)

    def declare(self, name: tree.Declaration, value: Value) -> None:
        variable = self.resolved.declared[name.number]
        assert variable is not None
        self.variables[variable] = value

    def assignment(self, node: tree.Assignment) -> None:
        values = self.values(node.values, len(node.targets))
        for target, value in zip(node.targets, values, strict=True):
            if isinstance(target, tree.Index):
                self.put(self.value(target.object), self.value(target.key), value)
                continue
            variable = self.resolved.variables[target.number]
            if variable is None:
                raise Beyond
            self.variables[_local(variable)] = value

    @staticmethod
    def put(table: Value, key: Value, value: Value) -> None:
        if not isinstance(table, _Table) or not isinstance(key, Symbol) or key.kind not in ("number", "text"):
            raise Beyond
        if value == NIL:
            table.fields.pop(key.parts[0], None)
        else:
            table.fields[key.parts[0]] = value

    def call_statement(self, node: tree.CallStatement) -> None:
        if isinstance(node.call, tree.MethodCall):
            raise Beyond
        self.call(node.call)

    def do(self, node: tree.Do) -> Any:
        return self.block(node.body)

    def branch(self, node: tree.If) -> Any:
        for clause in node.clauses:
            if self.truth(self.value(clause.condition)):
                return self.block(clause.body)
        return self.block(node.otherwise) if node.otherwise is not None else None

    def numeric_for(self, node: tree.NumericFor) -> Any:
        bounds = [self.value(one) for one in (node.start, node.limit)]
        step = number(1) if node.step is None else self.value(node.step)
        if not all(isinstance(one, Symbol) and one.kind == "number" for one in (*bounds, step)) or step.parts[0] == 0:
            raise Beyond
        at, limit, by = bounds[0].parts[0], bounds[1].parts[0], step.parts[0]
        while at <= limit if by > 0 else at >= limit:
            self.declare(node.variable, number(at))
            ends = self.turn(node.body)
            if ends is not None:
                return None if ends == "break" else ends
            at += by
        return None

    def turn(self, body: tree.Block) -> Any:
        self.count()
        return self.block(body)

    def generic_for(self, node: tree.GenericFor) -> Any:
        call = node.values[0]
        if len(node.values) != 1 or not isinstance(call, tree.Call) or len(call.arguments) != 1:
            raise Beyond
        if self.value(call.function) not in (_Library(b"ipairs"), _Library(b"pairs")) or len(node.names) > 2:
            raise Beyond
        for at, item in enumerate(self.items(self.value(call.arguments[0])), 1):
            for name, value in zip(node.names, (number(at), item), strict=False):
                self.declare(name, value)
            ends = self.turn(node.body)
            if ends is not None:
                return None if ends == "break" else ends
        return None

    @staticmethod
    def items(value: Value) -> list[Value]:
        """What is in a list."""
        if isinstance(value, _Inputs):
            return [Symbol("input", (value.name, at)) for at in range(1, value.given + 1)]
        if isinstance(value, _Table) and value.length == len(value.fields):
            return [value.fields[float(at)] for at in range(1, value.length + 1)]
        raise Beyond

    def local_function(self, node: tree.LocalFunction) -> None:
        self.declare(node.name, _Closure(node.function))

    def returns(self, node: tree.Return) -> list[Value]:
        return self.values(node.values, None)

    # Expressions

    def values(self, nodes: Sequence[tree.Expression], wanted: int | None) -> list[Value]:
        """What a list of expressions gives, as many as wanted; None for all."""
        found: list[Value] = []
        for at, node in enumerate(nodes):
            if at == len(nodes) - 1 and isinstance(node, tree.Call):
                found += self.call(node)
            else:
                found.append(self.value(node))
        if wanted is None:
            return found
        return [*found, *[NIL] * (wanted - len(found))][:wanted]

    def value(self, node: tree.Expression) -> Value:
        self.count()
        form = _EXPRESSIONS.get(type(node))
        if form is None:
            raise Beyond
        return form(self, node)

    def name(self, node: tree.Name) -> Value:
        variable = self.resolved.variables[node.number]
        if variable is not None:
            local = _local(variable)
            if local not in self.variables:
                raise Beyond
            return self.variables[local]
        return self.inputs.get(node.name) or _Library(b"redis" if node.name == b"server" else node.name)

    def index(self, node: tree.Index) -> Value:
        table, key = self.value(node.object), self.value(node.key)
        if not isinstance(key, Symbol):
            raise Beyond
        if isinstance(table, _Library) and key.kind == "text":
            return _Library(b"%b.%b" % (table.name, key.parts[0]))
        if isinstance(table, _Inputs) and key.kind == "number":
            at = key.parts[0]
            return Symbol("input", (table.name, int(at))) if at in range(1, table.given + 1) else NIL
        if isinstance(table, _Table) and key.kind in ("number", "text"):
            return table.fields.get(key.parts[0], NIL)
        if isinstance(table, Symbol) and table.kind in ("reply", "item") and key.kind in ("number", "text"):
            return Symbol("item", (table, key.parts[0]))
        raise Beyond

    def table(self, node: tree.Table) -> _Table:
        made = _Table()
        at = 0
        for position, item in enumerate(node.items):
            if item.key is not None:
                self.put(made, self.value(item.key), self.value(item.value))
                continue
            is_last = position == len(node.items) - 1
            for value in self.values([item.value], None if is_last else 1):
                at += 1
                self.put(made, number(at), value)
        return made

    def logical(self, node: tree.Logical) -> Value:
        left = self.value(node.left)
        if self.truth(left) == (node.operator is BinaryOperator.AND):
            return self.value(node.right)
        return left

    def unary(self, node: tree.Unary) -> Value:
        value = self.value(node.operand)
        if node.operator is UnaryOperator.LENGTH:
            return self.length(value)
        if not isinstance(value, Symbol):
            raise Beyond
        if node.operator is UnaryOperator.NOT:
            if value.kind == "not":
                return value.parts[0] if value.parts[0].kind in ("compared", "not") else Symbol("not", (value,))
            return boolean(not self.truth(value)) if value.kind in _KNOWN else Symbol("not", (value,))
        return number(-value.parts[0]) if value.kind == "number" else Symbol("computed", ("-", value))

    def length(self, value: Value) -> Value:
        if isinstance(value, _Inputs):
            return number(value.given)
        if isinstance(value, _Table):
            return number(value.length)
        if isinstance(value, Symbol) and value.kind in ("reply", "item", "input", "tostring"):
            return Symbol("count", (value,))
        raise Beyond

    def binary(self, node: tree.Binary) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        operator = node.operator
        if not isinstance(left, Symbol) or not isinstance(right, Symbol):
            raise Beyond
        if operator in tree.EQUALITY:
            same = self.equal(left, right)
            return same if operator is BinaryOperator.EQUAL else self.opposite(same)
        if operator in _SIGNS:
            sign, changes = _SIGNS[operator]
            if left.kind == right.kind == "number":
                one, other = (right.parts[0], left.parts[0]) if changes else (left.parts[0], right.parts[0])
                return boolean(one < other if sign == "<" else one <= other)
            return Symbol("compared", (sign, right, left) if changes else (sign, left, right))
        if left.kind == right.kind == "number" and operator in _FOLDED:
            return number(_FOLDED[operator](left.parts[0], right.parts[0]))
        if left.kind == right.kind == "text" and operator is BinaryOperator.CONCATENATE:
            return text(left.parts[0] + right.parts[0])
        return Symbol("computed", (operator.symbol, left, right))

    @staticmethod
    def equal(left: Symbol, right: Symbol) -> Symbol:
        if left.kind in _KNOWN and right.kind in _KNOWN:
            return boolean(left == right)
        if left == right:
            return TRUE
        if left.kind in _KNOWN or (right.kind not in _KNOWN and repr(right) < repr(left)):
            left, right = right, left
        if left.kind == "input" and right.kind == "nil":
            raise Beyond  # asks whether it was given
        return Symbol("compared", ("==", left, right))

    @staticmethod
    def opposite(value: Symbol) -> Symbol:
        return boolean(not value.parts[0]) if value.kind == "boolean" else Symbol("not", (value,))

    def truth(self, value: Value) -> bool:
        """Whether a value counts as true on this path."""
        if not isinstance(value, Symbol):
            return True
        if value.kind == "nil":
            return False
        if value.kind == "boolean":
            return bool(value.parts[0])
        if value.kind == "not":
            return not self.truth(value.parts[0])
        if value.kind == "input":
            raise Beyond  # asks whether it was given
        if value.kind in _TRUTHY:
            return True
        known = self.tests.get(value)
        if known is None:
            at = len(self.taken)
            known = self.decided[at] if at < len(self.decided) else True
            self.taken.append(known)
            self.tests[value] = known
        return known

    # Calls

    def first(self, node: tree.Call) -> Value:
        values = self.call(node)
        return values[0] if values else NIL

    def call(self, node: tree.Call) -> list[Value]:
        self.count()
        function = self.value(node.function)
        arguments = self.values(node.arguments, None)
        if isinstance(function, _Closure):
            return self.enter(function.node, arguments)
        if not isinstance(function, _Library):
            raise Beyond
        if function.name == b"pcall" and arguments and arguments[0] == _Library(b"redis.call"):
            reply = self.command(arguments[1:], protected=True)
            return [Symbol("item", (reply, b"ok?")), reply]
        if function.name in (b"redis.call", b"redis.pcall"):
            return [self.command(arguments, protected=function.name == b"redis.pcall")]
        form = _FUNCTIONS.get(function.name)
        if form is None:
            raise Beyond
        return form(self, arguments)

    def enter(self, node: tree.Function, arguments: list[Value]) -> list[Value]:
        scope = self.resolved.scopes[node.number]
        assert scope is not None
        if node.is_vararg or self.depth > MOST_DEPTH:
            raise Beyond
        for at, parameter in enumerate(scope.parameters):
            self.variables[parameter] = arguments[at] if at < len(arguments) else NIL
        self.depth += 1
        ends = self.block(node.body)
        self.depth -= 1
        return ends if isinstance(ends, list) else []

    def command(self, arguments: list[Value], *, protected: bool) -> Symbol:
        words = tuple(arguments)
        if not words or len(self.steps) >= MOST_COMMANDS or not all(isinstance(one, Symbol) for one in words):
            raise Beyond
        if words[0].kind != "text" or any(one.kind in ("nil", "boolean", "not", "compared") for one in words):
            raise Beyond
        self.steps.append(Step(words, protected))
        return Symbol("reply", (len(self.steps) - 1,))


def _lasting(value: Value) -> Symbol:
    """A value as it is now, however it may change: a table by what is in it."""
    if isinstance(value, Symbol):
        return value
    if isinstance(value, _Inputs):
        return Symbol("inputs", tuple(value))
    if isinstance(value, _Table):
        return Symbol("table", tuple((key, _lasting(inner)) for key, inner in value.fields.items()))
    raise Beyond


def _local(variable: LocalVariable | Upvalue) -> LocalVariable:
    return variable.local if isinstance(variable, Upvalue) else variable


# Functions of the libraries


def _tonumber(walk: _Walk, arguments: list[Value]) -> list[Value]:
    value = _only(arguments)
    if value.kind == "number":
        return [value]
    if value.kind == "text":
        try:
            return [number(float(value.parts[0]))]
        except ValueError:
            return [NIL]
    return [value if value.kind in ("tonumber", "count", "computed") else Symbol("tonumber", (value,))]


def _tostring(walk: _Walk, arguments: list[Value]) -> list[Value]:
    value = _only(arguments)
    return [value if value.kind in ("text", "input", "tostring") else Symbol("tostring", (value,))]


def _only(arguments: list[Value]) -> Symbol:
    if len(arguments) != 1 or not isinstance(arguments[0], Symbol):
        raise Beyond
    return arguments[0]


def _unpack(walk: _Walk, arguments: list[Value]) -> list[Value]:
    bounds = [one.parts[0] for one in arguments[1:] if isinstance(one, Symbol) and one.kind == "number"]
    if not arguments or len(bounds) != len(arguments) - 1 or not all(one in range(1, 1000) for one in bounds):
        raise Beyond
    items = walk.items(arguments[0])
    begin = int(bounds[0]) if bounds else 1
    return items[begin - 1 : int(bounds[1]) if len(bounds) > 1 else len(items)]


def _insert(walk: _Walk, arguments: list[Value]) -> list[Value]:
    if len(arguments) != 2 or not isinstance(arguments[0], _Table):
        raise Beyond
    walk.put(arguments[0], number(arguments[0].length + 1), arguments[1])
    return []


def _error(walk: _Walk, arguments: list[Value]) -> list[Value]:
    raise _Raised


def _made(name: str) -> Callable[[_Walk, list[Value]], list[Value]]:
    def make(walk: _Walk, arguments: list[Value]) -> list[Value]:
        if not all(isinstance(one, Symbol) for one in arguments):
            raise Beyond
        return [Symbol("made", (name, *arguments))]

    return make


_FUNCTIONS: Final[dict[bytes, Callable[[_Walk, list[Value]], list[Value]]]] = {
    b"tonumber": _tonumber,
    b"tostring": _tostring,
    b"type": lambda walk, arguments: [Symbol("type", (_only(arguments),))],
    b"unpack": _unpack,
    b"table.insert": _insert,
    b"table.getn": lambda walk, arguments: [walk.length(_only_value(arguments))],
    b"string.len": lambda walk, arguments: [walk.length(_only(arguments))],
    b"error": _error,
    b"redis.replicate_commands": lambda walk, arguments: [TRUE],
    b"redis.status_reply": _made("status"),
    b"redis.error_reply": _made("error"),
}


def _only_value(arguments: list[Value]) -> Value:
    if len(arguments) != 1:
        raise Beyond
    return arguments[0]


_STATEMENTS: Final[dict[type[tree.Node], Callable[[_Walk, Any], Any]]] = {
    tree.Local: _Walk.local,
    tree.Assignment: _Walk.assignment,
    tree.CallStatement: _Walk.call_statement,
    tree.Do: _Walk.do,
    tree.If: _Walk.branch,
    tree.NumericFor: _Walk.numeric_for,
    tree.GenericFor: _Walk.generic_for,
    tree.LocalFunction: _Walk.local_function,
    tree.Return: _Walk.returns,
    tree.Break: lambda walk, node: "break",
}
"""The statements that are followed."""

_EXPRESSIONS: Final[dict[type[tree.Node], Callable[[_Walk, Any], Any]]] = {
    tree.Nil: lambda walk, node: NIL,
    tree.Boolean: lambda walk, node: boolean(node.value),
    tree.Number: lambda walk, node: number(node.value),
    tree.String: lambda walk, node: text(node.value),
    tree.Function: lambda walk, node: _Closure(node),
    tree.Parentheses: lambda walk, node: walk.value(node.inner),
    tree.Name: _Walk.name,
    tree.Index: _Walk.index,
    tree.Call: _Walk.first,
    tree.Table: _Walk.table,
    tree.Logical: _Walk.logical,
    tree.Unary: _Walk.unary,
    tree.Binary: _Walk.binary,
}
"""The expressions that are followed."""
