"""The tree of a chunk: one class for each form of Lua 5.1 (manual section 8), nothing about meaning.

The parser makes it, analysis and both back ends read it. Side tables are indexed by a node's `number`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ferrous_vm.syntax.lexer import Tokens


@unique
class BinaryOperator(Enum):
    """Each binary operator that computes: its symbol and how tightly it binds to its left and its right.

    The priorities are those of `lparser.c`; a right priority below the left one makes it right associative.
    """

    symbol: str
    left_priority: int
    right_priority: int

    def __init__(self, symbol: str, left_priority: int, right_priority: int) -> None:
        self.symbol = symbol
        self.left_priority = left_priority
        self.right_priority = right_priority

    ADD = "+", 6, 6
    SUBTRACT = "-", 6, 6
    MULTIPLY = "*", 7, 7
    DIVIDE = "/", 7, 7
    MODULO = "%", 7, 7
    POWER = "^", 10, 9
    CONCATENATE = "..", 5, 4
    NOT_EQUAL = "~=", 3, 3
    EQUAL = "==", 3, 3
    LESS = "<", 3, 3
    LESS_OR_EQUAL = "<=", 3, 3
    GREATER = ">", 3, 3
    GREATER_OR_EQUAL = ">=", 3, 3
    AND = "and", 2, 2
    OR = "or", 1, 1


@unique
class UnaryOperator(Enum):
    """Each unary operator, by its symbol. All bind alike, above every binary operator but `^`."""

    NEGATE = "-"
    NOT = "not"
    LENGTH = "#"


UNARY_PRIORITY = 8


@dataclass(slots=True, eq=False)
class Node:
    """Anything in the tree.

    `number`: dense index in the chunk, in the order nodes were completed (`Chunk.nodes[number]` is this node).
    `first`, `last`: indices of its first and last token in `Chunk.tokens`; `Chunk.start` and `Chunk.end` turn
    them into byte offsets, `Chunk.position` into line and column.
    `line`: the line Lua 5.1 reports for an error in the instruction this node becomes, counted from 1. It is not
    always a line of the node: Lua names the line of the last token it had read when it made the instruction.
    """

    number: int = field(init=False, repr=False)
    first: int
    last: int
    line: int


@dataclass(slots=True, eq=False)
class Expression(Node):
    """Anything with a value.

    `settled`: index of the last token Lua 5.1 had consumed when it put the value where its user wants it (into a
    register, a comparison, a jump). For names, constants and indexing this is the moment of their instruction.
    """

    settled: int = field(init=False, repr=False)


@dataclass(slots=True, eq=False)
class Nil(Expression):
    """nil"""


@dataclass(slots=True, eq=False)
class Boolean(Expression):
    """true, false"""

    value: bool


@dataclass(slots=True, eq=False)
class Number(Expression):
    """3, 0xff, 3.1416e-2"""

    value: float


@dataclass(slots=True, eq=False)
class String(Expression):
    """'text', [[text]], and the name in a.name and {name = 1}: `value` is what it denotes, escapes resolved."""

    value: bytes


@dataclass(slots=True, eq=False)
class Vararg(Expression):
    """..."""


@dataclass(slots=True, eq=False)
class Name(Expression):
    """x, in any use of a variable. `analysis.scopes` says which variable it is."""

    name: bytes


@dataclass(slots=True, eq=False)
class Index(Expression):
    """object.name (then `key` is a String), object[key]"""

    object: Expression
    key: Expression


@dataclass(slots=True, eq=False)
class Call(Expression):
    """function(arguments), function "text", function {table}"""

    function: Expression
    arguments: list[Expression]


@dataclass(slots=True, eq=False)
class MethodCall(Expression):
    """object:name(arguments): `line` is that of the call, `name.line` that of looking the method up"""

    object: Expression
    name: String
    arguments: list[Expression]


@dataclass(slots=True, eq=False)
class Binary(Expression):
    """left + right, left .. right, left < right: every binary operator but `and` and `or`.

    A chain of left-associative operators leans left and may be thousands of nodes long: iterate along `left`.
    """

    operator: BinaryOperator
    left: Expression
    right: Expression


@dataclass(slots=True, eq=False)
class Logical(Expression):
    """left and right, left or right. Leans left like `Binary`. `operator` is AND or OR."""

    operator: BinaryOperator
    left: Expression
    right: Expression


@dataclass(slots=True, eq=False)
class Unary(Expression):
    """-operand, not operand, #operand"""

    operator: UnaryOperator
    operand: Expression


@dataclass(slots=True, eq=False)
class Parentheses(Expression):
    """(inner): one value, whatever a call or ... inside would have given."""

    inner: Expression


@dataclass(slots=True, eq=False)
class Function(Expression):
    """function (parameters) body end

    A method's `self` is the first parameter. `is_vararg`: the list ends in `...`.
    `defined_line`, `end_line`: the lines `debug.getinfo` gives; both 0 for the main function of a chunk.
    """

    parameters: list[Declaration]
    is_vararg: bool
    body: Block
    defined_line: int
    end_line: int


