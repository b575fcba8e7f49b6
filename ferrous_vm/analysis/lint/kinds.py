"""What a file is, where it is no whole Redis script: a part of one, a template of one, or a program of another host.

Of a part nothing is known of the names that others give it. Templates and foreign programs are left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate, zip_longest
from typing import Any, Final

from ferrous_vm.analysis.scopes import ResolvedChunk
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.lexer import NAME, tokenize

_INCLUDES: Final = re.compile(
    rb"^[ \t]*--+[ \t]*[@$#]?(?:include|import|require)\b|--[^\n]*\b(?:defined|declared|provided) (?:in|by)\b",
    re.MULTILINE,
)
"""Comments that a build step replaces by the text of other files, as several job queues have them, or that say where
else something is defined."""

PUT_IN: Final = b"_PUT_IN_BY_THE_PROGRAM_"
"""What stands in a script for what the program puts in that has it in a string: a name, of whose value nobody knows."""

_FILLED: Final = re.compile(rb"<%|%>|\{\{|\}\}|\{%|\$\{|%\([A-Za-z_]\w*\)s|@@\w+@@|#\{|#[A-Z_][A-Z0-9_]*#|" + PUT_IN)
"""Where a template engine, or a program that makes the script, puts something in."""

_PLACEHOLDERS: Final = re.compile(_FILLED.pattern + rb"|%[sd]\b|^[ \t]*#[ \t]*include\b", re.MULTILINE)
"""Where one may do so in a source that does not compile: in one that does, string.format may."""

_MONITORED: Final = re.compile(rb"^[-\s]*[0-9]{10}\.[0-9]{6} \[[0-9]+ ", re.MULTILINE)
"""A line of MONITOR's output: who keeps that beside a script keeps notes."""

_OF_REDIS: Final = re.compile(
    rb"\b(?:redis|server)\s*(?:\[|[.:]\s*(?:p?call|log|LOG|sha1hex|\w+_reply|\w+_function|set\w+|replicate_\w+)\b)|"
    rb"\b(?:KEYS|ARGV)\b|\br?call\s*\(|\A#!lua"
)

_PARAMETER: Final = re.compile(rb"@[A-Za-z_]\w*").match
"""What StackExchange.Redis puts one of KEYS or ARGV in the place of (LuaScript.Prepare)."""

_FOREIGN: Final = frozenset(
    (b"require", b"module", b"package", b"ngx", b"kong", b"vim", b"love", b"dofile", b"loadfile", b"minetest", b"wrk")
)
"""Globals of other hosts of Lua, without which a program of theirs hardly is."""

_OF_TESTS: Final = frozenset((b"describe", b"it"))
"""Globals of busted, in whose tests redis is a stand-in."""

_REDIS: Final = frozenset((b"redis", b"server", b"KEYS", b"ARGV"))
_LIBRARIES: Final = frozenset((b"cjson", b"cmsgpack", b"struct", b"bit"))
_OF_PROGRAMS: Final = frozenset((b"io", b"os", b"print", b"debug"))
"""What only a program has that reads, writes and prints by itself."""


ByForm = Mapping[type[tree.Node], Sequence[Any]]
"""The nodes of a chunk by their form: most of them matter to nobody here, and there are many."""

MOST_MISSING: Final = 3
"""Functions that nobody defines: one or two are slips, more are those of a file that stands before this one. So is one
of them beside as many other names."""


def is_part(resolved: ResolvedChunk, by_form: ByForm, known: frozenset[bytes]) -> bool:
    """Whether a chunk is a part of a script: it includes others, puts functions into a global it does not have, does
    nothing but define functions, or lacks several names that nobody defines.

    `by_form` are its nodes, `known` the globals that scripts have.
    """
    if _INCLUDES.search(resolved.chunk.source) is not None:
        return True
    assigned: set[bytes] = set()
    filled: set[bytes] = set()
    targets: list[tree.Name | tree.Index] = [
        *(target for node in by_form.get(tree.Assignment, ()) for target in node.targets),
        *(node.target for node in by_form.get(tree.FunctionStatement, ())),
    ]
    for target in targets:
        if isinstance(target, tree.Name):
            assigned.add(target.name)
        else:
            root: tree.Expression = target
            while isinstance(root, tree.Index):
                root = root.object
            if isinstance(root, tree.Name) and resolved.variables[root.number] is None:
                filled.add(root.name)
    if filled - assigned - known or only_defines(resolved):
        return True
    return bool(lacked_names(resolved, by_form, known | assigned))


def lacked_names(resolved: ResolvedChunk, by_form: ByForm, known: frozenset[bytes]) -> frozenset[bytes]:
    """The names that a part of a script is given by those put before it; none of a script that has what it needs, or
    lacks so little that it may be a slip."""
    called = _called(resolved, by_form) - known
    if not called:
        return frozenset()
    lacked = _read(resolved, by_form) - known
    return frozenset(lacked if len(called) >= MOST_MISSING or len(lacked) > MOST_MISSING else ())


