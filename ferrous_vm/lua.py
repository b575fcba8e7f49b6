"""Lua 5.1 alone: no Redis, no sandbox, with `print`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, Final

from ferrous_vm import engines
from ferrous_vm.errors import Untranslatable
from ferrous_vm.limits import Limits
from ferrous_vm.stdlib import base, coroutine, math, string, table
from ferrous_vm.values.random import Drand48
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

_LIBRARIES: Final = (coroutine.LIBRARY, table.LIBRARY, string.LIBRARY, math.LIBRARY)
_GLOBALS: Final = LuaString(b"_G")
_INDEX: Final = LuaString(b"__index")


class Lua:
    """A Lua 5.1 state: its globals stay from one run to the next.

    What the translator cannot run, the machine runs: such chunks have globals of their own.
    """

    def __init__(
        self,
        engine: str = engines.DEFAULT,
        *,
        seed: int = 0,
        clock: Callable[[], float] | None = None,
        limits: Limits | None = None,
    ) -> None:
        """`seed` is that of `math.random`, `limits` those of each run. Its time is told by `clock`, monotonic and in
        seconds; by default what counts is the time that the run itself works.

        Without limits a run may take any time. Raises StateError if there is no such engine.
        """
        self.limits = Limits(seconds=None) if limits is None else limits
        if self.limits.instructions is not None:
            engine = engines.REFERENCE
        random = Drand48(seed)

        def create_runtime(name: str) -> Any:
            runtime = engines.create(name, write=_to_standard_output, random=random, clock=clock)
            _open_libraries(runtime)
            return runtime

        self._create_runtime = create_runtime
        self.runtime: Any = create_runtime(engine)
        self._reference: Any = self.runtime if engine == engines.REFERENCE else None

    def run(
        self, source: bytes, name: str | bytes = "=chunk", stdout: Callable[[bytes], object] | None = None
    ) -> list[Any]:
        """Runs a chunk and answers its results as Lua values.

        `name` is Lua's chunk name (``=name``, ``@file``); `print` writes bytes to `stdout`. Raises LuaSyntaxError,
        LuaError with its traceback, LimitExceeded; the state is usable again after each of them. Compiling has a
        time limit of its own, `Limits.compiling_seconds`.
        """
        with self.runtime.watchdog.limiting(self.limits.compiling_seconds):
            runtime, function = self._load(source, os.fsencode(name))
        runtime.write = stdout or _to_standard_output
        return list(runtime.run(function, (), self.limits))

    def _load(self, source: bytes, chunk_name: bytes) -> tuple[Any, Any]:
        """The main function of a chunk, and the runtime that runs it."""
        resolved = engines.resolve_source(source, chunk_name)
        try:
            return self.runtime, self.runtime.load_chunk(resolved)
        except Untranslatable:
            reference = self._reference = self._reference or self._create_runtime(engines.REFERENCE)
            return reference, reference.load_chunk(resolved)


def _to_standard_output(text: bytes) -> None:
    sys.stdout.write(text.decode("utf-8", "backslashreplace"))


def _open_libraries(runtime: Any) -> None:
    """As linit.c opens them, but without package, io, os and debug."""
    globals_ = runtime.globals
    globals_.put(_GLOBALS, globals_)
    for declared in base.LIBRARY.natives:
        globals_.put(LuaString(declared.name), runtime.bind(declared))
    for name, value in base.LIBRARY.constants.items():
        globals_.put(LuaString(name), value)
    for library in _LIBRARIES:
        opened = runtime.open(library)
        globals_.put(LuaString(library.name), opened)
        if library is string.LIBRARY:
            runtime.string_metatable = _table_with(_INDEX, opened)


def _table_with(key: LuaString, value: Any) -> Table:
    table_ = Table()
    table_.put(key, value)
    return table_
