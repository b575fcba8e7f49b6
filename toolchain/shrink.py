"""Makes the standard library and the wheels of a release small; runs inside Pyodide (see pack.mjs).

What a browser never needs is left out of the byte code: docstrings, assertions, lines, and the places of functions in
others (nobody but a developer sees a traceback of Python, which keeps files and names; `make play` has the rest). The
engine's second part stays source: the first reply does not wait for it, and it is two thirds of its byte code. Of the
standard library only the modules of standard_library.txt stay. Archives are stored, not deflated: the site is
compressed as a whole, and brotli finds more where nothing was deflated before.
"""

from __future__ import annotations

import ast
import fnmatch
import marshal
import types
import zipfile
from collections.abc import Callable
from importlib.util import MAGIC_NUMBER
from pathlib import Path

from archives import EPOCH, module_of

STANDARD_LIBRARY = Path(__file__).with_name("standard_library.txt")
ENGINE = ("ferrous_vm/", "pyodide_bridge/")
"""Packages whose annotations of functions nobody reads while they run."""

ONLY_IN_A_TERMINAL = (
    "ferrous_vm/__main__.py",
    "ferrous_vm/command_line/*",
    "ferrous_vm/endpoint/addresses.py",
    "ferrous_vm/endpoint/clock.py",
    "ferrous_vm/endpoint/endpoint.py",
    "ferrous_vm/endpoint/ferrous_command.py",
    "ferrous_vm/endpoint/in_process.py",
    "ferrous_vm/endpoint/sockets.py",
    "ferrous_vm/endpoint/standing_in.py",
    "ferrous_vm/live/*",
    "ferrous_vm/tape/*",
    "ferrous_vm/on_servers/*",
    "ferrous_vm/static_server.py",
    "ferrous_vm/machine/executed.py",
    "ferrous_vm/workbench/covered_files.py",
    "ferrous_vm/workbench/server_coverage.py",
    "ferrous_vm/workbench/embedded_scripts.py",
    "ferrous_vm/workbench/lua_strings.py",
    "ferrous_vm/workbench/file_keys.py",
    "ferrous_vm/workbench/file_lint.py",
    "pyodide_bridge/declarations.py",
    "pyodide_bridge/process.py",
    "*/entry_points.txt",
    "*/py.typed",
)
"""What the page has no use for."""

SAME_LINE = 0b1_1101_000
"""An entry of a line table that covers one code unit without columns (CPython, Objects/locations.md); add units - 1."""


def shrink_standard_library(archive: Path) -> None:
    """Keep the listed modules of python_stdlib.zip, as byte code. Raises ValueError for a name that is not in it."""
    with zipfile.ZipFile(archive) as library:
        kept = listed({module_of(name) for name in library.namelist()})
    shrink(archive, lambda name: module_of(name) in kept)


def shrink_wheel(wheel: Path) -> None:
    """Keep what the page needs of a wheel, as byte code."""
    shrink(wheel, is_for_the_page)


def shrink_later(archive: Path) -> None:
    """Keep what the page needs of the engine's second part, as sources: they are a third smaller than byte code."""
    shrink(archive, is_for_the_page, as_byte_code=False)


def is_for_the_page(name: str) -> bool:
    """Whether the page has a use for a file of the engine."""
    return not any(fnmatch.fnmatchcase(name, pattern) for pattern in ONLY_IN_A_TERMINAL)


def listed(modules: set[str]) -> set[str]:
    """Those of the standard library's modules a release keeps. Raises ValueError where the list names none of them."""
    lines = STANDARD_LIBRARY.read_text("utf-8").splitlines()
    patterns = [word for line in lines for word in line.partition("#")[0].split()]
    found = {pattern: set(fnmatch.filter(modules, pattern)) for pattern in patterns}
    absent = [pattern for pattern in patterns if not found[pattern]]
    if absent:
        raise ValueError(f"the standard library has no {', '.join(absent)}")
    return set().union(*found.values())


def shrink(archive: Path, keep: Callable[[str], bool], *, as_byte_code: bool = True) -> None:
    """Rewrite an archive with the files `keep` says yes to, its sources as byte code or with what they need alone."""
    with zipfile.ZipFile(archive) as source:
        files = {name: source.read(name) for name in sorted(source.namelist()) if keep(name)}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
        for name, content in files.items():
            if name.endswith(".py"):
                tree = parsed(name, content)
                if as_byte_code:
                    name, content = f"{name}c", byte_code(name, tree)
                else:
                    content = bare_source(tree)
            elif name.endswith(".dist-info/RECORD"):
                content = "".join(f"{kept},,\n" for kept in files).encode()  # digests would be those of sources
            elif name.endswith(".dist-info/METADATA"):
                content = content.partition(b"\n\n")[0] + b"\n"  # the head: what follows is the README
            target.writestr(zipfile.ZipInfo(name, EPOCH), content)


def parsed(name: str, source: bytes) -> ast.Module:
    """The tree of a module, the engine's without annotations."""
    tree = ast.parse(source)
    return WithoutAnnotations().visit(tree) if name.startswith(ENGINE) else tree


def bare_source(tree: ast.Module) -> bytes:
    """A module as text, without comments and docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [part for part in node.body if not is_text(part)] or [ast.Pass()]
    return ast.unparse(tree).encode()


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a docstring, of whatever."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def byte_code(name: str, tree: ast.Module) -> bytes:
    """The content of a .pyc file."""
    code = compile(tree, name, "exec", dont_inherit=True, optimize=2)
    return MAGIC_NUMBER + bytes(12) + marshal.dumps(without_lines(code))


class WithoutAnnotations(ast.NodeTransformer):
    """Takes the annotations off functions. Those of classes stay: the contract is read from them."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """A function, and those within it."""
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """One parameter."""
        node.annotation = None
        return node


def without_lines(code: types.CodeType) -> types.CodeType:
    """The same code, every instruction of it on line 1, its functions known by their bare names."""
    constants = tuple(without_lines(value) if isinstance(value, types.CodeType) else value for value in code.co_consts)
    whole, rest = divmod(len(code.co_code) // 2, 8)
    table = bytes([SAME_LINE + 7, 0]) * whole + (bytes([SAME_LINE + rest - 1, 0]) if rest else b"")
    return code.replace(co_consts=constants, co_linetable=table, co_firstlineno=1, co_qualname=code.co_name)
