"""Every limit of the two engines, each number with its reason."""

from __future__ import annotations

from ferrous_vm.records import Record

LUA_CALL_DEPTH = 20_000
"""Nested Lua calls (`LUAI_MAXCALLS`, luaconf.h): one more is "stack overflow"."""

C_CALL_DEPTH = 200
"""Nested C boundaries: pcall, metamethods, sort, gsub, the parser (`LUAI_MAXCCALLS`): one more is "C stack overflow".
It is also the depth the browser's stack survives under Pyodide, where 300 nested Python-through-C calls are fatal."""

C_CALL_DEPTH_IN_HANDLERS = C_CALL_DEPTH + C_CALL_DEPTH // 8
"""The same for what was resumed, or handles an error, at the limit (`luaD_call`)."""

STACK_SLOTS = 8_000
"""Values one function may have on its stack (`LUAI_MAXCSTACK`): `unpack` of more is "too many results to unpack"."""

SYNTAX_DEPTH = 200
"""Nested syntax levels (`LUAI_MAXCCALLS`): "chunk has too many syntax levels"."""

LOCAL_VARIABLES = 200
"""Local variables active in one function (`LUAI_MAXVARS`)."""

DECLARED_LOCALS = 32_767
"""Local variables of one function, in scope together or not (`SHRT_MAX`): one more is "too many local variables"."""

UPVALUES = 60
"""Upvalues of one function (`LUAI_MAXUPVALUES`)."""

REGISTERS = 250
"""Registers of one function (`MAXSTACK`): one more is "function or expression too complex"."""

PATTERN_CAPTURES = 32
"""Captures in one pattern (`LUA_MAXCAPTURES`)."""

CHUNK_NAME_LENGTH = 60
"""Bytes of a chunk name shown in messages, with its terminator (`LUA_IDSIZE`)."""


LEAST_COMPILING_SECONDS = 1.0
"""A run may be shorter."""


class Limits(Record):
    """What one run may use. None means unlimited.

    `instructions`: machine instructions. `seconds`: wall-clock time of one run, as the injected monotonic clock
    measures it; at an endpoint that until others are told BUSY. `memory`: bytes by the heap's own accounting on the
    machine, of the process on the translator. `string_size`: bytes of one Lua string.
    """

    instructions: int | None = None
    seconds: float | None = 5.0
    memory: int | None = 512 * 1024 * 1024
    string_size: int = 512 * 1024 * 1024

    @property
    def compiling_seconds(self) -> float | None:
        """Wall-clock time in which a chunk must be compiled: that of a run, but enough to import a compiler first."""
        return None if self.seconds is None else max(self.seconds, LEAST_COMPILING_SECONDS)
