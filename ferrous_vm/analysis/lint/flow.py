"""A forward data-flow over the resolved tree: what is known of the value of every expression.

It does not follow the order in which statements run: a local variable is everything that is ever assigned to it. So
what is known holds at every moment of every run, and a rule that builds on it is not mistaken about a branch.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.facts import ScriptFacts, Word
from ferrous_vm.analysis.lint.values import (
    ANYTHING,
    ARGUMENT,
    CODE,
    COMPUTED,
    CONSTANT,
    COUNTED,
    FROM_REPLY,
    KEY,
    NOTHING,
    TEXT,
    TRUTH,
    CommandCall,
    Value,
)
from ferrous_vm.analysis.scopes import LocalVariable, ResolvedChunk, Upvalue
from ferrous_vm.records import Record, with_changes
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator

MOST_PASSES: Final = 8
"""Passes over the tree until nothing more is learned; three do for what people write."""


class ElementOf(Record):
    """What a loop over the elements of `container` gives in each turn."""

    container: tree.Expression


MOST_DEFINITIONS: Final = 16
"""Assignments to one variable that are looked at; of a variable with more, nothing is known."""

Definition = tree.Expression | Value | ElementOf

_RESULTS: Final[dict[bytes, Value]] = {
    **dict.fromkeys(
        b"math.abs math.ceil math.floor math.max math.min math.fmod math.modf math.pow math.deg math.rad math.ldexp "
        b"math.frexp math.log10 string.len string.byte table.getn table.maxn struct.size bit.tobit bit.bnot bit.band "
        b"bit.bor bit.bxor bit.lshift bit.rshift bit.arshift bit.rol bit.ror bit.bswap".split(),
        COUNTED,
    ),
    **dict.fromkeys(
        b"math.sqrt math.exp math.log math.sin math.cos math.tan math.asin math.acos math.atan math.atan2 math.sinh "
        b"math.cosh math.tanh".split(),
        Value(lua_types.NUMBER, fractional=True),
    ),
    **dict.fromkeys(
        b"tostring type string.format string.rep string.sub string.upper string.lower string.reverse string.gsub "
        b"string.char table.concat cjson.encode cmsgpack.pack struct.pack redis.sha1hex bit.tohex".split(),
        TEXT,
    ),
    b"tonumber": Value(lua_types.NUMBER | lua_types.NIL),
    b"redis.error_reply": Value(lua_types.TABLE),
    b"redis.status_reply": Value(lua_types.TABLE),
    b"loadstring": Value(lua_types.FUNCTION | lua_types.NIL),
}
"""What functions of the libraries return first, where it does not hang on their arguments."""

_PASS_ON: Final = frozenset(b"tostring tonumber string.upper string.lower string.sub string.reverse".split())
"""Functions whose result comes from where their first argument does."""

_COMPOSE: Final = frozenset(b"string.format table.concat string.rep string.gsub cjson.encode".split())
"""Functions whose result is made of their arguments."""

_ARITHMETIC: Final[dict[BinaryOperator, Callable[[Value, Value], bool]]] = {
    BinaryOperator.ADD: lambda left, right: left.fractional or right.fractional,
    BinaryOperator.SUBTRACT: lambda left, right: left.fractional or right.fractional,
    BinaryOperator.MULTIPLY: lambda left, right: left.fractional or right.fractional,
    BinaryOperator.DIVIDE: lambda left, right: not _divides(left.constant, right.constant),
    BinaryOperator.MODULO: lambda left, right: left.fractional or right.fractional,
    BinaryOperator.POWER: lambda left, right: False,
}
"""The operators that make numbers, and whether the result may have a fraction."""


def _divides(left: bytes | float | None, right: bytes | float | None) -> bool:
    return isinstance(left, float) and isinstance(right, float) and right != 0 and left % right == 0


class Flow:
    """The values of all expressions of one chunk; `values[node.number]` after `run`."""

    def __init__(self, resolved: ResolvedChunk, facts: ScriptFacts, is_library: bool) -> None:
        self.resolved = resolved
        self.facts = facts
        self.is_library = is_library
        self.nodes = resolved.chunk.nodes
        self.open: list[tree.Node] = self.nodes
        """The nodes whose values are to be found, by number; those of the others are known."""
        self.by_form: dict[type[tree.Node], list[Any]] = {}
        for node in self.nodes:
            self.by_form.setdefault(type(node), []).append(node)
        self.values: list[Value | None] = [None] * len(self.nodes)
        self.globals = facts.library_globals if is_library else facts.script_globals
        self.commands: dict[int, CommandCall] = {}
        names = {node.name for node in self.all(tree.Name)}
        words = {node.value for node in self.all(tree.String)}
        # With metatables an operator may give anything; with RESP3 replies have other shapes.
        self.plain_operators = b"setmetatable" not in names
        self.plain_replies = b"setresp" not in words
        self.premises = (is_library, self.plain_operators, self.plain_replies)
        """What all values hang on."""
        self.definitions = self.find_definitions()
        self.last_definition = {variable: max(map(_number, found)) for variable, found in self.definitions.items()}
        self.unsettled = len(self.nodes)
        """The first node whose value hangs on a later one."""
        self.is_settled = True

    def all(self, form: type[tree.Node]) -> list[Any]:
        """Every node of a form, in the order they end."""
        return self.by_form.get(form, [])

    def run(self) -> None:
        """Fill `values`. Where that does not come to an end, nothing is known.

        What a node is made of comes before it. Only where a variable is assigned to behind a use of it, one pass is not
        enough, and then for what follows that use.
        """
        first = 0
        for _ in range(MOST_PASSES):
            if not self.evaluate_from(first):
                self.commands = dict(sorted(self.commands.items()))
                return
            first = self.unsettled
        self.values = [ANYTHING] * len(self.nodes)
        self.commands.clear()
        self.is_settled = False

    def evaluate_from(self, first: int) -> bool:
        """One pass over the nodes from `first` on; answers whether something was learned that may change more."""
        evaluate, values = _EVALUATE.get, self.values
        changed = False
        for node in self.open[bisect_left(self.open, first, key=_NUMBER) :] if first else self.open:
            evaluation = evaluate(type(node))
            if evaluation is not None:
                number = node.number
                value, known = evaluation(self, node), values[number]
                if value is not known and value != known:
                    values[number] = value
                    changed = True
        return changed and self.unsettled < len(self.nodes)

    def value(self, node: tree.Expression) -> Value:
        """What is known of `node`, so far."""
        return self.values[node.number] or ANYTHING

    def find_definitions(self) -> dict[LocalVariable, list[Definition]]:
        """Everything that is ever stored in each local variable; a variable that is not there may hold anything."""
        declared = self.resolved.declared
        stored: list[tuple[LocalVariable | None, Definition]] = []
        for node in self.all(tree.Local):
            for name, value in zip(node.names, _spread(node.values, len(node.names)), strict=True):
                stored.append((declared[name.number], value))
        for node in self.all(tree.Assignment):
            for place, value in zip(node.targets, _spread(node.values, len(node.targets)), strict=True):
                stored.append((self.target(place), value))
        stored += [(declared[node.variable.number], COUNTED) for node in self.all(tree.NumericFor)]
        for node in self.all(tree.GenericFor):
            for name, value in zip(node.names, _turns(self.resolved, node), strict=True):
                stored.append((declared[name.number], value))
        stored += [(declared[node.name.number], CODE) for node in self.all(tree.LocalFunction)]
        stored += [(self.target(node.target), CODE) for node in self.all(tree.FunctionStatement)]
        for scope in filter(None, self.resolved.scopes):
            stored += [(variable, ANYTHING) for variable in (*scope.parameters, scope.arg)]
        definitions: dict[LocalVariable, list[Definition]] = {}
        for variable, definition in stored:
            if variable is not None:
                definitions.setdefault(variable, []).append(definition)
        return {variable: found for variable, found in definitions.items() if len(found) <= MOST_DEFINITIONS}

    def target(self, node: tree.Expression) -> LocalVariable | None:
        """The local variable that is assigned to, if it is one."""
        return self.variable(node) if isinstance(node, tree.Name) else None

    def variable(self, node: tree.Name) -> LocalVariable | None:
        """The local variable that a name means, of whichever function; None for a global."""
        variable = self.resolved.variables[node.number]
        return variable.local if isinstance(variable, Upvalue) else variable

    # Expressions

    def name(self, node: tree.Name) -> Value | None:
        """What a variable is known to be; None for a local before anything is known of it."""
        variable = self.variable(node)
        if variable is not None:
            if self.last_definition.get(variable, -1) > node.number and node.number < self.unsettled:
                self.unsettled = node.number
            return self.defined(variable)
        if node.name not in self.globals:
            return ANYTHING
        if node.name in (b"KEYS", b"ARGV") or self.globals[node.name]:
            return Value(lua_types.TABLE, member=node.name)
        return Value(lua_types.ANY if node.name == b"_VERSION" else lua_types.FUNCTION, member=node.name)

    def defined(self, variable: LocalVariable) -> Value | None:
        """Everything a variable may hold; None while nothing of it is known yet."""
        known: Value | None = None
        for definition in self.definitions.get(variable, (ANYTHING,)):
            if isinstance(definition, Value):
                value: Value | None = definition
            elif isinstance(definition, ElementOf):
                value = self.element(self.values[definition.container.number])
            else:
                value = self.values[definition.number]
            if value is not None:
                known = value if known is None else known.union(value)
        return known

    @staticmethod
    def element(container: Value | None) -> Value | None:
        """What a loop finds in a table: never nil."""
        if container is None:
            return None
        if container.member in (b"KEYS", b"ARGV"):
            return (KEY if container.member == b"KEYS" else ARGUMENT).limited(lua_types.STRING)
        if container.elements and container.call is not None:
            return Value(container.elements & ~lua_types.NIL, FROM_REPLY, call=container.call, is_element=True)
        return ANYTHING

    def index(self, node: tree.Index) -> Value:
        """What an element of KEYS or ARGV, or a field of a library, is known to be."""
        container, key = self.value(node.object), self.value(node.key).constant
        if container.member == b"KEYS":
            return KEY
        if container.member == b"ARGV":
            return ARGUMENT
        if container.member and isinstance(key, bytes):
            return self.field(container.member, key)
        if container.elements and container.call is not None:
            types = container.elements
            if not self.within(container.call, key):
                types |= lua_types.NIL
            return Value(types, FROM_REPLY, call=container.call, is_element=True)
        return ANYTHING

    def field(self, library: bytes, name: bytes) -> Value:
        """A field of one of the sandbox's libraries, as a member if the library has it."""
        if library == b"_G":
            return ANYTHING
        if name not in self.globals.get(library, ()):
            return ANYTHING
        return Value(lua_types.ANY, member=library + b"." + name)

    @staticmethod
    def within(call: CommandCall, position: bytes | float | None) -> bool:
        """Whether the reply surely has an element at `position`: it has one for each word, as that of HMGET."""
        if call.is_open or not isinstance(position, float) or call.facts is None:
            return False
        first = 2 if call.facts.name in ("HMGET", "ZMSCORE", "SMISMEMBER") else 1
        fixed = 2 if call.facts.name == "TIME" else len(call.words) - first if call.facts.name != "ZMSCORE" else 0
        by_word = call.facts.name in ("HMGET", "MGET", "SMISMEMBER", "TIME")
        return by_word and position in range(1, fixed + 1)

    def call(self, node: tree.Call) -> Value:
        """What a call answers, where it is one of a known library function or of redis.call."""
        function = self.value(node.function).member
        if function in (b"redis.call", b"redis.pcall"):
            return self.command(node, function == b"redis.pcall")
        arguments = [self.value(argument) for argument in node.arguments]
        first = arguments[0] if arguments else ANYTHING
        if function == b"unpack":
            return {b"KEYS": KEY, b"ARGV": ARGUMENT}.get(first.member, ANYTHING)
        if function == b"math.random":
            return Value(lua_types.NUMBER, fractional=not arguments)
        if function in (b"math.max", b"math.min", b"math.abs"):
            return Value(lua_types.NUMBER, fractional=any(argument.fractional for argument in arguments))
        result = _RESULTS.get(function)
        if result is None:
            return ANYTHING
        if function == b"tonumber" and first.types == lua_types.NUMBER:
            return Value(lua_types.NUMBER, first.origins, fractional=first.fractional)
        if function in _PASS_ON:
            return with_changes(result, origins=first.origins)
        if function in _COMPOSE:
            return with_changes(result, origins=self.origins(node.arguments))
        return result

    def origins(self, parts: list[tree.Expression]) -> int:
        """Where a value that is computed of `parts` may have come from: the flags of all of them."""
        origins = COMPUTED
        for part in parts:
            origins |= self.value(part).origins
        return origins

    def command(self, node: tree.Call, protected: bool) -> Value:
        """What the reply of a command is in Lua; `protected` for redis.pcall. Notes the command for the rules."""
        arguments = node.arguments
        is_open = bool(arguments) and isinstance(arguments[-1], tree.Call | tree.MethodCall | tree.Vararg)
        is_open = is_open and not self.is_single(arguments[-1])
        known = arguments[:-1] if is_open else arguments
        words: list[Word] = [_word(self.value(argument).constant) for argument in known]
        facts = self.facts.command(words)
        replies = facts.reply_to(words, is_open) if facts is not None and self.plain_replies else ()
        call = self.commands.get(node.number)
        if call is None:
            call = self.commands[node.number] = CommandCall(node, protected, words, is_open, facts, replies)
        else:
            call.words, call.is_open, call.facts, call.replies = words, is_open, facts, replies
        if not replies:
            return Value(lua_types.ANY, FROM_REPLY, call=call)
        types, elements = 0, 0
        for reply in replies:
            types |= reply.types
            elements |= reply.elements or (lua_types.ANY if len(replies) > 1 else 0)
        if protected:
            types |= lua_types.TABLE
            elements = 0
        return Value(types, FROM_REPLY, call=call, elements=elements)

    def is_single(self, node: tree.Expression) -> bool:
        """Whether a call gives exactly one value, as the functions do whose result is known."""
        if isinstance(node, tree.MethodCall):
            return self.value(node) is not ANYTHING
        if not isinstance(node, tree.Call):
            return False
        member = self.value(node.function).member
        return member in (b"redis.call", b"redis.pcall") or (member in _RESULTS and member != b"string.byte")

    def method_call(self, node: tree.MethodCall) -> Value:
        """What a method of a string answers: the library function of that name."""
        if self.value(node.object).types == lua_types.STRING and self.plain_operators:
            result = _RESULTS.get(b"string." + node.name.value)
            if result is not None:
                return with_changes(result, origins=self.origins([node.object, *node.arguments]))
        return ANYTHING

    def binary(self, node: tree.Binary) -> Value:
        """What an operator makes of two values."""
        left, right = self.value(node.left), self.value(node.right)
        fraction = _ARITHMETIC.get(node.operator)
        if fraction is not None:
            if not self.plain_operators:
                return ANYTHING
            return Value(lua_types.NUMBER, left.origins | right.origins | COMPUTED, fractional=fraction(left, right))
        if node.operator is not BinaryOperator.CONCATENATE:
            return TRUTH
        if not self.plain_operators:
            return ANYTHING
        constant = None
        if isinstance(left.constant, bytes) and isinstance(right.constant, bytes):
            constant = (left.constant + right.constant)[:1000]
        return Value(lua_types.STRING, left.origins | right.origins | COMPUTED, constant=constant)

    def logical(self, node: tree.Logical) -> Value:
        """What `and` and `or` answer: one of the sides, or either."""
        left, right = self.value(node.left), self.value(node.right)
        ends = lua_types.FALSY if node.operator is BinaryOperator.AND else lua_types.TRUTHY
        if not left.types & ends:
            return right
        if not left.types & ~ends:
            return left
        return left.limited(ends).union(right)

    def unary(self, node: tree.Unary) -> Value:
        """What `not`, `-` and `#` make of a value."""
        if node.operator is UnaryOperator.NOT:
            return TRUTH
        if not self.plain_operators:
            return ANYTHING
        value = self.value(node.operand)
        if node.operator is UnaryOperator.LENGTH:
            return COUNTED
        constant = -value.constant if isinstance(value.constant, float) else None
        return Value(lua_types.NUMBER, value.origins, constant=constant, fractional=value.fractional)