def only_defines(resolved: ResolvedChunk) -> bool:
    """Whether a chunk does nothing but name functions: what they call, others may define."""
    statements = resolved.chunk.main.body.statements
    forms = (tree.LocalFunction, tree.FunctionStatement, tree.Local)
    return bool(statements) and all(
        isinstance(one, forms) and not (isinstance(one, tree.Local) and any(map(_does, one.values)))
        for one in statements
    )


def _does(value: tree.Expression) -> bool:
    return not isinstance(value, tree.Function | tree.Number | tree.String | tree.Boolean | tree.Nil)


def _read(resolved: ResolvedChunk, by_form: ByForm) -> set[bytes]:
    """The globals that are named."""
    return {name.name for name in by_form.get(tree.Name, ()) if resolved.variables[name.number] is None}


def _called(resolved: ResolvedChunk, by_form: ByForm) -> set[bytes]:
    """The globals that are called."""
    calls = (node.function for node in by_form.get(tree.Call, ()))
    return {name.name for name in calls if isinstance(name, tree.Name) and resolved.variables[name.number] is None}


def given_names(resolved: ResolvedChunk) -> frozenset[bytes]:
    """The names that a chunk declares for those it is put before: it answers nothing, and does nothing but fill them,
    or one of them or more it does not use itself. None where it is a script of its own."""
    statements = resolved.chunk.main.body.statements
    if statements and isinstance(statements[-1], tree.Return):
        return frozenset()
    declared = [
        name
        for one in statements
        for name in (
            one.names if isinstance(one, tree.Local) else [one.name] if isinstance(one, tree.LocalFunction) else ()
        )
    ]
    used = {id(resolved.variables[node.number]) for node in resolved.chunk.nodes if isinstance(node, tree.Name)}
    if all(id(resolved.declared[name.number]) in used for name in declared) and not _only_fills(resolved):
        return frozenset()
    return frozenset(name.name for name in declared)


def _only_fills(resolved: ResolvedChunk) -> bool:
    """Whether a chunk does nothing but give values to names and their fields: outside its functions it calls none."""
    statements = resolved.chunk.main.body.statements
    forms = (tree.Local, tree.LocalFunction, tree.FunctionStatement, tree.Assignment)
    if not all(isinstance(one, forms) for one in statements):
        return False
    calls = [one.first for one in resolved.chunk.nodes if isinstance(one, tree.Call | tree.MethodCall)]
    functions = _functions(resolved)
    return all(any(first <= call <= last for first, last in functions) for call in calls)


def _functions(resolved: ResolvedChunk) -> list[tuple[int, int]]:
    """Where the functions of a chunk begin and end, as tokens; the outermost of them."""
    found: list[tuple[int, int]] = []
    main = resolved.chunk.main
    for one in sorted((one.first, one.last) for one in resolved.chunk.nodes if isinstance(one, tree.Function)):
        if one != (main.first, main.last) and not (found and one[1] <= found[-1][1]):
            found.append(one)
    return found


def is_foreign(resolved: ResolvedChunk) -> bool:
    """Whether a chunk is a program of another host: it uses what only that has, and nothing that only Redis has but
    what it makes itself, as a mock does. Or nothing of Redis is in it, and it is for who loads it: it answers a
    function or a table of them, or answers nothing and offers global functions or settings, or works by itself."""
    variables = resolved.variables
    names = {
        node.name for node in resolved.chunk.nodes if isinstance(node, tree.Name) and variables[node.number] is None
    }
    assigned = _assigned(resolved)
    if names >= _OF_TESTS:
        return True
    if not names.isdisjoint(_FOREIGN):
        return not _asks_redis(resolved, names) or not _REDIS.isdisjoint(assigned)
    if not (names - assigned.keys()).isdisjoint(_REDIS | _LIBRARIES):
        return False
    answers = _answers(resolved)
    if answers:
        meant = _Meanings(resolved, assigned)
        return all(_is_module(meant, one) for one in answers)
    offers = any(isinstance(value, tree.Function | tree.Table) for value in assigned.values())
    return offers or not names.isdisjoint(_OF_PROGRAMS) or _is_settings(resolved)


def names_foreign(source: bytes) -> bool:
    """Whether a source that does not compile, as one for another Lua, names what only other hosts have, and nothing
    that only scripts are given."""
    tokens = tokenize(source, b"@user_script")
    names = {value for kind, value in zip(tokens.kinds, tokens.values, strict=False) if kind is NAME}
    of_others = not names.isdisjoint(_FOREIGN) or names >= _OF_TESTS
    return of_others and names.isdisjoint((b"KEYS", b"ARGV"))


