"""Tokens to tree: the grammar of Lua 5.1 (manual section 8), rule by rule as `lparser.c` has it.

The order of checks, the token every message blames and the line it names are Lua's. What a name means, and the limits
that follow from it, are for later stages, unless the chunk is refused before they see it.
"""

from __future__ import annotations

import sys
from typing import Final

from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.limits import SYNTAX_DEPTH, UPVALUES
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.cursor import FunctionState
from ferrous_vm.syntax.expressions import ExpressionParser
from ferrous_vm.syntax.lexer import EOS, NAME, Tokens, tokenize

BLOCK_END: Final = frozenset(("else", "elseif", "end", "until", EOS))
"""What a block ends before."""

_PYTHON_FRAMES_PER_LEVEL = 10
_RECURSION_LIMIT = 1000 + SYNTAX_DEPTH * _PYTHON_FRAMES_PER_LEVEL


def parse(source: bytes, chunk_name: bytes, depth: int = 0) -> tree.Chunk:
    """The tree of `source`, whatever its bytes. A first line beginning with ``#`` is not skipped here.

    `depth` is how many C boundaries are open around the caller (`nCcalls`); they count against the 200 syntax levels.
    Raises LuaSyntaxError with Lua's whole message.
    """
    permit_depth()
    tokens = tokenize(source, chunk_name)
    try:
        return _Parser(tokens, chunk_name, depth).chunk()
    except LuaSyntaxError:
        return _UpvalueParser(tokens, chunk_name, depth).chunk()  # refuses it too, perhaps at an earlier token


def permit_depth() -> None:
    """Let Python nest as deep as the syntax may: it is bounded by SYNTAX_DEPTH, here and in later stages."""
    if sys.getrecursionlimit() < _RECURSION_LIMIT:
        sys.setrecursionlimit(_RECURSION_LIMIT)


class _Parser(ExpressionParser):
    """Statements, blocks and functions."""

    __slots__ = ()

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
        while self.kind not in BLOCK_END:
            statement = self.statement()
            statements.append(statement)
            self.accept(";")
            if isinstance(statement, (tree.Return, tree.Break)):
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
        self.function = function = FunctionState(line, False, outer)
        self.expect("(")
        parameters: list[tree.Declaration] = []
        if is_method:
            parameters.append(self.declare(b"self", self.index - 1, 0))
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
                    parameters.append(self.declare(name, token, pending))
                elif self.accept("..."):
                    self.new_local(b"arg", pending)
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

    def hidden_locals(self, *names: bytes) -> None:
        """The locals in which a loop keeps its state; they come before its own variables."""
        for position, name in enumerate(names):
            self.new_local(name, position)

    def numeric_for(self, first: int, name: bytes, token: int) -> tree.NumericFor:
        self.hidden_locals(b"(for index)", b"(for limit)", b"(for step)")
        variable = self.declare(name, token, 3)
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
        self.hidden_locals(b"(for generator)", b"(for state)", b"(for control)")
        names = [self.declare(name, token, 3)]
        while self.accept(","):
            token = self.index
            name = self.expect_name()
            names.append(self.declare(name, token, 3 + len(names)))
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
            names.append(self.declare(name, token, len(names)))
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
        declaration = self.declare(name, token, 0)
        self.function.active_locals += 1
        function = self.function_body(first + 1, self.lines[self.index], False)
        self.settle(function)
        return self.add(tree.LocalFunction(first, self.index - 1, line, declaration, function))

    def return_statement(self) -> tree.Return:
        first = self.index
        self.advance()
        values: list[tree.Expression] = []
        if self.kind not in BLOCK_END and self.kind != ";":
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
        if isinstance(expression, (tree.Call, tree.MethodCall)):
            self.settle(expression)
            return self.add(tree.CallStatement(first, self.index - 1, line, expression))
        targets = [self.target(expression)]
        while self.accept(","):
            expression = self.primary_expression()
            self.check_limit(self.function, len(targets), SYNTAX_DEPTH - self.depth, "variables in assignment")
            targets.append(self.target(expression))
        self.expect("=")
        values = self.expression_list()
        self.settle(values[-1])
        for target in targets:
            self.settle(target)
        return self.add(tree.Assignment(first, self.index - 1, line, targets, values))

    def target(self, expression: tree.Expression) -> tree.Name | tree.Index:
        if not isinstance(expression, (tree.Name, tree.Index)):
            raise self.error("syntax error")
        return expression


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


class _UpvalueParser(_Parser):
    """A parser that finds the upvalues of every function as it goes, as Lua does: twice the work, for chunks refused.

    Of a chunk that is well-formed, `analysis.scopes` finds them.
    """

    __slots__ = ("upvalues",)

    def __init__(self, tokens: Tokens, chunk_name: bytes, depth: int) -> None:
        super().__init__(tokens, chunk_name, depth)
        self.upvalues: dict[FunctionState, set[tuple[FunctionState, int]]] = {}
        """Of each function: whose locals it uses, and their positions there."""

    def name(self) -> tree.Name:
        node = super().name()
        crossed: list[FunctionState] = []
        function: FunctionState | None = self.function
        while function is not None:
            active = function.names[function.active_locals - 1 :: -1] if function.active_locals else []
            if node.name in active:
                self.use((function, len(active) - 1 - active.index(node.name)), crossed)
                break
            crossed.append(function)
            function = function.outer
        return node

    def use(self, variable: tuple[FunctionState, int], crossed: list[FunctionState]) -> None:
        """Note that the functions `crossed`, innermost first, use a local of the function around them."""
        for function in reversed(crossed):
            upvalues = self.upvalues.setdefault(function, set())
            upvalues.add(variable)
            self.check_limit(function, len(upvalues), UPVALUES, "upvalues")


PARSERS: Final[tuple[type[ExpressionParser], ...]] = (_Parser, _UpvalueParser)
"""Who parses, and who is asked after it when it refuses: that one refuses too, perhaps at an earlier token."""
