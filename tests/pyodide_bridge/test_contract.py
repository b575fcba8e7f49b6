"""The declarations the page is checked against are those of the contract."""

from __future__ import annotations

from pathlib import Path

from pyodide_bridge import declarations

DECLARATIONS = Path(__file__).parents[2] / "web" / "src" / "contract.d.ts"


def test_declarations_are_fresh() -> None:
    assert DECLARATIONS.read_text(encoding="utf-8") == declarations.declarations(), "run `make contract`"
