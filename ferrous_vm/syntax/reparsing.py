"""A source that has changed, to tree: only what changed is read and parsed.

A statement of the main block none of whose tokens changed becomes what it became before, so its nodes are kept, and
told where they stand now. The chunk is the one `parse` makes of the source, and so is the error of one that is refused.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, cast

from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.limits import DECLARED_LOCALS, LOCAL_VARIABLES
from ferrous_vm.records import MutableRecord, Record
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.expressions import ExpressionParser
from ferrous_vm.syntax.lexer import EOS, ERROR, Tokens, newline_ends, read_tokens, token_starts, tokenize
from ferrous_vm.syntax.parser import BLOCK_END, PARSERS, permit_depth


class Mark(Record):
    """Where the parser stands behind a statement of the main block.

    `token`: the index of the next one. `nodes`: how many there are. `active`, `declared`: locals of the main function.
    """

    token: int
    nodes: int
    active: int
    declared: int


_BEGIN: Final = Mark(0, 0, 0, 0)


class Parsed(MutableRecord):
    """A chunk, and what must be known to parse it once more when its source has changed.

    `marks`: one for each statement of the main block. `kept_first`, `kept_last`: how many of these, from the beginning
    and from the end, were kept of the chunk before. `replaced`: the nodes of that chunk that were not.
    """

    chunk: tree.Chunk
    marks: list[Mark]
    kept_first: int = 0
    kept_last: int = 0
    replaced: Sequence[tree.Node] = ()

    def ranges(self) -> list[tuple[int, int]]:
        """The numbers of the nodes of each statement of the main block: that of the first, and one above the last."""
        return list(pairwise((0, *(mark.nodes for mark in self.marks))))


class Refused(Exception):
    """A source that is no chunk: Lua's `error`, and its `tokens` as far as they can be read."""

    def __init__(self, error: LuaSyntaxError, tokens: Tokens) -> None:
        super().__init__(error)
        self.error = error
        self.tokens = tokens


class Reparser:
    """Parses one source after another, and keeps what it can of the last one that was no error.

    A chunk that analysis refuses, for the upvalues of a function, is to be forgotten.
    """

    def __init__(self, chunk_name: bytes) -> None:
        self.chunk_name = chunk_name
        self.last: Parsed | None = None

    def parse(self, source: bytes) -> Parsed:
        """The chunk of `source`. The chunks of before are given up: their nodes become its own. Raises Refused."""
        permit_depth()
        last = self.last
        if last is None:
            tokens, first, rest = tokenize(source, self.chunk_name), 0, 0
        else:
            tokens, first, rest = _retokenize(last.chunk.tokens, source, self.chunk_name)
        first_parser, other_parser = PARSERS
        try:
            try:
                change = _Change(last, first_parser(tokens, self.chunk_name, 0), first, rest)
            except LuaSyntaxError:
                change = _Change(last, other_parser(tokens, self.chunk_name, 0), first, rest)
        except LuaSyntaxError as error:
            raise Refused(error, tokens) from None
        self.last = None  # its nodes are told where they stand now: an interrupt leaves none that was told by half
        self.last = parsed = change.joined()
        return parsed

    def forget(self) -> None:
        """Nothing is kept of the last chunk."""
        self.last = None


# Tokens


def _retokenize(old: Tokens, source: bytes, chunk_name: bytes) -> tuple[Tokens, int, int]:
    """The tokens of `source`; how many of the first, and how many of the last, are those of before."""
    same_first, same_last = _common(old.source, source)
    first = bisect_left(old.ends, same_first)  # one that ends where the change begins may go on in it
    tokens = Tokens(
        source,
        newline_ends(source),
        old.kinds[:first],
        old.values[:first],
        old.starts[:first],
        old.ends[:first],
        old.lines[:first],
    )
    moved = len(source) - len(old.source)
    for start in token_starts(source, tokens.ends[-1] if first else 0):
        index = bisect_left(old.starts, start - moved)
        if start >= len(source) - same_last and old.starts[index : index + 1] == [start - moved]:
            break  # where a token begins that began there before, everything is as it was
    else:
        index = len(old.starts)
    read_tokens(tokens, chunk_name, start if index < len(old.starts) else None)
    if tokens.kinds[-1] is ERROR or index == len(old.starts):
        return tokens, first, 0
    for parts in (tokens.kinds, tokens.values, tokens.starts, tokens.ends, tokens.lines):
        parts.pop()  # the end at which it stopped
    lines = len(tokens.newline_ends) - len(old.newline_ends)
    tokens.kinds += old.kinds[index:]
    tokens.values += old.values[index:]
    tokens.starts += [start + moved for start in old.starts[index:]]
    tokens.ends += [end + moved for end in old.ends[index:]]
    tokens.lines += [line + lines for line in old.lines[index:]]
    return tokens, first, len(old.kinds) - index


def _common(old: bytes, new: bytes) -> tuple[int, int]:
    """How many bytes two texts have in common at the beginning, and then at the end."""
    shorter = min(len(old), len(new))
    first = bisect_right(range(1, shorter + 1), 0, key=lambda count: old[:count] != new[:count])
    last = bisect_right(
        range(1, shorter - first + 1), 0, key=lambda count: old[len(old) - count :] != new[len(new) - count :]
    )
    return first, last


# Nodes


