"""Tokens to tree: the grammar of Lua 5.1 (manual section 8), rule by rule as `lparser.c` has it.

The order of checks, the token every message blames and the line it names are Lua's. What a name means, and limits of
the compiler other than the number of locals, are for later stages.
"""

from __future__ import annotations

import sys
from typing import TypeVar, cast

from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.limits import LOCAL_VARIABLES, SYNTAX_DEPTH
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.lexer import EOS, ERROR, NAME, NUMBER, STRING, Tokens, syntax_error, tokenize
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator

_BINARY = {operator.symbol: operator for operator in BinaryOperator}
_UNARY = {operator.value: operator for operator in UnaryOperator}
_LOGICAL = frozenset((BinaryOperator.AND, BinaryOperator.OR))
_BLOCK_END = frozenset(("else", "elseif", "end", "until", EOS))
# Lua makes the instruction for these only when their value is used.
_MADE_ON_USE = frozenset((tree.Name, tree.Index, tree.Number, tree.String, tree.Nil, tree.Boolean))

_PYTHON_FRAMES_PER_LEVEL = 10
_RECURSION_LIMIT = 1000 + SYNTAX_DEPTH * _PYTHON_FRAMES_PER_LEVEL

_Node = TypeVar("_Node", bound=tree.Node)


def parse(source: bytes, chunk_name: bytes, depth: int = 0) -> tree.Chunk:
    """The tree of `source`, whatever its bytes. A first line beginning with ``#`` is not skipped here.

    `depth` is how many C boundaries are open around the caller (`nCcalls`); they count against the 200 syntax levels.
    Raises LuaSyntaxError with Lua's whole message.
    """
    if sys.getrecursionlimit() < _RECURSION_LIMIT:
        sys.setrecursionlimit(_RECURSION_LIMIT)  # nesting is bounded by SYNTAX_DEPTH, here and in later stages
    return _Parser(tokenize(source, chunk_name), chunk_name, depth).chunk()


class _FunctionState:
    """What the grammar must know of the function around a statement."""

    __slots__ = ("active_locals", "defined_line", "is_vararg", "loops")

    def __init__(self, defined_line: int, is_vararg: bool) -> None:
        self.defined_line = defined_line
        self.is_vararg = is_vararg
        self.active_locals = 0
        self.loops = 0


