"""The grammar of expressions (manual section 8), rule by rule as `lparser.c` has it."""

from __future__ import annotations

from abc import abstractmethod
from typing import cast

from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.cursor import TokenCursor
from ferrous_vm.syntax.lexer import ERROR, NAME, NUMBER, STRING
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator

_BINARY = {operator.symbol: operator for operator in BinaryOperator}
_UNARY = {operator.value: operator for operator in UnaryOperator}
_LOGICAL = frozenset((BinaryOperator.AND, BinaryOperator.OR))


class ExpressionParser(TokenCursor):
    """Expressions; a function's body and statements are for whoever knows them."""

    __slots__ = ()

    @abstractmethod
    def function_body(self, first: int, line: int, is_method: bool) -> tree.Function:
        """The function whose parameter list begins at the current token.

        `first` is its first token, `line` the line on which messages say it begins.
        """

    @abstractmethod
    def statement(self) -> tree.Statement:
        """The statement that begins at the current token, without the semicolon behind it."""

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
        """A constant, a table, a function, `...`, or what begins with a name or a bracket (`simpleexp`, lparser.c)."""
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
        """A name on its own: a variable."""
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
        """A name, or an expression in brackets, which cut its values to one (`prefixexp`)."""
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
        """The expression of `[expression]`."""
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
        """A table constructor (`constructor`)."""
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
        """`name = value`, `[key] = value`, or a value that gets the next position."""
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
