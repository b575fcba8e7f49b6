"""A forward data-flow over the resolved tree: what is known of the value of every expression.

A local variable is everything that is ever stored in it (`definitions.py`), less what an assignment or a test before a
use rules out (`narrowing.py`). What a local function is given and returns is known where all its callers are. So what
is known holds at every moment of every run, and a rule that builds on it is not mistaken about a branch.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.definitions import Definition, Definitions, ElementOf, ResultOf, number_of
from ferrous_vm.analysis.lint.facts import ScriptFacts, Word
from ferrous_vm.analysis.lint.kinds import has_place
from ferrous_vm.analysis.lint.library_results import COMPOSE, DECODERS, PASS_ON, RESULTS, SEVERAL
from ferrous_vm.analysis.lint.narrowing import Stretches
from ferrous_vm.analysis.lint.values import (
    ANYTHING,
    ARGUMENT,
    CODE,
    COMPUTED,
    CONSTANT,
    COUNTED,
    DECODED,
    FROM_ARGV,
    FROM_KEYS,
    FROM_KEYSPACE,
    FROM_REPLY,
    FROM_TIME,
    KEY,
    NOTHING,
    TEXT,
    TRUTH,
    UNKNOWN,
    CommandCall,
    Value,
)
from ferrous_vm.analysis.scopes import LocalVariable, ResolvedChunk
from ferrous_vm.records import with_changes
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator

_NUMBER: Final = attrgetter("number")
_SETRESP: Final = b"redis.setresp"
_DIGITS: Final = re.compile(rb"[0-9]{1,15}").fullmatch

_TELLING: Final = {"TIME": FROM_TIME, **dict.fromkeys(("KEYS", "SCAN", "RANDOMKEY"), FROM_KEYSPACE)}
"""The commands whose replies are not what somebody stored."""

MOST_PASSES: Final = 8
"""Passes over the tree until nothing more is learned; three do for what people write."""


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
        self.definitions = Definitions(resolved, self.by_form)
        self.stored = self.definitions.stored
        self.protocol = self.find_protocol() if b"setresp" in words else 2
        self.premises = (facts.servers.names, is_library, self.plain_operators, self.protocol)
        """What all values hang on."""
        self.stretches = Stretches(resolved, self.by_form, self.definitions.still)
        self.is_filled_in = has_place(resolved.chunk.source) and any(map(has_place, words))
        """Whether a program puts something into the script's strings."""
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

    def stored_types(self, node: tree.Expression) -> int:
        """What types a value can have whatever was tested before."""
        variable = self.variable(node)
        if variable is None:
            return self.types(node)
        _, stored = self.stretches.known(variable, node.first, self.types)
        value = self.value(stored) if stored is not None else self.defined(variable)
        return lua_types.ANY if value is None else value.types

    def types(self, node: tree.Expression) -> int:
        """What types a value can have, so far."""
        return self.value(node).types

    def find_protocol(self) -> int:
        """The protocol of all replies, 2 or 3; 0 where it may be either."""
        library_calls = self.definitions.library_calls
        calls = library_calls.get(_SETRESP, [])
        named = [name for name in self.all(tree.String) if name.value == b"setresp"]
        if len(calls) != 1 or len(named) != 1 or len(calls[0].arguments) != 1:
            return 0
        call, version = calls[0], calls[0].arguments[0]
        is_first = not any(
            other.first < call.first
            for name in (b"redis.call", b"redis.pcall")
            for other in library_calls.get(name, ())
        )
        statements = self.resolved.chunk.main.body.statements
        always = any(isinstance(one, tree.CallStatement) and one.call is call for one in statements)
        if is_first and always and isinstance(version, tree.Number) and version.value in (2, 3):
            return int(version.value)
        return 0

    def variable(self, node: tree.Expression) -> LocalVariable | None:
        """The local variable that a name means, of whichever function; None for a global."""
        return self.definitions.variable(node)

    # Expressions

    def string(self, node: tree.String) -> Value:
        """What a string is, unless a program puts something into it."""
        if self.is_filled_in and has_place(node.value):
            return TEXT
        return Value(lua_types.STRING, CONSTANT, constant=node.value)

    def name(self, node: tree.Name) -> Value | None:
        """What a variable is known to be; None for a local before anything is known of it."""
        variable = self.variable(node)
        if variable is not None:
            types, stored = self.stretches.known(variable, node.first, self.types)
            if stored is not None:
                value = self.values[stored.number]
            else:
                value = self.union(self.stored.get(variable, (ANYTHING,)), node)
            return value if value is None else value.limited(types)
        if node.name not in self.globals:
            return ANYTHING
        if node.name in (b"KEYS", b"ARGV"):
            return Value(lua_types.TABLE, FROM_KEYS if node.name == b"KEYS" else FROM_ARGV, member=node.name)
        if self.globals[node.name]:
            return Value(lua_types.TABLE, member=b"redis" if node.name == b"server" else node.name)
        return Value(lua_types.ANY if node.name == b"_VERSION" else lua_types.FUNCTION, member=node.name)

    def defined(self, variable: LocalVariable) -> Value | None:
        """Everything a variable may hold; None while nothing of it is known yet."""
        return self.union(self.stored.get(variable, (ANYTHING,)), None)

    def union(self, definitions: Iterable[Definition], user: tree.Node | None) -> Value | None:
        """One of several definitions, of which `user` makes use; None while nothing of them is known yet."""
        known: Value | None = None
        last = -1
        for definition in definitions:
            last = max(last, number_of(definition))
            value = self.definition(definition, user)
            if value is not None:
                known = value if known is None else known.union(value)
        if user is not None and last >= user.number and user.number < self.unsettled:
            self.unsettled = user.number
        return known

    def definition(self, definition: Definition, user: tree.Node | None) -> Value | None:
        """The value of one definition."""
        if isinstance(definition, Value):
            return definition
        if isinstance(definition, ElementOf):
            return self.element(definition.container, user)
        if isinstance(definition, ResultOf):
            return self.result(definition.call, definition.position)
        return self.values[definition.number]

    def element(self, node: tree.Expression, user: tree.Node | None) -> Value | None:
        """What a loop finds in a table: never nil."""
        contents = self.definitions.contents_of(node)
        if contents is not None:
            found = self.union(contents.under(None), user)
            return None if found is None else found.limited(lua_types.ANY & ~lua_types.NIL)
        container = self.values[node.number]
        if container is None:
            return None
        if container.member in (b"KEYS", b"ARGV"):
            return (KEY if container.member == b"KEYS" else ARGUMENT).limited(lua_types.STRING)
        if container.elements and container.call is not None:
            types = container.elements & ~lua_types.NIL
            absent = container.call if container.call.by_word else None
            return Value(types, container.origins, call=container.call, is_element=True, absent=absent)
        if container.origins & DECODED:
            return Value(lua_types.ANY & ~lua_types.NIL, container.origins)
        return ANYTHING

    def result(self, call: tree.Call, position: int) -> Value | None:
        """The result of a call at a position after the first."""
        variable = self.variable(call.function)
        if variable is not None and (found := self.definitions.results(variable, position)) is not None:
            return self.union(found, call)
        function = self.value(call.function).member
        if function == b"unpack" and call.arguments:
            return self.unpacked(self.value(call.arguments[0]))
        if function in DECODERS:
            return self.decoded(call)
        single = function in (b"redis.call", b"redis.pcall") or (function in RESULTS and function not in SEVERAL)
        return NOTHING if single else ANYTHING

    @staticmethod
    def unpacked(table: Value) -> Value:
        """One of the values that `unpack` makes of a table."""
        if table.call is not None and table.elements:
            types = table.elements | lua_types.NIL
            absent = table.call if table.call.by_word else None
            return Value(types, table.origins, call=table.call, is_element=True, absent=absent)
        if table.origins & DECODED:
            return Value(lua_types.ANY, table.origins)
        return {b"KEYS": KEY, b"ARGV": ARGUMENT}.get(table.member, ANYTHING)

    def decoded(self, call: tree.Call) -> Value:
        """What cjson, cmsgpack or struct makes of bytes."""
        place = 1 if self.value(call.function).member == b"struct.unpack" else 0
        origins = self.value(call.arguments[place]).origins if len(call.arguments) > place else UNKNOWN
        return Value(lua_types.ANY & ~lua_types.FUNCTION, origins | DECODED)

    def index(self, node: tree.Index) -> Value | None:
        """What stands in a table, less what a test before ruled out."""
        value = self.index_anywhere(node)
        variable, key = self.variable(node.object), node.key
        if value is None or variable is None or not isinstance(key, tree.String | tree.Number):
            return value
        types, _ = self.stretches.known((variable, key.value), node.first, self.types)
        return value.limited(types)

    def index_anywhere(self, node: tree.Index) -> Value | None:
        """What stands in a table, as far as it is known: KEYS, ARGV, a reply, a library, or a table of the script."""
        key = self.value(node.key).constant
        contents = self.definitions.contents_of(node.object)
        if contents is not None:
            found = self.union(contents.under(key), node)
            return NOTHING if found is None else found.union(NOTHING)
        container = self.value(node.object)
        if container.member == b"KEYS":
            return KEY
        if container.member == b"ARGV":
            return ARGUMENT
        if container.member and isinstance(key, bytes):
            return self.field(container.member, key)
        if container.elements and container.call is not None:
            return self.reply_at(container, key)
        if container.origins & DECODED:
            return Value(lua_types.ANY & ~lua_types.FUNCTION, container.origins)
        return ANYTHING

    def reply_at(self, container: Value, key: bytes | float | None) -> Value:
        """An element of a reply."""
        call = container.call
        assert call is not None
        shape: tuple[int, ...] = ()
        if not container.is_element:
            if isinstance(key, bytes):
                return NOTHING if call.is_list else ANYTHING
            shape = call.replies[0].first if len(call.replies) == 1 else ()
        types = container.elements
        if isinstance(key, float) and key in range(1, len(shape) + 1):
            types = shape[int(key) - 1]
        elif container.is_element or not self.within(call, key):
            types |= lua_types.NIL
        absent = call if call.by_word and not container.is_element else None
        elements = lua_types.STRING if types == lua_types.TABLE and shape else 0
        return Value(types, container.origins, call=call, is_element=True, absent=absent, elements=elements)

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

    def call(self, node: tree.Call) -> Value | None:
        """What a call answers, where it is one of a known library function, of redis.call or of a local function."""
        variable = self.variable(node.function)
        if variable is not None and (found := self.definitions.results(variable, 0)) is not None:
            return self.union(found, node)
        function = self.value(node.function).member
        if function in (b"redis.call", b"redis.pcall"):
            return self.command(node, function == b"redis.pcall")
        arguments = [self.value(argument) for argument in node.arguments]
        first = arguments[0] if arguments else ANYTHING
        if function == b"unpack":
            return self.unpacked(first)
        if function in DECODERS:
            return self.decoded(node)
        if function == b"math.random":
            return Value(lua_types.NUMBER, fractional=not arguments)
        if function in (b"math.max", b"math.min", b"math.abs"):
            fractional = any(argument.fractional for argument in arguments)
            return Value(lua_types.NUMBER, self.origins(node.arguments), fractional=fractional)
        result = RESULTS.get(function)
        if result is None:
            return ANYTHING
        if function == b"tonumber":
            return self.converted(first, len(arguments))
        if function in PASS_ON:
            return with_changes(result, origins=first.origins)
        if function in COMPOSE:
            return with_changes(result, origins=self.origins(node.arguments))
        return result

    @staticmethod
    def converted(value: Value, arguments: int) -> Value:
        """What tonumber makes of a value."""
        if arguments == 1 and value.types == lua_types.NUMBER:
            return Value(lua_types.NUMBER, value.origins, fractional=value.fractional)
        types = (
            lua_types.NUMBER | lua_types.NIL if value.types & (lua_types.STRING | lua_types.NUMBER) else lua_types.NIL
        )
        constant = value.constant if isinstance(value.constant, float) else None
        if isinstance(value.constant, bytes) and _DIGITS(value.constant) and arguments == 1:
            constant, types = float(value.constant), lua_types.NUMBER
        return Value(types, value.origins, constant=constant, absent=value.absent)

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
        replies = facts.reply_to(words, is_open, self.protocol) if facts is not None and self.protocol else ()
        call = self.commands.get(node.number)
        if call is None:
            call = CommandCall(node, protected, words, is_open, facts, replies, self.protocol)
            self.commands[node.number] = call
        else:
            call.words, call.is_open, call.facts, call.replies = words, is_open, facts, replies
        origins = _TELLING.get(facts.name, FROM_REPLY) if facts is not None else FROM_REPLY
        if not replies:
            return Value(lua_types.ANY, origins, call=call)
        types, elements = 0, 0
        for reply in replies:
            types |= reply.types
            elements |= reply.elements or (lua_types.ANY if len(replies) > 1 else 0)
        absent = call if types & lua_types.FALSY else None
        if protected:
            types |= lua_types.TABLE
            elements = 0
        return Value(types, origins, call=call, elements=elements, absent=absent)

    def is_single(self, node: tree.Expression) -> bool:
        """Whether a call gives exactly one value, as the functions do whose result is known."""
        if isinstance(node, tree.MethodCall):
            return self.value(node) is not ANYTHING and b"string." + node.name.value not in SEVERAL
        if not isinstance(node, tree.Call):
            return False
        member = self.value(node.function).member
        return member in (b"redis.call", b"redis.pcall") or (member in RESULTS and member not in SEVERAL)

    def method_call(self, node: tree.MethodCall) -> Value:
        """What a method of a string answers: the library function of that name."""
        if self.value(node.object).types == lua_types.STRING and self.plain_operators:
            result = RESULTS.get(b"string." + node.name.value)
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
    tree.String: Flow.string,
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
