"""What a rule is, and what a rule may ask: the model of one chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeVar

from ferrous_vm.analysis.lint.diagnostics import Diagnostic, Edit, Fix, Severity
from ferrous_vm.analysis.lint.flow import Flow
from ferrous_vm.analysis.lint.kinds import PUT_IN
from ferrous_vm.analysis.lint.values import CommandCall, Value
from ferrous_vm.analysis.scopes import LocalVariable
from ferrous_vm.limits import REGISTERS
from ferrous_vm.printing import printed
from ferrous_vm.records import Record
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator


class Rule(Record):
    """One rule: a row of the table.

    `reason` and `fix` are a sentence each. `page` explains; `wrong` is a script the rule speaks about, `right` the same
    put right. The tests lint both.
    """

    name: str
    severity: Severity
    reason: str
    fix: str
    page: str
    wrong: str
    right: str

    def documentation(self) -> str:
        """The rule's page, as text."""
        parts = [
            f"{self.name} ({self.severity.value})",
            self.reason,
            f"Fix: {self.fix}",
            self.page,
            "Wrong:\n" + _indented(self.wrong),
            "Right:\n" + _indented(self.right),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.strip("\n").split("\n"))


Change = tuple[str, *tuple[Edit, ...]]
"""What a fix does in a few words, and its edits."""

_Form = TypeVar("_Form", bound=tree.Node)

_CHILDREN: Final[dict[type[tree.Node], tuple[str, ...]]] = {
    tree.Index: ("object", "key"),
    tree.Call: ("function", "arguments"),
    tree.MethodCall: ("object", "name", "arguments"),
    tree.Binary: ("left", "right"),
    tree.Logical: ("left", "right"),
    tree.Unary: ("operand",),
    tree.Parentheses: ("inner",),
    tree.Function: ("body",),
    tree.TableItem: ("key", "value"),
    tree.Table: ("items",),
    tree.Block: ("statements",),
    tree.Local: ("values",),
    tree.Assignment: ("targets", "values"),
    tree.CallStatement: ("call",),
    tree.Do: ("body",),
    tree.While: ("condition", "body"),
    tree.Repeat: ("body", "condition"),
    tree.IfClause: ("condition", "body"),
    tree.If: ("clauses", "otherwise"),
    tree.NumericFor: ("start", "limit", "step", "body"),
    tree.GenericFor: ("values", "body"),
    tree.FunctionStatement: ("target", "function"),
    tree.LocalFunction: ("function",),
    tree.Return: ("values",),
}
"""The fields of a form that hold the nodes directly inside, or lists of them; declarations are left out."""

_LEAVES: Final = {tree.Nil, tree.Boolean, tree.Number, tree.String, tree.Vararg, tree.Name, tree.Break}
_PARTS: Final = {tree.Block, tree.IfClause, tree.TableItem}

if _CHILDREN.keys() | _LEAVES != tree.STATEMENT_FORMS | tree.EXPRESSION_FORMS | _PARTS:
    raise AssertionError("what stands inside a form of the tree is not told")

MOST_NODES: Final = 1 << 15
"""Nodes of a chunk whose constants (2^18) and jumps (2^17 instructions) surely have room."""

_LOOPS: Final = frozenset((tree.While, tree.Repeat, tree.NumericFor, tree.GenericFor))


def children(node: tree.Node) -> Iterator[tree.Node]:
    """The nodes directly inside, declarations left out."""
    for name in _CHILDREN.get(type(node), ()):
        value: Any = getattr(node, name)
        if type(value) is list:
            yield from value
        elif value is not None:
            yield value


@lru_cache(maxsize=4096)
def _shown(code: bytes) -> str:
    """Code on one line, cut when it is long; a script names few things, and each often."""
    text = " ".join(printed(code).split())
    return text if len(text) <= 60 else text[:57] + "..."