@dataclass(slots=True, eq=False)
class TableItem(Node):
    """value (then `key` is None), name = value (then `key` is a String), [key] = value"""

    key: Expression | None
    value: Expression


@dataclass(slots=True, eq=False)
class Table(Expression):
    """{item, name = item, [key] = item}"""

    items: list[TableItem]


@dataclass(slots=True, eq=False)
class Declaration(Node):
    """The place where a local variable gets its name: in `local`, `for`, a parameter list, `local function`.

    A method's `self` is declared at the bracket that opens its parameters.
    """

    name: bytes


@dataclass(slots=True, eq=False)
class Statement(Node):
    """Anything that is done. `line` is the line on which it begins."""


@dataclass(slots=True, eq=False)
class Block(Node):
    """statements, and one scope for the locals they declare. When empty, `last` is the token before `first`."""

    statements: list[Statement]


@dataclass(slots=True, eq=False)
class Local(Statement):
    """local names = values"""

    names: list[Declaration]
    values: list[Expression]


@dataclass(slots=True, eq=False)
class Assignment(Statement):
    """targets = values. A target is a Name or an Index; its `settled` is the token after which it is stored."""

    targets: list[Name | Index]
    values: list[Expression]


@dataclass(slots=True, eq=False)
class CallStatement(Statement):
    """f(x), o:m(x)"""

    call: Call | MethodCall


@dataclass(slots=True, eq=False)
class Do(Statement):
    """do body end"""

    body: Block


@dataclass(slots=True, eq=False)
class While(Statement):
    """while condition do body end"""

    condition: Expression
    body: Block


@dataclass(slots=True, eq=False)
class Repeat(Statement):
    """repeat body until condition: the condition sees the body's locals."""

    body: Block
    condition: Expression


@dataclass(slots=True, eq=False)
class IfClause(Node):
    """if condition then body, elseif condition then body"""

    condition: Expression
    body: Block


@dataclass(slots=True, eq=False)
class If(Statement):
    """clauses, else otherwise, end"""

    clauses: list[IfClause]
    otherwise: Block | None


@dataclass(slots=True, eq=False)
class NumericFor(Statement):
    """for variable = start, limit, step do body end. `check_line` is the line Lua names when one is no number."""

    variable: Declaration
    start: Expression
    limit: Expression
    step: Expression | None
    body: Block
    check_line: int


@dataclass(slots=True, eq=False)
class GenericFor(Statement):
    """for names in values do body end. `iterator_line` is the line Lua names when the iterator is called."""

    names: list[Declaration]
    values: list[Expression]
    body: Block
    iterator_line: int


@dataclass(slots=True, eq=False)
class FunctionStatement(Statement):
    """function target() end, function a.b:c() end (then `is_method`, and the function has its `self`)"""

    target: Name | Index
    is_method: bool
    function: Function


@dataclass(slots=True, eq=False)
class LocalFunction(Statement):
    """local function name() end: the name is in scope in the function."""

    name: Declaration
    function: Function


@dataclass(slots=True, eq=False)
class Return(Statement):
    """return values"""

    values: list[Expression]


@dataclass(slots=True, eq=False)
class Break(Statement):
    """break"""


@dataclass(slots=True, eq=False)
class Chunk:
    """A whole source text, parsed.

    `chunk_name` is Lua's chunk name (``@user_script``, ``=stdin`` or the source itself).
    `main` is the chunk as a function: a vararg function without parameters.
    """

    source: bytes
    chunk_name: bytes
    tokens: Tokens
    nodes: list[Node]
    main: Function

    def start(self, node: Node) -> int:
        """Byte offset at which `node` begins."""
        return self.tokens.starts[node.first]

    def end(self, node: Node) -> int:
        """Byte offset just behind `node`."""
        return self.tokens.ends[node.last]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column (in bytes) of an offset, both counted from 1."""
        newline_ends = self.tokens.newline_ends
        line = bisect_right(newline_ends, offset)
        start_of_line = newline_ends[line - 1] if line else 0
        return line + 1, offset - start_of_line + 1


def _forms(base: type[Node]) -> frozenset[type[Node]]:
    return frozenset(
        form for form in globals().values() if isinstance(form, type) and issubclass(form, base) and form is not base
    )


# Not __subclasses__(): a dataclass with slots replaces its class, and the replaced one stays listed for a while.
STATEMENT_FORMS = _forms(Statement)
EXPRESSION_FORMS = _forms(Expression)
"""Every form of statement and of expression: what a walk over the tree must handle to be complete."""

LEFTMOST: dict[type[Expression], Callable[[Any], Expression]] = {
    Binary: lambda node: node.left,
    Logical: lambda node: node.left,
    Index: lambda node: node.object,
    Call: lambda node: node.function,
    MethodCall: lambda node: node.object,
}
"""The forms that begin with an expression, and which: a spine of them may be as long as the source, so no walk may
recurse down it."""
