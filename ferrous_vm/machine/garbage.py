"""What Python's search for garbage passes over while a recording is held.

A recording is a million small objects, none of which is garbage before it is ended. A search that comes upon them, by
chance after any move, took longer than the move.
"""

from __future__ import annotations

import gc


class Spared:
    """All that there was when `spare` was last called, until `end`. Both may be interrupted, and called again."""

    def __init__(self) -> None:
        self._is_used = False

    def prepare(self) -> None:
        """Before much is made that will be spared: looks for what became garbage since the last time, which would be
        spared with it. That is little to look through."""
        if self._is_used:
            gc.collect()

    def spare(self) -> None:
        """From now on what there is now is not searched."""
        self._is_used = True
        gc.freeze()

    def end(self) -> None:
        """All is searched again. Of another recording that is held, until it spares anew."""
        if self._is_used:
            gc.unfreeze()
            self._is_used = False
