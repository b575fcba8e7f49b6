"""The randomness of `math.random`: the generator of Redis's Lua, on every platform and for Lua alone too."""

from __future__ import annotations

from typing import Final

RAND_MAX: Final = 0x7FFFFFFF


class Drand48:
    """The 48-bit linear congruential generator of Redis's Lua (Redis rand.c: redisLrand48, redisSrand48).

    Same seed, same numbers, on every platform. The first state is the one Redis starts with.
    """

    __slots__ = ("state",)

    _MULTIPLIER: Final = 0x5DEECE66D
    _INCREMENT: Final = 0xB
    _LOW_WORD: Final = 0x330E

    def __init__(self, seed: int = 0) -> None:
        self.seed(seed)

    def seed(self, seed: int) -> None:
        """Starts anew; the low 32 bits of `seed` count."""
        self.state = ((seed & 0xFFFFFFFF) << 16) | self._LOW_WORD

    def next(self) -> int:
        """The next integer, 0 to 2^31-1 (`lrand48`)."""
        self.state = (self.state * self._MULTIPLIER + self._INCREMENT) & 0xFFFFFFFFFFFF
        return self.state >> 17