def _asks_redis(resolved: ResolvedChunk, names: set[bytes]) -> bool:
    """Whether a chunk takes what scripts are given, or a field of the table redis: not only a method, `redis:new()`, as
    clients have it."""
    if not names.isdisjoint((b"KEYS", b"ARGV")):
        return True
    fields = (node.object for node in resolved.chunk.nodes if isinstance(node, tree.Index))
    return any(
        isinstance(one, tree.Name) and one.name in _REDIS and resolved.variables[one.number] is None for one in fields
    )


def _is_settings(resolved: ResolvedChunk) -> bool:
    """Whether a chunk does nothing but give values to several globals, which others read."""
    statements = resolved.chunk.main.body.statements
    return len(statements) >= MOST_MISSING and all(
        isinstance(one, tree.Assignment) and not any(map(_does, one.values)) for one in statements
    )


class _Meanings:
    """What the names of a chunk were given where they were declared, or last as globals."""

    def __init__(self, resolved: ResolvedChunk, assigned: Mapping[bytes, tree.Expression | None]) -> None:
        self.variables = resolved.variables
        self.assigned = assigned
        self.declared: dict[int, tree.Expression] = {}
        for node in resolved.chunk.nodes:
            if isinstance(node, tree.LocalFunction):
                self.declared[id(resolved.declared[node.name.number])] = node.function
            elif isinstance(node, tree.Local):
                for name, value in zip(node.names, node.values, strict=False):
                    self.declared[id(resolved.declared[name.number])] = value

    def of(self, value: tree.Expression | None) -> tree.Expression | None:
        """The expression itself, or what a name was given."""
        while isinstance(value, tree.Parentheses):
            value = value.inner
        if not isinstance(value, tree.Name):
            return value
        variable = self.variables[value.number]
        return self.assigned.get(value.name) if variable is None else self.declared.get(id(variable))


def _is_module(meanings: _Meanings, value: tree.Expression | None) -> bool:
    """Whether an answer is for who loads the file, since no reply can be made of it: a function, or a table that has
    functions or tables by name."""
    value = meanings.of(value)
    if not isinstance(value, tree.Table):
        return isinstance(value, tree.Function)
    return any(
        isinstance(item.key, tree.String) and isinstance(meanings.of(item.value), tree.Function | tree.Table)
        for item in value.items
    )


def _assigned(resolved: ResolvedChunk) -> dict[bytes, tree.Expression | None]:
    """The globals that are assigned, each with what it became last; None where that does not stand there."""
    pairs: list[tuple[tree.Expression, tree.Expression | None]] = []
    for node in resolved.chunk.nodes:
        if isinstance(node, tree.Assignment):
            pairs += zip_longest(node.targets, node.values[: len(node.targets)])
        elif isinstance(node, tree.FunctionStatement):
            pairs.append((node.target, node.function))
    return {
        target.name: value
        for target, value in pairs
        if isinstance(target, tree.Name) and resolved.variables[target.number] is None
    }


def _answers(resolved: ResolvedChunk) -> list[tree.Expression | None]:
    """What a chunk may answer: the values of each return that stands in none of its functions, None for no value."""
    nodes, main = resolved.chunk.nodes, resolved.chunk.main
    functions = sorted((one.first, one.last) for one in nodes if isinstance(one, tree.Function) and one is not main)
    ends = list(accumulate((last for _, last in functions), max))

    def is_inside(place: int) -> bool:
        """Of the functions that begin before it, one ends after it."""
        before = bisect_right(functions, (place, place))
        return before > 0 and ends[before - 1] >= place

    answers: list[tree.Expression | None] = []
    for one in nodes:
        if isinstance(one, tree.Return) and not is_inside(one.first):
            answers += one.values or (None,)
    return answers


def is_template(source: bytes, blamed: int = 0) -> bool:
    """Whether a source that does not compile has places where a program puts something in, or Lua gave up at one.
    A file with a NUL byte is no text, and what stands between its bytes by chance means nothing."""
    if b"\0" in source:
        return False
    looked_for = (_PLACEHOLDERS, _MONITORED)
    return _PARAMETER(source, blamed) is not None or any(one.search(source) is not None for one in looked_for)


def speaks_of_redis(source: bytes) -> bool:
    """Whether anything in a source is of Redis: else it is hardly a script, where nobody says so."""
    return _OF_REDIS.search(source) is not None


def has_place(text: bytes) -> bool:
    """Whether a program puts something into a text."""
    return _FILLED.search(text) is not None


def may_have_place(text: bytes) -> bool:
    """Whether a program or the script itself may put something into a text, as string.format does."""
    return _PLACEHOLDERS.search(text) is not None
