"""Files that import each other, for types alone included, are one thing in several files, or one of them is misplaced.

ARCHITECTURE.md lists those there are, each with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[2] / "ARCHITECTURE.md"

Circle = frozenset[str]


def listed() -> set[Circle]:
    """The circles of ARCHITECTURE.md: rows of a folder and the names of its modules."""
    section = DOCUMENT.read_text(encoding="utf-8").split("## Circles")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([\w/]+)`: ([\w, ]+) \| \S", section, re.MULTILINE)
    return {frozenset(f"{folder.replace('/', '.')}.{name}" for name in names.split(", ")) for folder, names in rows}


def found() -> Iterator[Circle]:
    """The largest sets of modules each of which imports every other, by whatever way."""
    grimp = pytest.importorskip("grimp")
    graph = grimp.build_graph("ferrous_vm", "pyodide_bridge", cache_dir=None)
    for module in graph.modules:
        ring = graph.find_upstream_modules(module) & graph.find_downstream_modules(module)
        if ring:
            yield frozenset({module, *ring})


def test_every_circle_is_listed_with_its_reason() -> None:
    assert set(found()) == listed()
