"""`os`, of which scripts have `os.clock` only (loslib.c; Redis 7.4, Valkey 8.0)."""

from __future__ import annotations

import time
from typing import Any, Final

from ferrous_vm.values.natives import Library, Native


def clock(*_: Any) -> float:
    """os.clock(): the seconds of processor time that were used."""
    return time.process_time()


LIBRARY: Final = Library(b"os", (Native(b"clock", clock, False, True),), {})
