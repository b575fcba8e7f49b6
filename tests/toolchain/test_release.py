"""What a release keeps of Python's standard library is what the engine imports (`make release-check` runs it so)."""

from __future__ import annotations

import ast
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.host

ROOT = Path(__file__).parents[2]
LIST = ROOT / "toolchain" / "standard_library.txt"
ONLY_IN_A_TERMINAL = (
    "__main__.py",
    "static_server.py",
    "declarations.py",
    "embedded_scripts.py",
    "lua_strings.py",
    "file_keys.py",
    "file_lint.py",
    "process.py",
    "executed.py",
    "covered_files.py",
    "server_coverage.py",
    "endpoint/addresses.py",
    "endpoint/clock.py",
    "endpoint/endpoint.py",
    "endpoint/ferrous_command.py",
    "endpoint/in_process.py",
    "endpoint/sockets.py",
    "endpoint/standing_in.py",
)
"""Files a release leaves out (toolchain/shrink.py)."""

FOLDERS_IN_A_TERMINAL = {"command_line", "live", "on_servers", "tape"}
"""Packages that it leaves out."""


def is_of_a_terminal(source: Path) -> bool:
    """Whether a release leaves a file of the engine out."""
    is_left_out = any(source.match(name) for name in ONLY_IN_A_TERMINAL)
    return is_left_out or not FOLDERS_IN_A_TERMINAL.isdisjoint(source.relative_to(ROOT).parts)


LAZY = {ROOT / "ferrous_vm/endpoint/__init__.py", ROOT / "ferrous_vm/endpoint/hub.py"}
"""Files that import such a module when it is asked for, which no page does."""

NOT_IN_A_BROWSER = {"ctypes"}
"""What is imported only where Python has threads (ferrous_vm/watchdog.py)."""


def imported(source: Path) -> set[str]:
    """The modules outside the engine that a file imports, wherever in it; those of the codecs it names among them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("encode", "decode") and node.args:
            codec = getattr(node.args[0], "value", None)
            if isinstance(codec, str):
                names.add(f"encodings.{codec.replace('-', '_')}")
    names -= NOT_IN_A_BROWSER
    return {name for name in names if not name.startswith(("ferrous_vm", "pyodide_bridge", "sortedcontainers"))}


def test_every_module_the_engine_imports_is_kept() -> None:
    lines = LIST.read_text("utf-8").splitlines()
    kept = [word for line in lines for word in line.partition("#")[0].split()]
    lost = {}
    for package in ("ferrous_vm", "pyodide_bridge"):
        for source in (ROOT / package).rglob("*.py"):
            if is_of_a_terminal(source):
                continue
            for name in imported(source):
                spec = find_spec(name)
                is_source = spec is not None and str(spec.origin).endswith(".py")
                if is_source and not any(fnmatchcase(name, pattern) for pattern in kept):
                    lost[name] = source.name
    assert lost == {}


NOT_INSIDE_PYODIDE = {"architecture", "record", "toolchain", "oracle", "endpoint", "on_servers"}
"""Folders of tests that the Makefile's CORE_SUITES leaves out."""


def of_the_terminal() -> list[Path]:
    """The tests that toolchain/core_suite.py leaves out on a release."""
    tree = ast.parse((ROOT / "toolchain" / "core_suite.py").read_bytes())
    (value,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "OF_THE_TERMINAL"
    )
    return [ROOT / path for path in ast.literal_eval(value)]


def test_no_test_that_runs_on_a_release_needs_what_only_a_terminal_has() -> None:
    left_out = of_the_terminal()
    needing = []
    for source in sorted((ROOT / "tests").rglob("test_*.py")):
        is_left_out = any(source.is_relative_to(path) for path in left_out)
        if is_left_out or not NOT_INSIDE_PYODIDE.isdisjoint(source.relative_to(ROOT).parts):
            continue
        needing += of_a_terminal(source)
    assert needing == []


def of_a_terminal(source: Path) -> list[str]:
    """What a source imports that only a terminal has."""
    found = []
    for node in ast.walk(ast.parse(source.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            files = [ROOT / f"{module.replace('.', '/')}.py" for module in modules]
            found += [
                f"{source.relative_to(ROOT)}: {file.relative_to(ROOT)}"
                for file in files
                if file.exists() and is_of_a_terminal(file)
            ]
    return found


def test_nothing_of_the_page_needs_what_only_a_terminal_has() -> None:
    needing = []
    for package in ("ferrous_vm", "pyodide_bridge"):
        for source in sorted((ROOT / package).rglob("*.py")):
            if not is_of_a_terminal(source) and source not in LAZY:
                needing += of_a_terminal(source)
    assert needing == []
