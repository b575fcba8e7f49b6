"""What has a name for others has a docstring, and that names the errors which the code below it raises."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for package in ("ferrous_vm", "pyodide_bridge") for path in (ROOT / package).rglob("*.py"))

Function = ast.FunctionDef | ast.AsyncFunctionDef

HANDLERS = ("command", "native", "own", "handles")
"""Decorators of functions that are called from a table. What they raise is told where the table is: a refusal."""


@pytest.fixture(scope="module")
def modules() -> dict[str, ast.Module]:
    return {str(path.relative_to(ROOT)): ast.parse(path.read_bytes()) for path in SOURCES}


def exported(scope: ast.Module | ast.ClassDef, path: str = "") -> Iterator[tuple[str, ast.ClassDef | Function]]:
    """The functions, classes and methods whose names do not begin with an underscore, nor those of what they are in."""
    for node in scope.body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield path + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from exported(node, f"{path}{node.name}.")


def raised(function: Function) -> Iterator[str]:
    """The errors that a function itself raises, by the names of their classes."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Raise):
            error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(error, ast.Name) and error.id[0].isupper():
                yield error.id
        waiting += ast.iter_child_nodes(node)


def is_handler(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any(getattr(getattr(decorator, "func", None), "id", "") in HANDLERS for decorator in decorators)


def test_every_exported_name_has_a_docstring(modules: dict[str, ast.Module]) -> None:
    without = [path for path, module in modules.items() if not ast.get_docstring(module)]
    without += [
        f"{path}: {name}"
        for path, module in modules.items()
        for name, node in exported(module)
        if not ast.get_docstring(node)
    ]
    assert without == []


def test_a_docstring_names_the_errors(modules: dict[str, ast.Module]) -> None:
    """That of the function, or of the class or module it is in."""
    untold = []
    for path, module in modules.items():
        texts = {"": ast.get_docstring(module) or ""}
        for name, node in exported(module):
            around = texts[name.rpartition(".")[0]]
            text = texts[name] = f"{around} {ast.get_docstring(node)}"
            if isinstance(node, Function) and not is_handler(node):
                untold += [f"{path}: {name} raises {error}" for error in raised(node) if error not in text]
    assert untold == []
