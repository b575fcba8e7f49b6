"""The page's declarations are those of the contract, and every request has its row and its handler."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyodide_bridge import contract, declarations
from pyodide_bridge.bridge import HANDLERS

DECLARATIONS = Path(__file__).parents[2] / "web" / "src" / "contract.d.ts"


def test_declarations_are_fresh() -> None:
    assert DECLARATIONS.read_text(encoding="utf-8") == declarations.declarations(), "run `make contract`"


def test_every_request_names_the_module_it_stands_in() -> None:
    found = {
        request.__name__: module.__name__
        for module in declarations.contract_modules()
        for request in getattr(module, "ANSWERS", {})
    }
    assert found == contract.REQUESTS


@pytest.mark.parametrize("name", contract.REQUESTS)
def test_every_request_has_a_handler(name: str) -> None:
    assert callable(HANDLERS[name].load())