def _word(constant: bytes | float | None) -> Word:
    return b"%.17g" % constant if isinstance(constant, float) else constant


_Evaluation = Callable[[Flow, Any], Value | None]

_EVALUATE: Final[dict[type[tree.Node], _Evaluation]] = {
    tree.Nil: lambda flow, node: NOTHING,
    tree.Boolean: lambda flow, node: Value(lua_types.TRUE if node.value else lua_types.FALSE, CONSTANT),
    tree.Number: lambda flow, node: Value(
        lua_types.NUMBER, CONSTANT, constant=node.value, fractional=node.value % 1 != 0
    ),
    tree.String: lambda flow, node: Value(lua_types.STRING, CONSTANT, constant=node.value),
    tree.Vararg: lambda flow, node: ANYTHING,
    tree.Function: lambda flow, node: CODE,
    tree.Table: lambda flow, node: Value(lua_types.TABLE),
    tree.Parentheses: lambda flow, node: flow.value(node.inner),
    tree.Name: Flow.name,
    tree.Index: Flow.index,
    tree.Call: Flow.call,
    tree.MethodCall: Flow.method_call,
    tree.Binary: Flow.binary,
    tree.Logical: Flow.logical,
    tree.Unary: Flow.unary,
}

assert set(_EVALUATE) == tree.EXPRESSION_FORMS, "every expression has a value"