class _Parser:
    """One pass over the tokens. `index` is the current token, `kind` its kind; `index - 1` is the last consumed."""

    __slots__ = ("chunk_name", "depth", "function", "index", "kind", "kinds", "lines", "nodes", "tokens")

    def __init__(self, tokens: Tokens, chunk_name: bytes, depth: int) -> None:
        self.tokens = tokens
        self.kinds = tokens.kinds
        self.lines = tokens.lines
        self.chunk_name = chunk_name
        self.depth = depth
        self.nodes: list[tree.Node] = []
        self.function = _FunctionState(0, True)
        self.index = -1
        self.kind = ""

    # Tokens

    def advance(self) -> None:
        """Consume the current token."""
        self.index += 1
        self.kind = self.kinds[self.index]
        if self.kind is ERROR:
            raise cast(LuaSyntaxError, self.tokens.values[self.index])

    def accept(self, kind: str) -> bool:
        if self.kind != kind:
            return False
        self.advance()
        return True

    def expect(self, kind: str) -> None:
        if self.kind != kind:
            raise self.error(f"'{kind}' expected")
        self.advance()

    def expect_closing(self, kind: str, opening: str, line: int) -> None:
        """Consume the `kind` that closes the `opening` read on `line`."""
        if self.kind != kind:
            if line == self.lines[self.index]:
                raise self.error(f"'{kind}' expected")
            raise self.error(f"'{kind}' expected (to close '{opening}' at line {line})")
        self.advance()

    def expect_name(self) -> bytes:
        if self.kind is not NAME:
            raise self.error(f"'{NAME}' expected")
        name = cast(bytes, self.tokens.values[self.index])
        self.advance()
        return name

    # Errors

    def error(self, reason: str) -> LuaSyntaxError:
        """The error that blames the current token (`luaX_syntaxerror`); a NUL byte cannot be blamed."""
        near = None if self.kind == "\0" else self.tokens.shown(self.index)
        return syntax_error(self.chunk_name, self.lines[self.index], reason.encode("ascii"), near)

    def limit_error(self, reason: str) -> LuaSyntaxError:
        return syntax_error(self.chunk_name, self.lines[self.index], reason.encode("ascii"), None)

    def check_limit(self, count: int, limit: int, what: str) -> None:
        if count > limit:
            line = self.function.defined_line
            where = "main function" if line == 0 else f"function at line {line}"
            raise self.limit_error(f"{where} has more than {limit} {what}")

    def enter_level(self) -> None:
        self.depth += 1
        if self.depth > SYNTAX_DEPTH:
            raise self.limit_error("chunk has too many syntax levels")

    # Nodes

    def add(self, node: _Node) -> _Node:
        node.number = len(self.nodes)
        self.nodes.append(node)
        return node

    def settle(self, expression: tree.Expression) -> None:
        """Note that the value of `expression` is put to use now."""
        expression.settled = last = self.index - 1
        if type(expression) in _MADE_ON_USE:
            expression.line = self.lines[last]

    def declare(self, name: bytes, token: int) -> tree.Declaration:
        return self.add(tree.Declaration(token, token, self.lines[token], name))

    def new_local(self, pending: int) -> None:
        """Check that there is room for one more local besides the active ones and `pending` declared before it."""
        self.check_limit(self.function.active_locals + pending + 1, LOCAL_VARIABLES, "local variables")

    # Chunks, blocks and functions

    def chunk(self) -> tree.Chunk:
        self.advance()
        body = self.block()
        if self.kind is not EOS:
            raise self.error(f"'{EOS}' expected")
        main = self.add(tree.Function(0, self.index - 1, 1, [], True, body, 0, 0))
        return tree.Chunk(self.tokens.source, self.chunk_name, self.tokens, self.nodes, main)

    def block(self) -> tree.Block:
        """The statements up to what ends a block; leaves the scope open (`chunk` in lparser.c)."""
        self.enter_level()
        first = self.index
        statements: list[tree.Statement] = []
        while self.kind not in _BLOCK_END:
            statement = self.statement()
            statements.append(statement)
            self.accept(";")
            if isinstance(statement, tree.Return | tree.Break):
                break
        self.depth -= 1
        line = self.lines[first]
        return self.add(tree.Block(first, self.index - 1, line, statements))

    def scope(self) -> tree.Block:
        """A block with a scope of its own (`block` in lparser.c)."""
        active_locals = self.function.active_locals
        body = self.block()
        self.function.active_locals = active_locals
        return body

    def loop_body(self) -> tree.Block:
        self.function.loops += 1
        body = self.scope()
        self.function.loops -= 1
        return body

    def function_body(self, first: int, line: int, is_method: bool) -> tree.Function:
        outer = self.function
        self.function = function = _FunctionState(line, False)
        self.expect("(")
        parameters: list[tree.Declaration] = []
        if is_method:
            self.new_local(0)
            parameters.append(self.declare(b"self", self.index - 1))
            function.active_locals = 1
        self.parameter_list(parameters)
        self.expect(")")
        body = self.block()
        end_line = self.lines[self.index]
        self.expect_closing("end", "function", line)
        self.function = outer
        last = self.index - 1
        return self.add(
            tree.Function(first, last, self.lines[last], parameters, function.is_vararg, body, line, end_line)
        )

    def parameter_list(self, parameters: list[tree.Declaration]) -> None:
        """Append the parameters named; a vararg function declares `arg` besides (LUA_COMPAT_VARARG)."""
        function = self.function
        pending = 0
        if self.kind != ")":
            while True:
                if self.kind is NAME:
                    token = self.index
                    name = self.expect_name()
                    self.new_local(pending)
                    parameters.append(self.declare(name, token))
                elif self.accept("..."):
                    self.new_local(pending)
                    function.is_vararg = True
                else:
                    raise self.error("<name> or '...' expected")
                pending += 1
                if function.is_vararg or not self.accept(","):
                    break
        function.active_locals += pending

    # Statements

    def statement(self) -> tree.Statement:
        rule = _STATEMENTS.get(self.kind)
        return rule(self) if rule else self.expression_statement()

    def if_statement(self) -> tree.If:
        first = self.index
        line = self.lines[first]
        clauses = [self.if_clause()]
        while self.kind == "elseif":
            clauses.append(self.if_clause())
        otherwise = self.scope() if self.accept("else") else None
        self.expect_closing("end", "if", line)
        return self.add(tree.If(first, self.index - 1, line, clauses, otherwise))

    def if_clause(self) -> tree.IfClause:
        first = self.index
        self.advance()
        condition = self.settled_expression()
        self.expect("then")
        body = self.scope()
        return self.add(tree.IfClause(first, self.index - 1, self.lines[first], condition, body))

    def while_statement(self) -> tree.While:
        first = self.index
        line = self.lines[first]
        self.advance()
        condition = self.settled_expression()
        self.expect("do")
        body = self.loop_body()
        self.expect_closing("end", "while", line)
        return self.add(tree.While(first, self.index - 1, line, condition, body))

    def do_statement(self) -> tree.Do:
        first = self.index
        line = self.lines[first]
        self.advance()
        body = self.scope()
        self.expect_closing("end", "do", line)
        return self.add(tree.Do(first, self.index - 1, line, body))

    def repeat_statement(self) -> tree.Repeat:
        first = self.index
        line = self.lines[first]
        function = self.function
        active_locals = function.active_locals
        function.loops += 1
        self.advance()
        body = self.block()
        self.expect_closing("until", "repeat", line)
        condition = self.settled_expression()
        function.loops -= 1
        function.active_locals = active_locals
        return self.add(tree.Repeat(first, self.index - 1, line, body, condition))

    def for_statement(self) -> tree.NumericFor | tree.GenericFor:
        first = self.index
        active_locals = self.function.active_locals
        self.advance()
        token = self.index
        name = self.expect_name()
        loop: tree.NumericFor | tree.GenericFor
        if self.kind == "=":
            loop = self.numeric_for(first, name, token)
        elif self.kind == "," or self.kind == "in":
            loop = self.generic_for(first, name, token)
        else:
            raise self.error("'=' or 'in' expected")
        self.expect_closing("end", "for", loop.line)
        loop.last = self.index - 1
        self.function.active_locals = active_locals
        return loop

    def numeric_for(self, first: int, name: bytes, token: int) -> tree.NumericFor:
        for hidden in range(4):  # index, limit and step besides the variable itself
            self.new_local(hidden)
        variable = self.declare(name, token)
        self.advance()
        start = self.settled_expression()
        self.expect(",")
        limit = self.settled_expression()
        step = self.settled_expression() if self.accept(",") else None
        self.function.active_locals += 4
        self.expect("do")
        check_line = self.lines[self.index - 1]
        body = self.loop_body()
        line = self.lines[first]
        return self.add(tree.NumericFor(first, first, line, variable, start, limit, step, body, check_line))

    def generic_for(self, first: int, name: bytes, token: int) -> tree.GenericFor:
        for hidden in range(4):  # generator, state and control besides the first variable
            self.new_local(hidden)
        names = [self.declare(name, token)]
        while self.accept(","):
            token = self.index
            name = self.expect_name()
            self.new_local(3 + len(names))
            names.append(self.declare(name, token))
        self.expect("in")
        iterator_line = self.lines[self.index]
        values = self.expression_list()
        self.settle(values[-1])
        self.function.active_locals += 3 + len(names)
        self.expect("do")
        body = self.loop_body()
        return self.add(tree.GenericFor(first, first, self.lines[first], names, values, body, iterator_line))

    def function_statement(self) -> tree.FunctionStatement:
        first = self.index
        line = self.lines[first]
        self.advance()
        target: tree.Name | tree.Index = self.name()
        is_method = False
        while not is_method and self.kind in (".", ":"):
            is_method = self.kind == ":"
            target = self.field(target)
        function = self.function_body(first, line, is_method)
        self.settle(function)
        self.settle(target)
        target.line = line
        return self.add(tree.FunctionStatement(first, self.index - 1, line, target, is_method, function))

    def local_statement(self) -> tree.Local | tree.LocalFunction:
        first = self.index
        line = self.lines[first]
        self.advance()
        if self.accept("function"):
            return self.local_function(first, line)
        names: list[tree.Declaration] = []
        while True:
            token = self.index
            name = self.expect_name()
            self.new_local(len(names))
            names.append(self.declare(name, token))
            if not self.accept(","):
                break
        values: list[tree.Expression] = []
        if self.accept("="):
            values = self.expression_list()
            self.settle(values[-1])
        self.function.active_locals += len(names)
        return self.add(tree.Local(first, self.index - 1, line, names, values))

    def local_function(self, first: int, line: int) -> tree.LocalFunction:
        token = self.index
        name = self.expect_name()
        self.new_local(0)
        declaration = self.declare(name, token)
        self.function.active_locals += 1
        function = self.function_body(first + 1, self.lines[self.index], False)
        self.settle(function)
        return self.add(tree.LocalFunction(first, self.index - 1, line, declaration, function))

    def return_statement(self) -> tree.Return:
        first = self.index
        self.advance()
        values: list[tree.Expression] = []
        if self.kind not in _BLOCK_END and self.kind != ";":
            values = self.expression_list()
            self.settle(values[-1])
        return self.add(tree.Return(first, self.index - 1, self.lines[first], values))

    def break_statement(self) -> tree.Break:
        first = self.index
        self.advance()
        if not self.function.loops:
            raise self.error("no loop to break")
        return self.add(tree.Break(first, first, self.lines[first]))

    def expression_statement(self) -> tree.CallStatement | tree.Assignment:
        first = self.index
        line = self.lines[first]
        expression = self.primary_expression()
        if isinstance(expression, tree.Call | tree.MethodCall):
            self.settle(expression)
            return self.add(tree.CallStatement(first, self.index - 1, line, expression))
        targets = [self.target(expression)]
        while self.accept(","):
            expression = self.primary_expression()
            self.check_limit(len(targets), SYNTAX_DEPTH - self.depth, "variables in assignment")
            targets.append(self.target(expression))
        self.expect("=")
        values = self.expression_list()
        self.settle(values[-1])
        for target in targets:
            self.settle(target)
        return self.add(tree.Assignment(first, self.index - 1, line, targets, values))

    def target(self, expression: tree.Expression) -> tree.Name | tree.Index:
        if not isinstance(expression, tree.Name | tree.Index):
            raise self.error("syntax error")
        return expression

    # Expressions

    def settled_expression(self) -> tree.Expression:
        """An expression whose value is used right where it ends."""
        expression = self.expression()
        self.settle(expression)
        return expression

    def expression_list(self) -> list[tree.Expression]:
        """Expressions between commas, each but the last settled."""
        expressions = [self.expression()]
        while self.accept(","):
            self.settle(expressions[-1])
            expressions.append(self.expression())
        return expressions

    def expression(self, limit: int = 0) -> tree.Expression:
        """An expression of operators that bind tighter than `limit` (`subexpr` in lparser.c)."""
        self.enter_level()
        first = self.index
        node: tree.Expression
        prefix = _UNARY.get(self.kind)
        if prefix is None:
            node = self.simple_expression()
        else:
            self.advance()
            operand = self.expression(tree.UNARY_PRIORITY)
            self.settle(operand)
            last = self.index - 1
            node = self.add(tree.Unary(first, last, self.lines[last], prefix, operand))
        operator = _BINARY.get(self.kind)
        while operator is not None and operator.left_priority > limit:
            self.advance()
            self.settle(node)
            right = self.expression(operator.right_priority)
            self.settle(right)
            last = self.index - 1
            form = tree.Logical if operator in _LOGICAL else tree.Binary
            line = _concatenation_line(right) if operator is BinaryOperator.CONCATENATE else 0
            node = self.add(form(first, last, line or self.lines[last], operator, node, right))
            operator = _BINARY.get(self.kind)
        self.depth -= 1
        return node

    def simple_expression(self) -> tree.Expression:
        kind = self.kind
        if kind is NAME:
            return self.primary_expression()
        token = self.index
        line = self.lines[token]
        node: tree.Expression
        if kind is NUMBER:
            node = tree.Number(token, token, line, cast(float, self.tokens.values[token]))
        elif kind is STRING:
            node = tree.String(token, token, line, cast(bytes, self.tokens.values[token]))
        elif kind == "nil":
            node = tree.Nil(token, token, line)
        elif kind == "true" or kind == "false":
            node = tree.Boolean(token, token, line, kind == "true")
        elif kind == "...":
            if not self.function.is_vararg:
                raise self.error("cannot use '...' outside a vararg function")
            node = tree.Vararg(token, token, self.lines[token - 1])
        elif kind == "{":
            return self.table()
        elif kind == "function":
            self.advance()
            return self.function_body(token, self.lines[self.index], False)
        else:
            return self.primary_expression()
        self.advance()
        return self.add(node)

    def name(self) -> tree.Name:
        token = self.index
        name = self.expect_name()
        return self.add(tree.Name(token, token, self.lines[token], name))

    def primary_expression(self) -> tree.Expression:
        """A name or brackets, and the indexing and calls that follow."""
        node = self.prefix_expression()
        while True:
            kind = self.kind
            if kind == ".":
                node = self.field(node)
            elif kind == "(" or kind is STRING or kind == "{":
                self.settle(node)
                line, arguments = self.arguments()
                node = self.add(tree.Call(node.first, self.index - 1, line, node, arguments))
            elif kind == "[":
                self.settle(node)
                key = self.bracketed_key()
                node = self.add(tree.Index(node.first, self.index - 1, self.lines[self.index - 1], node, key))
            elif kind == ":":
                self.advance()
                name = self.field_name()
                self.settle(node)
                line, arguments = self.arguments()
                node = self.add(tree.MethodCall(node.first, self.index - 1, line, node, name, arguments))
            else:
                return node

    def prefix_expression(self) -> tree.Expression:
        if self.kind is NAME:
            return self.name()
        if self.kind != "(":
            raise self.error("unexpected symbol")
        first = self.index
        line = self.lines[first]
        self.advance()
        inner = self.expression()
        self.expect_closing(")", "(", line)
        self.settle(inner)
        last = self.index - 1
        return self.add(tree.Parentheses(first, last, self.lines[last], inner))

    def field(self, node: tree.Expression) -> tree.Index:
        """What follows a `.` (or the `:` of a function name) behind `node`."""
        self.settle(node)
        self.advance()
        key = self.field_name()
        return self.add(tree.Index(node.first, key.last, key.line, node, key))

    def field_name(self) -> tree.String:
        """A name used as a constant key."""
        token = self.index
        key = self.add(tree.String(token, token, self.lines[token], self.expect_name()))
        self.settle(key)
        return key

    def bracketed_key(self) -> tree.Expression:
        self.advance()
        key = self.settled_expression()
        self.expect("]")
        return key

    def arguments(self) -> tuple[int, list[tree.Expression]]:
        """The line of a call and its arguments."""
        kind = self.kind
        line = self.lines[self.index]
        if kind is STRING or kind == "{":
            argument = self.simple_expression()
            self.settle(argument)
            return line, [argument]
        if kind != "(":
            raise self.error("function arguments expected")
        if line != self.lines[self.index - 1]:
            raise self.error("ambiguous syntax (function call x new statement)")
        self.advance()
        arguments: list[tree.Expression] = []
        if self.kind != ")":
            arguments = self.expression_list()
        self.expect_closing(")", "(", line)
        if arguments:
            self.settle(arguments[-1])
        return line, arguments

    def table(self) -> tree.Table:
        first = self.index
        line = self.lines[first]
        made_line = self.lines[first - 1]
        self.advance()
        items: list[tree.TableItem] = []
        pending: tree.Expression | None = None  # a positional value is stored when the next item begins
        while self.kind != "}":
            if pending is not None:
                self.settle(pending)
            item = self.table_item()
            items.append(item)
            pending = item.value if item.key is None else None
            if not (self.accept(",") or self.accept(";")):
                break
        self.expect_closing("}", "{", line)
        if pending is not None:
            self.settle(pending)
        return self.add(tree.Table(first, self.index - 1, made_line, items))

    def table_item(self) -> tree.TableItem:
        first = self.index
        key: tree.Expression | None = None
        if self.kind is NAME and self.peek() == "=":
            key = self.field_name()
        elif self.kind == "[":
            key = self.bracketed_key()
        if key is not None:
            self.expect("=")
        value = self.expression()
        if key is not None:
            self.settle(value)
        last = self.index - 1
        return self.add(tree.TableItem(first, last, self.lines[last], key, value))

    def peek(self) -> str:
        """The kind of the token after the current one. Lua has then read it, and counts lines from there."""
        following = self.index + 1
        kind = self.kinds[following]
        if kind is ERROR:
            raise cast(LuaSyntaxError, self.tokens.values[following])
        self.lines[self.index] = self.lines[following]
        return kind


def _concatenation_line(right: tree.Expression) -> int:
    """A chain of concatenations is one instruction, made where its last two operands end; 0 if `right` begins none."""
    while isinstance(right, tree.Parentheses):
        right = right.inner
    if isinstance(right, tree.Binary) and right.operator is BinaryOperator.CONCATENATE:
        return right.line
    return 0


_STATEMENTS = {
    "if": _Parser.if_statement,
    "while": _Parser.while_statement,
    "do": _Parser.do_statement,
    "for": _Parser.for_statement,
    "repeat": _Parser.repeat_statement,
    "function": _Parser.function_statement,
    "local": _Parser.local_statement,
    "return": _Parser.return_statement,
    "break": _Parser.break_statement,
}
