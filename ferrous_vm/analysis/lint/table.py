"""Every rule of the linter, once: the families and their rows."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ferrous_vm.analysis.lint import (
    arguments,
    commands,
    comparisons,
    cost,
    differences,
    expiry,
    flags,
    globals,
    keys,
    later_lua,
    nulls,
    numbers,
    parameters,
    protected,
    replaced,
    replies,
    returns,
    server_comments,
    syntax_errors,
)
from ferrous_vm.analysis.lint.rules import Check, Rule

CHECKS: Final[tuple[Check, ...]] = (
    flags.check,
    globals.check,
    later_lua.check,
    comparisons.check,
    nulls.check,
    replies.check,
    keys.check,
    commands.check,
    arguments.check,
    expiry.check,
    protected.check,
    returns.check,
    numbers.check,
    cost.check,
    parameters.check,
    differences.check,
)
"""What is done to a chunk that compiles; syntax_errors speaks of those that do not."""

_FAMILIES: Final = (
    syntax_errors,
    server_comments,
    replaced,
    flags,
    globals,
    later_lua,
    comparisons,
    nulls,
    replies,
    keys,
    commands,
    arguments,
    expiry,
    protected,
    returns,
    numbers,
    cost,
    parameters,
    differences,
)


_ASKED_BY_THE_LINTER: Final = (syntax_errors, server_comments, replaced)
"""Families that hang on more than the model of a chunk."""


def _collect() -> dict[str, Rule]:
    """The rows of all families. Raises ValueError where a name is there twice, or a row says nothing."""
    rules: dict[str, Rule] = {}
    for family in _FAMILIES:
        if family not in _ASKED_BY_THE_LINTER and family.check not in CHECKS:
            raise ValueError(f"{family.__name__} is never asked")
        declared = {value.name for value in vars(family).values() if isinstance(value, Rule)}
        if not {rule.name for rule in family.RULES} <= declared:
            raise ValueError(f"{family.__name__} lists a rule it does not have")
        for rule in family.RULES:
            texts = (rule.reason, rule.fix, rule.page, rule.wrong, rule.right)
            if rule.name in rules or not all(texts):
                raise ValueError(f"the rule {rule.name} is there twice, or lacks a text")
            rules[rule.name] = rule
    return rules


RULES: Final = MappingProxyType(_collect())
"""Every rule by its name."""

SYNTAX_RULES: Final = frozenset(rule.name for rule in syntax_errors.RULES)
"""The names of those that speak of what does not compile: no comment allows it."""