# Definitions


_NUMBER: Final = attrgetter("number")


def _number(definition: Definition) -> int:
    """The node a definition comes from; -1 where it hangs on none."""
    if isinstance(definition, ElementOf):
        return definition.container.number
    return definition.number if isinstance(definition, tree.Node) else -1


def _spread(values: list[tree.Expression], count: int) -> list[Definition]:
    """What each of `count` variables gets; what lies beyond a call's first result is unknown."""
    spread: list[Definition] = list(values[:count])
    missing = count - len(spread)
    if missing:
        last = values[-1] if values else None
        if isinstance(last, tree.Call | tree.MethodCall | tree.Vararg):
            spread += [last if _unpacks_input(last) else ANYTHING] * missing
        else:
            spread += [NOTHING] * missing
    return spread


def _unpacks_input(call: tree.Expression) -> bool:
    """Whether this is unpack(KEYS) or unpack(ARGV), all of whose results are alike."""
    if not isinstance(call, tree.Call) or len(call.arguments) != 1:
        return False
    function, table = call.function, call.arguments[0]
    return (
        isinstance(function, tree.Name)
        and function.name == b"unpack"
        and isinstance(table, tree.Name)
        and table.name in (b"KEYS", b"ARGV")
    )


def _turns(resolved: ResolvedChunk, node: tree.GenericFor) -> list[Definition]:
    """What the variables of a loop over ipairs(table) or pairs(table) hold; of other loops nothing is known."""
    unknown: list[Definition] = [ANYTHING] * len(node.names)
    call = node.values[0]
    if len(node.values) != 1 or not isinstance(call, tree.Call) or len(call.arguments) != 1 or len(node.names) > 2:
        return unknown
    function = call.function
    if not isinstance(function, tree.Name) or function.name not in (b"ipairs", b"pairs"):
        return unknown
    if resolved.variables[function.number] is not None:
        return unknown
    found: list[Definition] = [COUNTED if function.name == b"ipairs" else ANYTHING, ElementOf(call.arguments[0])]
    return found[: len(node.names)]
