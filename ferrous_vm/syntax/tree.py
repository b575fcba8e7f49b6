"""The tree of a chunk: one class for each form of Lua 5.1 (manual section 8), nothing about meaning.

The parser makes it, analysis and both back ends read it. Side tables are indexed by a node's `number`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from enum import Enum, unique
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from ferrous_vm.records import MutableRecord, field

if TYPE_CHECKING:
    from ferrous_vm.syntax.lexer import Tokens


@unique
class BinaryOperator(Enum):
    """Each binary operator that computes: its symbol and how tightly it binds to its left and its right.

    The priorities are those of `lparser.c`; a right priority below the left one makes it right associative.
    """

    __hash__ = object.__hash__  # an Enum's own is a Python function

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


EQUALITY: Final = frozenset((BinaryOperator.EQUAL, BinaryOperator.NOT_EQUAL))
ORDER: Final = frozenset(
    (BinaryOperator.LESS, BinaryOperator.LESS_OR_EQUAL, BinaryOperator.GREATER, BinaryOperator.GREATER_OR_EQUAL)
)
COMPARISONS: Final = EQUALITY | ORDER


@unique
class UnaryOperator(Enum):
    """Each unary operator, by its symbol. All bind alike, above every binary operator but `^`."""

    NEGATE = "-"
    NOT = "not"
    LENGTH = "#"


UNARY_PRIORITY = 8


class Node(MutableRecord):
    """Anything in the tree.

    `number`: dense index in the chunk, in the order nodes were completed (`Chunk.nodes[number]` is this node).
    `first`, `last`: indices of its first and last token in `Chunk.tokens`; `Chunk.start` and `Chunk.end` turn
    them into byte offsets, `Chunk.position` into line and column.
    `line`: the line Lua 5.1 reports for an error in the instruction this node becomes, counted from 1. It is not
    always a line of the node: Lua names the line of the last token it had read when it made the instruction.
    """

    number: int = field(init=False)
    first: int
    last: int
    line: int


class Expression(Node):
    """Anything with a value.

    `settled`: index of the last token Lua 5.1 had consumed when it put the value where its user wants it (into a
    register, a comparison, a jump). For names, constants and indexing this is the moment of their instruction.
    """

    settled: int = field(init=False)


class Nil(Expression):
    """nil"""


class Boolean(Expression):
    """true, false"""

    value: bool


class Number(Expression):
    """3, 0xff, 3.1416e-2"""

    value: float


class String(Expression):
    """'text', [[text]], and the name in a.name and {name = 1}: `value` is what it denotes, escapes resolved."""

    value: bytes


class Vararg(Expression):
    """..."""


class Name(Expression):
    """x, in any use of a variable. `analysis.scopes` says which variable it is."""

    name: bytes


class Index(Expression):
    """object.name (then `key` is a String), object[key]"""

    object: Expression
    key: Expression


class Call(Expression):
    """function(arguments), function "text", function {table}"""

    function: Expression
    arguments: list[Expression]


class MethodCall(Expression):
    """object:name(arguments): `line` is that of the call, `name.line` that of looking the method up"""

    object: Expression
    name: String
    arguments: list[Expression]


class Binary(Expression):
    """left + right, left .. right, left < right: every binary operator but `and` and `or`.

    A chain of left-associative operators leans left and may be thousands of nodes long: iterate along `left`.
    """

    operator: BinaryOperator
    left: Expression
    right: Expression


class Logical(Expression):
    """left and right, left or right. Leans left like `Binary`. `operator` is AND or OR."""

    operator: BinaryOperator
    left: Expression
    right: Expression


class Unary(Expression):
    """-operand, not operand, #operand"""

    operator: UnaryOperator
    operand: Expression


class Parentheses(Expression):
    """(inner): one value, whatever a call or ... inside would have given."""

    inner: Expression


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


class TableItem(Node):
    """value (then `key` is None), name = value (then `key` is a String), [key] = value"""

    key: Expression | None
    value: Expression


class Table(Expression):
    """{item, name = item, [key] = item}"""

    items: list[TableItem]


class Declaration(Node):
    """The place where a local variable gets its name: in `local`, `for`, a parameter list, `local function`.

    A method's `self` is declared at the bracket that opens its parameters.
    """

    name: bytes


class Statement(Node):
    """Anything that is done. `line` is the line on which it begins."""


class Block(Node):
    """statements, and one scope for the locals they declare. When empty, `last` is the token before `first`."""

    statements: list[Statement]


class Local(Statement):
    """local names = values"""

    names: list[Declaration]
    values: list[Expression]


class Assignment(Statement):
    """targets = values. A target is a Name or an Index; its `settled` is the token after which it is stored."""

    targets: list[Name | Index]
    values: list[Expression]


class CallStatement(Statement):
    """f(x), o:m(x)"""

    call: Call | MethodCall


class Do(Statement):
    """do body end"""

    body: Block


class While(Statement):
    """while condition do body end"""

    condition: Expression
    body: Block


class Repeat(Statement):
    """repeat body until condition: the condition sees the body's locals."""

    body: Block
    condition: Expression


class IfClause(Node):
    """if condition then body, elseif condition then body"""

    condition: Expression
    body: Block


class If(Statement):
    """clauses, else otherwise, end"""

    clauses: list[IfClause]
    otherwise: Block | None


class NumericFor(Statement):
    """for variable = start, limit, step do body end. `check_line` is the line Lua names when one is no number."""

    variable: Declaration
    start: Expression
    limit: Expression
    step: Expression | None
    body: Block
    check_line: int


class GenericFor(Statement):
    """for names in values do body end. `iterator_line` is the line Lua names when the iterator is called."""

    names: list[Declaration]
    values: list[Expression]
    body: Block
    iterator_line: int


class FunctionStatement(Statement):
    """function target() end, function a.b:c() end (then `is_method`, and the function has its `self`)"""

    target: Name | Index
    is_method: bool
    function: Function


class LocalFunction(Statement):
    """local function name() end: the name is in scope in the function."""

    name: Declaration
    function: Function


class Return(Statement):
    """return values"""

    values: list[Expression]


class Break(Statement):
    """break"""


class Chunk(MutableRecord):
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


STATEMENT_FORMS: frozenset[type[Node]] = frozenset(Statement.__subclasses__())
EXPRESSION_FORMS: frozenset[type[Node]] = frozenset(Expression.__subclasses__())
"""Every form of statement and of expression: what a walk over the tree must handle to be complete."""

_LEFTMOST_FIELDS: dict[type[Node], str] = {
    Binary: "left",
    Logical: "left",
    Index: "object",
    Call: "function",
    MethodCall: "object",
}

LEFTMOST: dict[type[Node], Callable[[Any], Expression]] = {
    form: attrgetter(name) for form, name in _LEFTMOST_FIELDS.items()
}
"""The forms that begin with an expression, and which: a spine of them may be as long as the source, so no walk may
recurse down it."""


class Nodes(list[Node]):
    """The nodes of a chunk, by number. When they are given up the spines are taken apart: Python frees what a node
    held within the freeing of the node, which takes little of the stack it measures, but much of the browser's."""

    __slots__ = ()

    def __del__(self, fields: dict[type[Node], str] = _LEFTMOST_FIELDS) -> None:
        for node in self:
            if (name := fields.get(type(node))) is not None:
                setattr(node, name, None)
