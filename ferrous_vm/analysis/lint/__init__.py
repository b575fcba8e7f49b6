"""The linter: mistakes in scripts, found without running them."""

from ferrous_vm.analysis.lint.diagnostics import Diagnostic, Edit, Fix, Severity, apply
from ferrous_vm.analysis.lint.key_table import NamedKey
from ferrous_vm.analysis.lint.linter import Linter, named_keys
from ferrous_vm.analysis.lint.table import RULES, SYNTAX_RULES

__all__ = [
    "RULES",
    "SYNTAX_RULES",
    "Diagnostic",
    "Edit",
    "Fix",
    "Linter",
    "NamedKey",
    "Severity",
    "apply",
    "named_keys",
]
