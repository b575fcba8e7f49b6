"""What the functions of Lua's and Redis's libraries answer, where that does not hang on what they are called with."""

from __future__ import annotations

from typing import Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.values import COUNTED, TEXT, Value

RESULTS: Final[dict[bytes, Value]] = {
    **dict.fromkeys(
        b"math.abs math.ceil math.floor math.max math.min math.fmod math.modf math.pow math.deg math.rad math.ldexp "
        b"math.frexp math.log10 string.len string.byte table.getn table.maxn struct.size bit.tobit bit.bnot bit.band "
        b"bit.bor bit.bxor bit.lshift bit.rshift bit.arshift bit.rol bit.ror bit.bswap".split(),
        COUNTED,
    ),
    **dict.fromkeys(
        b"math.sqrt math.exp math.log math.sin math.cos math.tan math.asin math.acos math.atan math.atan2 math.sinh "
        b"math.cosh math.tanh".split(),
        Value(lua_types.NUMBER, fractional=True),
    ),
    **dict.fromkeys(
        b"tostring type string.format string.rep string.sub string.upper string.lower string.reverse string.gsub "
        b"string.char table.concat cjson.encode cmsgpack.pack struct.pack redis.sha1hex bit.tohex".split(),
        TEXT,
    ),
    b"tonumber": Value(lua_types.NUMBER | lua_types.NIL),
    b"redis.error_reply": Value(lua_types.TABLE),
    b"redis.status_reply": Value(lua_types.TABLE),
    b"loadstring": Value(lua_types.FUNCTION | lua_types.NIL),
}
"""What functions of the libraries return first."""

PASS_ON: Final = frozenset(
    b"tostring tonumber string.upper string.lower string.sub string.reverse math.abs math.ceil math.floor".split()
)
"""Functions whose result comes from where their first argument does."""

COMPOSE: Final = frozenset(
    b"string.format table.concat string.rep string.gsub cjson.encode math.max math.min math.fmod math.modf math.pow "
    b"cmsgpack.pack struct.pack redis.sha1hex bit.tohex bit.tobit bit.bnot bit.band bit.bor bit.bxor bit.lshift "
    b"bit.rshift bit.arshift".split()
)
"""Functions whose result is made of their arguments."""

DECODERS: Final = frozenset(b"cjson.decode cmsgpack.unpack cmsgpack.unpack_one struct.unpack".split())
"""Functions that make values of the bytes they are given."""

SEVERAL: Final = frozenset(
    b"string.byte string.gsub string.find string.match math.modf math.frexp cmsgpack.unpack cmsgpack.unpack_one "
    b"struct.unpack loadstring".split()
)
"""Functions that may return more than one value."""
