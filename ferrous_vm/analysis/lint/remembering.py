"""What was found of the values of a chunk holds for the statements that are kept when it changes.

Values hang on the tree, on what names mean, on what is stored in variables, passed to functions and put into tables,
and on tests of variables. So a statement of the main block keeps its values when its names mean what they meant, no
statement that was parsed, or is gone, names a variable that it names, and no other that does not keep its values stores
anything in one of them. Rules know nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from ferrous_vm.analysis.lint.flow import Flow
from ferrous_vm.analysis.scopes import ResolvedChunk, Upvalue, Variable
from ferrous_vm.records import Record
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.reparsing import Parsed

Range = tuple[int, int]
"""Numbers of nodes: the first, and one above the last."""


class Remembered(Record):
    """The values of a chunk; `ranges` are those of its statements."""

    flow: Flow
    ranges: list[Range]


def take_over(flow: Flow, parsed: Parsed, before: Remembered) -> None:
    """Give the statements that keep them their values of `before`, and leave the others open for `flow.run`."""
    former = before.flow
    if not former.is_settled or flow.premises != former.premises:
        return
    ranges, kept_first, behind = parsed.ranges(), parsed.kept_first, len(parsed.marks) - parsed.kept_last
    kept = [*zip(ranges[:kept_first], before.ranges, strict=False)]
    kept += zip(reversed(ranges[behind:]), reversed(before.ranges), strict=False)
    changed = named_by(parsed.replaced, former.resolved)
    for begin, end in ranges[kept_first:behind]:
        changed |= named_by(flow.nodes[begin:end], flow.resolved)
    read = {pair: read_by(flow, former, *pair) for pair in kept}
    while unsure := [pair for pair, places in read.items() if places is None or not changed.isdisjoint(places)]:
        for pair in unsure:
            changed |= stored_by(flow.nodes[slice(*pair[0])], flow.resolved)
            del read[pair]
    known = bytearray(len(flow.nodes))
    for (begin, end), (old_begin, old_end) in read:
        flow.values[begin:end] = former.values[old_begin:old_end]
        known[begin:end] = b"\1" * (end - begin)
    flow.open = [node for node, is_known in zip(flow.nodes, known, strict=True) if not is_known]
    for call in former.commands.values():
        number = call.node.number
        if number < len(known) and known[number] and flow.nodes[number] is call.node:
            flow.commands[number] = call


def place_of(variable: Variable) -> tree.Node:
    """What tells a variable from all others, also when the chunk has changed: its declaration, or the function whose
    `arg` it is."""
    local = variable.local if isinstance(variable, Upvalue) else variable
    return local.declaration or local.function.function


def named_by(nodes: Iterable[tree.Node], resolved: ResolvedChunk) -> set[tree.Node]:
    """The places of all variables that some of these nodes declare or name."""
    named: set[tree.Node] = set()
    for node in nodes:
        if isinstance(node, tree.Declaration):
            named.add(node)
        elif isinstance(node, tree.Name) and (variable := resolved.variables[node.number]) is not None:
            named.add(place_of(variable))
    return named


def stored_by(nodes: Iterable[tree.Node], resolved: ResolvedChunk) -> set[tree.Node]:
    """The places of all variables that some of these nodes declare or store in, into whose tables they put something,
    or which they call."""
    stored: set[tree.Node] = set()
    for node in nodes:
        targets: Iterable[tree.Node] = ()
        if isinstance(node, tree.Declaration):
            stored.add(node)
        elif isinstance(node, tree.Assignment):
            targets = node.targets
        elif isinstance(node, tree.FunctionStatement):
            targets = (node.target,)
        elif isinstance(node, tree.Call):
            targets = (node.function, *node.arguments[:1])
        for target in targets:
            while isinstance(target, tree.Index):
                target = target.object
            variable = resolved.variables[target.number]
            if variable is not None:
                stored.add(place_of(variable))
    return stored


def read_by(flow: Flow, former: Flow, now: Range, then: Range) -> set[tree.Node] | None:
    """The places of the variables that a statement names or declares: parameters are given their values elsewhere. None
    where some name means another variable than before."""
    variables, before = flow.resolved.variables, former.resolved.variables
    read: set[tree.Node] = {node for node in flow.nodes[slice(*now)] if isinstance(node, tree.Declaration)}
    for new, old in zip(variables[slice(*now)], before[slice(*then)], strict=True):
        if new is None or old is None:
            if new is not old:
                return None
            continue
        place = place_of(new)
        if place is not place_of(old):
            return None
        read.add(place)
    return read
