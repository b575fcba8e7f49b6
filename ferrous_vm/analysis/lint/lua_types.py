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
ANY: Final = 127

BOOLEAN: Final = FALSE | TRUE
FALSY: Final = NIL | FALSE
TRUTHY: Final = ANY & ~FALSY
