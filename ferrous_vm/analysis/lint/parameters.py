"""Data in the text of a script: every value makes another script, compiled and kept on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.rules import Model, Rule
from ferrous_vm.analysis.lint.values import FROM_ARGV, FROM_KEYSPACE, FROM_REPLY
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator

DATA_IN_SCRIPT: Final = Rule(
    name="data-in-script",
    severity=Severity.INFO,
    reason="This constant looks like data: a script should be the same text for all data.",
    fix="Pass it in ARGV.",
    page="""\
Redis keeps every script it has run, under the SHA-1 of its text, until SCRIPT FLUSH or a restart. A script with
data in its text is a new one every time: it is compiled anew, the cache grows without end, EVALSHA never finds it;
and text that comes from a user can become code.""",
    wrong="return redis.call('HSET', KEYS[1], 'owner', '7f9c24e8-3b12-4fef-91e0-5b1a2d3c4e5f')",
    right="return redis.call('HSET', KEYS[1], 'owner', ARGV[1])",
)

TEXT_AS_CODE: Final = Rule(
    name="text-as-code",
    severity=Severity.WARNING,
    reason="Text from ARGV or from data is compiled and run: whoever wrote it writes the script.",
    fix="Pass data, and let the script decide what to do with it; cjson.decode reads structures.",
    page="loadstring compiles any Lua. It is slow too: the text is compiled in each run.",
    wrong="return loadstring(ARGV[1])()",
    right="return cjson.decode(ARGV[1])[1]",
)

RULES: Final = (DATA_IN_SCRIPT, TEXT_AS_CODE)

_LOOKS_LIKE_DATA: Final = re.compile(
    rb"""
    [0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}       # a UUID
  | (?=[0-9a-f]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{32,}             # a digest or a token
  | [\w.+-]+@[\w-]+\.[\w.-]+                                   # an address of mail
  | 1[4-9][0-9]{8}(?:[0-9]{3})?                                # a time, in seconds or milliseconds
  | [A-Za-z][\w.-]+(?::[\w.-]+)*:[0-9]{2,}                     # the name of one of many: user:42
    """,
    re.VERBOSE | re.ASCII,
).fullmatch


def check(model: Model) -> None:
    """Look at constants, and at what is compiled. Of keys that stand in the script another rule speaks (keys.py), and a
    function library is loaded once, whatever is in it."""
    strings = [node for node in model.all(tree.String) if len(node.value) <= 200 and _LOOKS_LIKE_DATA(node.value)]
    numbers = [node for node in model.all(tree.Number) if _LOOKS_LIKE_DATA(model.bytes_of(node))]
    suspects = () if model.is_library else (*strings, *numbers)
    keys = set(_keys(model)) if suspects else set()
    for node in suspects:
        if node.number in keys or _is_set_down(model, node):
            continue
        message = f"{model.text(node)} looks like data: pass it in ARGV, so that the script stays the same text."
        model.report(DATA_IN_SCRIPT, node, message)
    for call, _ in model.calls_of(b"loadstring"):
        if call.arguments and model.value(call.arguments[0]).origins & (FROM_ARGV | FROM_REPLY | FROM_KEYSPACE):
            message = "Text that comes from outside is compiled and run: whoever sends it writes the script."
            model.report(TEXT_AS_CODE, call, message)


def _is_set_down(model: Model, node: tree.Expression) -> bool:
    """Whether a constant was put there on purpose: it has a name, or is a number that others are compared with or
    counted from."""
    parent = model.parent(node)
    if isinstance(parent, tree.Local | tree.Assignment):
        return True
    if isinstance(parent, tree.TableItem):
        return parent.key is not None and parent.key is not node
    is_bound = isinstance(parent, tree.Binary) and (
        parent.operator in tree.ORDER or parent.operator is BinaryOperator.SUBTRACT
    )
    return is_bound and isinstance(node, tree.Number)


def _keys(model: Model) -> Iterator[int]:
    """The numbers of the nodes that name keys in commands."""
    for call in model.commands():
        if call.facts is not None:
            for position in call.facts.key_positions(call.words, call.is_open):
                yield call.node.arguments[position].number
