"""The first so many of something, where a client says how many.

Clients may say 2^63 - 1. `itertools.islice` takes what a C `ssize_t` holds, which in the browser (32 bits) is less.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def at_most(items: Iterable[Item], count: int | None) -> Iterator[Item]:
    """At most `count` of the items, all of them for None. `count` is not negative."""
    return islice(items, None if count is None else min(count, sys.maxsize))