class _Change:
    """The statements of the main block that have to be parsed, and those before and behind that are kept.

    `first`, `rest`: how many of the first tokens, and of the last, are those of before. Raises LuaSyntaxError.
    """

    def __init__(self, last: Parsed | None, parser: ExpressionParser, first: int, rest: int) -> None:
        self.last = last
        self.parser = parser
        self.before = last.marks if last else []
        self.moved_tokens = len(parser.kinds) - len(last.chunk.tokens.kinds) if last else 0
        self.kept_first = bisect_left(self.before, first, key=lambda mark: mark.token)
        if self.kept_first and isinstance(self.statement(self.kept_first - 1), tree.Return):
            self.kept_first -= 1  # nothing may follow it
        self.statements: list[tree.Statement] = []
        self.marks: list[Mark] = []
        self.kept_last = 0
        self.enter_main_block()
        self.parse(len(parser.kinds) - rest)

    def statement(self, index: int) -> tree.Statement:
        """A statement of the chunk before."""
        assert self.last is not None
        return self.last.chunk.main.body.statements[index]

    def mark_before(self, index: int) -> Mark:
        """Where the parser stood before a statement of the chunk before."""
        return self.before[index - 1] if index else _BEGIN

    def enter_main_block(self) -> None:
        """The parser where it stands behind the statements kept."""
        parser, mark = self.parser, self.mark_before(self.kept_first)
        for index in range(self.kept_first):
            statement = self.statement(index)
            if isinstance(statement, tree.Local):
                parser.function.names += [declaration.name for declaration in statement.names]
            elif isinstance(statement, tree.LocalFunction):
                parser.function.names.append(statement.name.name)
        parser.function.active_locals = mark.active
        parser.function.declared = mark.declared
        parser.index = mark.token - 1
        parser.advance()
        parser.enter_level()

    def parse(self, rest: int) -> None:
        """Parse statements up to one that is kept, or to the end; the tokens from `rest` on are those of before."""
        parser = self.parser
        base = self.mark_before(self.kept_first).nodes
        ended = False
        while parser.kind not in BLOCK_END and not ended:
            if parser.index >= rest and self.reaches_kept():
                return
            statement = parser.statement()
            self.statements.append(statement)
            parser.accept(";")
            function = parser.function
            self.marks.append(Mark(parser.index, base + len(parser.nodes), function.active_locals, function.declared))
            ended = isinstance(statement, tree.Return)
        if parser.kind is not EOS:
            raise parser.error(f"'{EOS}' expected")

    def reaches_kept(self) -> bool:
        """Whether the parser stands before a statement of the chunk before, which becomes the same here: as far as the
        limits of locals go, too."""
        token = self.parser.index - self.moved_tokens
        index = self.kept_first + bisect_left(self.before[self.kept_first :], token, key=lambda mark: mark.token)
        if index + 1 >= len(self.before) or self.before[index].token != token:
            return False
        function = self.parser.function
        mark = self.before[index]
        declared = function.declared + self.before[-1].declared - mark.declared
        if declared > (DECLARED_LOCALS if function.active_locals == mark.active else LOCAL_VARIABLES):
            return False
        self.kept_last = len(self.before) - index - 1
        return True

    def joined(self) -> Parsed:
        """The whole chunk, what was kept included."""
        parser, last, made = self.parser, self.last, self.parser.nodes
        first = self.mark_before(self.kept_first)
        _move(made, first.nodes, 0, 0)
        if last is None:
            return Parsed(self.chunk(made, self.statements), self.marks)
        nodes, statements = cast(tree.Nodes, last.chunk.nodes), last.chunk.main.body.statements
        begin = len(self.before) - self.kept_last
        rest, end = self.mark_before(begin), self.mark_before(len(self.before))
        behind = self.marks[-1] if self.marks else first
        del nodes[end.nodes :]
        moved = behind.nodes - rest.nodes
        lines = len(parser.tokens.newline_ends) - len(last.chunk.tokens.newline_ends)
        if moved or self.moved_tokens or lines:
            _move(nodes[rest.nodes :], moved, self.moved_tokens, lines)
        replaced = tree.Nodes(nodes[first.nodes : rest.nodes])
        nodes[first.nodes : rest.nodes] = made
        made.clear()  # given up with them, it would take them apart
        later = [
            Mark(
                mark.token + self.moved_tokens,
                mark.nodes + moved,
                mark.active + behind.active - rest.active,
                mark.declared + behind.declared - rest.declared,
            )
            for mark in self.before[begin:]
        ]
        main_block = [*statements[: self.kept_first], *self.statements, *statements[begin:]]
        marks = [*self.before[: self.kept_first], *self.marks, *later]
        return Parsed(self.chunk(nodes, main_block), marks, self.kept_first, self.kept_last, replaced)

    def chunk(self, nodes: tree.Nodes, statements: list[tree.Statement]) -> tree.Chunk:
        """The chunk that is made of these statements of the main block."""
        parser = self.parser
        parser.nodes = nodes
        last = len(parser.kinds) - 2
        body = parser.add(tree.Block(0, last, parser.lines[0], statements))
        main = parser.add(tree.Function(0, last, 1, [], True, body, 0, 0))
        return tree.Chunk(parser.tokens.source, parser.chunk_name, parser.tokens, nodes, main)


_LINES: Final[dict[type[tree.Node], tuple[str, ...]]] = {
    tree.Function: ("defined_line", "end_line"),
    tree.NumericFor: ("check_line",),
    tree.GenericFor: ("iterator_line",),
}
"""What forms know of lines besides their own."""


def _move(nodes: Sequence[tree.Node], numbers: int, tokens: int, lines: int) -> None:
    """Tell nodes that they stand so much later."""
    values = tree.EXPRESSION_FORMS
    if numbers or tokens:
        for node in nodes:
            node.number += numbers
            node.first += tokens
            node.last += tokens
            if type(node) in values:
                node.settled += tokens  # type: ignore[attr-defined]
    if lines:
        for node in nodes:
            node.line += lines
        for node in filter(lambda node: type(node) in _LINES, nodes):
            for name in _LINES[type(node)]:
                setattr(node, name, getattr(node, name) + lines)
