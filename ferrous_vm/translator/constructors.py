"""Table constructors (Lua 5.1 manual section 2.5.7), with the size hints that decide the order of a table."""

from __future__ import annotations

import ast

from ferrous_vm.syntax import tree
from ferrous_vm.translator.emitter import Emitter
from ferrous_vm.translator.expressions import arguments, single
from ferrous_vm.translator.python_tree import call_primitive, constant, pack, position
from ferrous_vm.translator.shapes import MULTIPLE, is_valid_key
from ferrous_vm.values.tables import constructor_size

FIELDS_PER_FLUSH = 50
"""List items stored at once (`LFIELDS_PER_FLUSH`): record items in between come first."""


def construct(emitter: Emitter, node: tree.Table) -> ast.expr:
    """The expression that makes the table. Each form is the quickest that keeps Lua's order of stores."""
    at = position(node)
    items = node.items
    if not items:
        return call_primitive("new_table", [], at)
    registers = min(len(items), FIELDS_PER_FLUSH) + 3
    emitter.hold(registers)
    made = _filled(emitter, node)
    emitter.release(registers)
    return made


def _filled(emitter: Emitter, node: tree.Table) -> ast.expr:
    at = position(node)
    items = node.items
    positional = [item for item in items if item.key is None]
    is_open = bool(positional) and items[-1].key is None and isinstance(items[-1].value, MULTIPLE)
    array_size = len(positional) - is_open
    if len(positional) == len(items):
        values = pack(arguments(emitter, [item.value for item in items]), at)
        return call_primitive("list_table", [constant(array_size, at), values], at)
    never_nil = emitter.shapes.never_nil
    if not positional and all(item.key and is_valid_key(item.key) and never_nil(item.value) for item in items):
        return _record(emitter, node)
    return _mixed(emitter, node, array_size)


def _record(emitter: Emitter, node: tree.Table) -> ast.expr:
    """Only keys and values that need no check: a dict display fills the table."""
    at = position(node)
    keys: list[ast.expr | None] = []
    values = []
    for item in node.items:
        assert item.key is not None
        keys.append(single(emitter, item.key))
        values.append(single(emitter, item.value))
    return call_primitive("record_table", [constant(constructor_size(len(keys)), at), ast.Dict(keys, values, **at)], at)


def _mixed(emitter: Emitter, node: tree.Table, array_size: int) -> ast.expr:
    """Batches ``((key, value, ...), (item, ...))`` in the order in which Lua stores them."""
    at = position(node)
    batches: list[ast.expr] = []
    record: list[ast.expr] = []
    listed: list[tree.Expression] = []
    listed_values: list[ast.expr] = []
    for item in node.items:
        if item.key is not None:
            record += [single(emitter, item.key), single(emitter, item.value)]
            continue
        if len(listed_values) == FIELDS_PER_FLUSH:
            batches.append(pack([pack(record, at), pack(listed_values, at)], at))
            record, listed, listed_values = [], [], []
        listed.append(item.value)
        listed_values += arguments(emitter, [item.value]) if item is node.items[-1] else [single(emitter, item.value)]
    batches.append(pack([pack(record, at), pack(listed_values, at)], at))
    hash_size = sum(item.key is not None for item in node.items)
    return call_primitive("mixed_table", [constant(array_size, at), constant(hash_size, at), pack(batches, at)], at)
