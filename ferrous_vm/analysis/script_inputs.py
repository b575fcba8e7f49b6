"""How many keys and arguments a script is given, as far as it tells."""

from __future__ import annotations

from ferrous_vm.analysis.scopes import ResolvedChunk
from ferrous_vm.syntax import tree


def inputs_of(resolved: ResolvedChunk) -> tuple[int, int, bool, bool]:
    """How many keys and arguments a script names by number, and whether it takes more of each."""
    most, others = {b"KEYS": 0, b"ARGV": 0}, {b"KEYS": 0, b"ARGV": 0}
    for node in resolved.chunk.nodes:  # a node comes after what is inside it
        if isinstance(node, tree.Index) and isinstance(node.key, tree.Number) and _is_input(resolved, node.object):
            name = node.object.name  # type: ignore[attr-defined]
            if node.key.value in range(1, 100):
                most[name] = max(most[name], int(node.key.value))
                others[name] -= 1
        elif isinstance(node, tree.Name) and _is_input(resolved, node):
            others[node.name] += 1
    return most[b"KEYS"], most[b"ARGV"], others[b"KEYS"] > 0, others[b"ARGV"] > 0


def _is_input(resolved: ResolvedChunk, node: tree.Expression) -> bool:
    return isinstance(node, tree.Name) and node.name in (b"KEYS", b"ARGV") and resolved.variables[node.number] is None
