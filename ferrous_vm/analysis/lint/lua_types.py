"""Sets of Lua types as bits, true and false apart: what a value can be."""

from __future__ import annotations

from typing import Final

NIL: Final = 1
FALSE: Final = 2
TRUE: Final = 4
NUMBER: Final = 8
STRING: Final = 16
TABLE: Final = 32
FUNCTION: Final = 64
USERDATA: Final = 128
"""In a script only cjson.null, which is what JSON's null becomes."""
ANY: Final = 255

BOOLEAN: Final = FALSE | TRUE
FALSY: Final = NIL | FALSE
TRUTHY: Final = ANY & ~FALSY