class Model:
    """One chunk as the rules see it: its tree, its names, its values, and where everything stands."""

    def __init__(
        self, flow: Flow, written: bytes, allowed: Mapping[int, frozenset[str]] = MappingProxyType({})
    ) -> None:
        resolved = flow.resolved
        self.allowed = allowed
        """The rules that comments allow to be broken, by line."""
        self.resolved = resolved
        self.chunk = resolved.chunk
        self.source = resolved.chunk.source
        self.written = written
        """The source with its first line, which Lua does not see."""
        self.facts = flow.facts
        self.is_library = flow.is_library
        self.diagnostics: list[Diagnostic] = []
        self.flow = flow
        self.by_form = flow.by_form
        self.parents = self._find_parents()
        self.looped = self._find_loops()
        self.kept: dict[type, object] = {}
        """What a family of rules has found of the chunk and asks for again, by its type."""
        self._naming: dict[str, list[CommandCall]] | None = None
        self._calls: dict[bytes, list[tree.Call]] | None = None

    def _find_parents(self) -> list[tree.Node | None]:
        """What each node stands in; None for the main function and for declarations."""
        parents: list[tree.Node | None] = [None] * len(self.chunk.nodes)
        for form, nodes in self.by_form.items():  # not by `children`: every keystroke comes through here
            for name in _CHILDREN.get(form, ()):
                for node in nodes:
                    value = getattr(node, name)
                    if type(value) is list:
                        for child in value:
                            parents[child.number] = node
                    elif value is not None:
                        parents[value.number] = node
        return parents

    def _find_loops(self) -> list[bool]:
        """Whether each node stands in the part of a loop that is done again. A function begins outside all loops."""
        looped = [False] * len(self.chunk.nodes)
        if _LOOPS.isdisjoint(self.by_form):
            return looped
        parents = self.parents
        for node in reversed(self.chunk.nodes):  # a node comes after what is inside it
            parent = parents[node.number]
            if parent is None or type(node) is tree.Function:
                continue
            again = type(parent) in _LOOPS and (
                isinstance(parent, tree.While | tree.Repeat) or node is parent.body  # type: ignore[attr-defined]
            )
            looped[node.number] = again or looped[parent.number]
        return looped

    # Asking

    def may_need_too_much(self) -> bool:
        """Whether some function may have more registers, constants or code than it can: only the compiler knows.

        A generous count: every variable of the function at once, what its loops hide, and the widest statement of all.
        """
        nodes, parents = self.chunk.nodes, self.parents
        widths = [1] * len(nodes)
        for number, node in enumerate(nodes):  # a node comes after what is inside it
            parent = parents[number]
            if parent is not None and type(parent) is not tree.Block:
                widths[parent.number] += 1 if type(node) in (tree.Function, tree.Block) else widths[number]
        registers = {scope: len(scope.locals) for scope in self.resolved.scopes if scope is not None}
        declared = self.resolved.declared
        counters = [loop.variable for loop in self.all(tree.NumericFor)]
        for variable in (*counters, *(loop.names[0] for loop in self.all(tree.GenericFor))):
            local = declared[variable.number]
            assert local is not None
            registers[local.function] += 4
        return max(registers.values()) + 2 * max(widths) + 4 >= REGISTERS or len(nodes) > MOST_NODES

    def all(self, form: type[_Form]) -> list[_Form]:
        """Every node of a form, in the order they end."""
        return self.by_form.get(form, [])

    def value(self, node: tree.Expression) -> Value:
        """What is known of the value of an expression."""
        return self.flow.value(node)

    def uses(self, variable: LocalVariable | None) -> list[tree.Name]:
        """Every name that means a local variable, in any function."""
        return self.flow.definitions.uses.get(variable, []) if variable is not None else []

    def block(self, node: tree.Node) -> tree.Node | None:
        """The block that a node stands in."""
        parent = self.parents[node.number]
        while parent is not None and not isinstance(parent, tree.Block):
            parent = self.parents[parent.number]
        return parent

    def is_called(self, node: tree.Node) -> bool:
        """Whether a node stands in a function of the script, which may be called from anywhere."""
        main = self.chunk.main
        parent = self.parents[node.number]
        while parent is not None and not isinstance(parent, tree.Function):
            parent = self.parents[parent.number]
        return parent is not None and parent is not main

    def commands(self) -> Iterable[CommandCall]:
        """Every call of redis.call and redis.pcall."""
        return self.flow.commands.values()

    def naming(self, argument: tree.Expression) -> list[CommandCall]:
        """The calls of known commands one of whose arguments is written as this one is."""
        if self._naming is None:
            self._naming = {}
            for call in self.commands():
                if call.facts is not None:
                    for text in dict.fromkeys(self.text(plain(one)) for one in call.node.arguments[1:]):
                        self._naming.setdefault(text, []).append(call)
        return self._naming.get(self.text(plain(argument)), [])

    def parent(self, node: tree.Node) -> tree.Node | None:
        """What a node stands in; parentheses do not count."""
        parent = self.parents[node.number]
        while isinstance(parent, tree.Parentheses):
            parent = self.parents[parent.number]
        return parent

    def calls_of(self, *members: bytes) -> Iterator[tuple[tree.Call, bytes]]:
        """The calls of library functions by their names, `unpack` or `string.rep`."""
        if self._calls is None:
            self._calls = {}
            for call in self.all(tree.Call):
                self._calls.setdefault(self.value(call.function).member, []).append(call)
        for member in members:
            for call in self._calls.get(member, ()):
                yield call, member

    def text(self, node: tree.Node) -> str:
        """A node as it stands in the source, cut when it is long."""
        return _shown(self.bytes_of(node))

    # Telling

    def report(
        self,
        rule: Rule,
        place: tree.Node | tuple[int, int],
        message: str,
        change: Change | None = None,
        *,
        certain: bool = True,
        named: tuple[int, ...] = (),
    ) -> None:
        """Tell of a finding at a node, or between two byte offsets; `certain`: what `change` does, nobody need ask;
        `named`: the lines that the message names."""
        start, end = (self.chunk.start(place), self.chunk.end(place)) if isinstance(place, tree.Node) else place
        fix = None
        if change is not None:
            title, *edits = change
            fix = Fix(title, tuple(edits), certain)
        where = *self.chunk.position(start), *self.chunk.position(end), start, end
        self.diagnostics.append(Diagnostic(rule.name, rule.severity, message, *where, fix, named))

    def is_heard(self, rule: Rule, node: tree.Node) -> bool:
        """Whether what this rule tells of a node stays: no comment allows it there, and no program fills its line."""
        start = self.chunk.start(node)
        line = self.source[self.source.rfind(b"\n", 0, start) + 1 :].partition(b"\n")[0]
        return PUT_IN not in line and rule.name not in self.allowed.get(self.chunk.position(start)[0], ())

    def before(self, node: tree.Node, text: bytes) -> Edit:
        """The edit that puts `text` before a node."""
        return Edit(self.chunk.start(node), self.chunk.start(node), text)

    def after(self, node: tree.Node, text: bytes) -> Edit:
        """The edit that puts `text` behind a node."""
        return Edit(self.chunk.end(node), self.chunk.end(node), text)

    def instead(self, node: tree.Node, text: bytes) -> Edit:
        """The edit that puts `text` in a node's place."""
        return Edit(self.chunk.start(node), self.chunk.end(node), text)

    def bytes_of(self, node: tree.Node) -> bytes:
        """A node as it stands in the source."""
        return self.source[self.chunk.start(node) : self.chunk.end(node)]

    # Conditions

    def conditions(self) -> Iterator[tuple[tree.Expression, bool]]:
        """Every expression whose truth alone counts; with whether it is the operand of `not`.

        The left operand of `or` is one only where the whole is: `x or 0` outside a condition is a default.
        """
        ands = [node for node in self.all(tree.Logical) if node.operator is BinaryOperator.AND]
        pending: list[tree.Expression] = [clause.condition for clause in self.all(tree.IfClause)]
        pending += [loop.condition for loop in self.all(tree.While)]
        pending += [loop.condition for loop in self.all(tree.Repeat)]
        pending += [node.left for node in ands]
        seen: set[int] = set()
        while pending:
            node = plain(pending.pop())
            if node.number in seen:
                continue
            seen.add(node.number)
            if isinstance(node, tree.Logical):
                pending += [node.left, node.right]
            else:
                yield node, False
        for unary in self.all(tree.Unary):
            if unary.operator is UnaryOperator.NOT:
                yield plain(unary.operand), True


def plain(node: tree.Expression) -> tree.Expression:
    """An expression without the parentheses around it."""
    while isinstance(node, tree.Parentheses):
        node = node.inner
    return node


Check = Callable[[Model], None]
"""Looks for what the rules of one family forbid, and reports it."""
