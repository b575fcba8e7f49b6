"""Where the parser stands: the current token, the function around it, and the errors Lua raises from there."""

from __future__ import annotations

from typing import TypeVar, cast

from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.limits import DECLARED_LOCALS, LOCAL_VARIABLES, SYNTAX_DEPTH
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.lexer import ERROR, NAME, Tokens, syntax_error

# Lua makes the instruction for these only when their value is used.
_MADE_ON_USE = frozenset((tree.Name, tree.Index, tree.Number, tree.String, tree.Nil, tree.Boolean))

_Node = TypeVar("_Node", bound=tree.Node)


class FunctionState:
    """What the grammar must know of the function around a statement.

    `names`: of its locals, as long as they are in scope (`actvar`); only the first `active_locals` can be used yet.
    `declared`: how many there ever were (`locvars`).
    """

    __slots__ = ("active_locals", "declared", "defined_line", "is_vararg", "loops", "names", "outer")

    def __init__(self, defined_line: int, is_vararg: bool, outer: FunctionState | None) -> None:
        self.defined_line = defined_line
        self.is_vararg = is_vararg
        self.outer = outer
        self.active_locals = 0
        self.declared = 0
        self.names: list[bytes] = []
        self.loops = 0


class TokenCursor:
    """One pass over the tokens, making nodes.

    `index` is the current token and `kind` its kind; `index - 1` is the last token consumed.
    """

    __slots__ = ("chunk_name", "depth", "function", "index", "kind", "kinds", "lines", "nodes", "tokens")

    def __init__(self, tokens: Tokens, chunk_name: bytes, depth: int) -> None:
        self.tokens = tokens
        self.kinds = tokens.kinds
        self.lines = tokens.lines
        self.chunk_name = chunk_name
        self.depth = depth
        self.nodes = tree.Nodes()
        self.function = FunctionState(0, True, None)
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
        """Consume the current token if it is of this kind; answer whether it was."""
        if self.kind != kind:
            return False
        self.advance()
        return True

    def expect(self, kind: str) -> None:
        """Consume a token of this kind. Raises LuaSyntaxError if another stands there."""
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
        """Consume a name and answer it. Raises LuaSyntaxError if none stands there."""
        if self.kind is not NAME:
            raise self.error(f"'{NAME}' expected")
        name = cast(bytes, self.tokens.values[self.index])
        self.advance()
        return name

    # Errors

    def error(self, reason: str) -> LuaSyntaxError:
        """The error that blames the current token (`luaX_syntaxerror`); a NUL byte cannot be blamed."""
        near = None if self.kind == "\0" else self.tokens.shown(self.index)
        return self._blame(reason, near)

    def limit_error(self, reason: str) -> LuaSyntaxError:
        """The error at the current line that blames no token (`errorlimit`, lparser.c)."""
        return self._blame(reason, None)

    def _blame(self, reason: str, near: bytes | None) -> LuaSyntaxError:
        index, tokens = self.index, self.tokens
        span = tokens.starts[index], tokens.ends[index]
        return syntax_error(self.chunk_name, self.lines[index], reason.encode("ascii"), near, span)

    def check_limit(self, function: FunctionState, count: int, limit: int, what: str) -> None:
        """Raises LuaSyntaxError if `function` has more than `limit` of `what`."""
        if count > limit:
            line = function.defined_line
            where = "main function" if line == 0 else f"function at line {line}"
            raise self.limit_error(f"{where} has more than {limit} {what}")

    def enter_level(self) -> None:
        """One more level of syntax (`enterlevel`). Raises LuaSyntaxError beyond SYNTAX_DEPTH."""
        self.depth += 1
        if self.depth > SYNTAX_DEPTH:
            raise self.limit_error("chunk has too many syntax levels")

    # Nodes

    def add(self, node: _Node) -> _Node:
        """Number a node and keep it among those of the chunk."""
        node.number = len(self.nodes)
        self.nodes.append(node)
        return node

    def settle(self, expression: tree.Expression) -> None:
        """Note that the value of `expression` is put to use now."""
        expression.settled = last = self.index - 1
        if type(expression) in _MADE_ON_USE:
            expression.line = self.lines[last]

    def declare(self, name: bytes, token: int, pending: int) -> tree.Declaration:
        """The declaration of a local whose name is the token at index `token`; raises as `new_local` does."""
        self.new_local(name, pending)
        return self.add(tree.Declaration(token, token, self.lines[token], name))

    def new_local(self, name: bytes, pending: int) -> None:
        """One more local besides the active ones and `pending` declared before it. Raises LuaSyntaxError if there is
        no room for it."""
        function = self.function
        position = function.active_locals + pending
        self.check_limit(function, position + 1, LOCAL_VARIABLES, "local variables")
        function.declared += 1
        if function.declared > DECLARED_LOCALS:
            raise LuaSyntaxError(b"too many local variables", self.lines[self.index])
        function.names[position:] = (name,)
