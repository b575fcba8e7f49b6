"""Tests run on the engine of a release, which has less of the standard library than pytest needs (see core_suite.py).

The whole library is there, and what a release leaves out is denied to the engine alone: an import of it fails, as it
would on the page, when the nearest frame that is not of Python's own library belongs to the engine.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archives import module_of
from shrink import listed

ENGINE = ("ferrous_vm", "pyodide_bridge", "sortedcontainers")
TESTS = ("tests", "pytest", "_pytest", "pluggy", "hypothesis", "core_suite")


def use(release: str) -> None:
    """Take the engine from the wheels in `release`/wheels and import all of it, with the guard in place from now on."""
    archives = sorted(Path(release, "wheels").glob("*.whl"))
    sys.path[:0] = map(str, archives)
    later = Path(release, "wheels", "later.zip")
    importlib.import_module("pyodide_bridge.later").use(str(later), later.stat)
    builtins.__import__ = guarded(builtins.__import__, left_out())
    importlib.import_module("ferrous_vm.keyspace.profiles.rows")  # commands of other servers have their places from it
    for archive in (*archives, later):
        with zipfile.ZipFile(archive) as files:
            for name in files.namelist():
                if name.endswith((".py", ".pyc")):
                    importlib.import_module(module_of(name))


def left_out() -> frozenset[str]:
    """The modules a release has not."""
    archive = next(path for path in sys.path if path.endswith(".zip"))
    with zipfile.ZipFile(archive) as library:
        modules = {module_of(name) for name in library.namelist()}
    return frozenset(modules - listed(modules))


def guarded(plain: Callable[..., Any], denied: frozenset[str]) -> Callable[..., Any]:
    """`__import__` that knows no `denied` module when the engine asks."""

    def import_(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        wanted = {name, *(f"{name}.{item}" for item in fromlist or ())}
        if level == 0 and not denied.isdisjoint(wanted) and asked_by_engine():
            raise ModuleNotFoundError(f"No module named {name!r} in a release", name=name)
        return plain(name, globals, locals, fromlist, level)

    return import_


def asked_by_engine() -> bool:
    """Whether the engine is nearer on the stack than its tests."""
    frame = sys._getframe(2)
    while frame is not None:
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package in ENGINE:
            return True
        if package in TESTS:
            return False
        frame = frame.f_back  # type: ignore[assignment]
    return False
