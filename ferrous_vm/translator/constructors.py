"""Table constructors (Lua 5.1 manual section 2.5.7), with the size hints that decide the order of a table."""

from __future__ import annotations

import ast

from ferrous_vm.syntax import tree
from ferrous_vm.translator.emitter import Emitter
from ferrous_vm.translator.expressions import after, arguments, single
from ferrous_vm.translator.python_tree import LOAD, call_primitive, constant, pack, position
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
    """Batches ``((place of a key, ...), (value, key, value, ...))``: all is evaluated in the order of the text, but of
    each batch the record items are stored first, each key with the value behind it."""
    at = position(node)
    batches: list[ast.expr] = []
    keys: list[ast.expr] = []
    values: list[ast.expr] = []
    evaluated = listed = 0
    for item in node.items:
        if item.key is not None:
            keys.append(constant(evaluated, at))
            values += _pair(emitter, item, item.key)
            evaluated += 2
            continue
        if listed == FIELDS_PER_FLUSH:
            batches.append(pack([pack(keys, at), pack(values, at)], at))
            keys, values = [], []
            evaluated = listed = 0
        values += arguments(emitter, [item.value]) if item is node.items[-1] else [single(emitter, item.value)]
        evaluated += 1
        listed += 1
    batches.append(pack([pack(keys, at), pack(values, at)], at))
    hash_size = sum(item.key is not None for item in node.items)
    return call_primitive("mixed_table", [constant(array_size, at), constant(hash_size, at), pack(batches, at)], at)


def _pair(emitter: Emitter, item: tree.TableItem, key: tree.Expression) -> list[ast.expr]:
    """Key and value, or the error where Lua would store them: what comes after is then not evaluated."""
    if is_valid_key(key):
        return [single(emitter, key), single(emitter, item.value)]
    at = position(item)

    def checked(value: ast.expr) -> ast.expr:
        return call_primitive("record_item", [single(emitter, key), value], at)

    if emitter.shapes.is_read_late(key) and not emitter.shapes.is_still(item.value):
        pair = after(emitter, item.value, checked, at)
    else:
        first = single(emitter, key)
        pair = call_primitive("record_item", [first, single(emitter, item.value)], at)
    return [ast.Starred(pair, LOAD, **at)]
