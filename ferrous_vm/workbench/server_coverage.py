"""Which lines and branches were executed of all scripts and libraries that servers are sent, whoever calls them.

A server that is watched runs its scripts on the machine, which counts what it executes: once, in the call itself, so
what a script sees and does is the same. Nobody pays who does not watch.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final
from weakref import WeakKeyDictionary

from ferrous_vm import engines
from ferrous_vm.analysis.scopes import ResolvedChunk
from ferrous_vm.bytecode.module import CompiledModule, Prototype
from ferrous_vm.machine.executed import Executed
from ferrous_vm.scripting import library_loading
from ferrous_vm.scripting.host import FUNCTION_CHUNK, SCRIPT_CHUNK
from ferrous_vm.server import Server
from ferrous_vm.workbench.coverage import Coverage
from ferrous_vm.workbench.profiling import Counts, target_of, with_inner

Name = tuple[bytes, bool]
"""The text that was compiled, and whether it is that of a library."""

Totals = list[tuple[str, bool, list[tuple[int, int, int]], list[tuple[int, int, int]]]]
"""What one process hands to another: of each script its text as Latin-1, whether it is a library, and how often each
instruction of each function was executed, and each conditional jump jumped."""


class ServerCoverage:
    """What was executed on all servers that are watched, by the text that was compiled: that without its shebang."""

    def __init__(self) -> None:
        self._executed: Final = Executed(target_of)
        self._modules: Final[dict[Name, CompiledModule]] = {}
        """What each text was compiled to, once for all servers: the counts name its functions."""
        self._former: Final[WeakKeyDictionary[Server, tuple[Any, tuple[str, ...]]]] = WeakKeyDictionary()

    def watch(self, server: Server) -> None:
        """From now on what its scripts do is counted, in calls of those that are loaded already too."""
        if server in self._former:
            return
        host = server.scripting
        create = host.create_runtime
        self._former[server] = (create, host.engines)

        def create_counting(name: str) -> Any:
            runtime = create(name)
            runtime.compile_chunk = self._compiled
            runtime.profile = self._executed
            return runtime

        host.create_runtime = create_counting
        host.engines = (engines.REFERENCE,)
        library_loading.load_again(host)

    def leave(self, server: Server) -> None:
        """From now on nothing of it is counted; what was stays."""
        former = self._former.pop(server, None)
        if former is not None:
            server.scripting.create_runtime, server.scripting.engines = former
            library_loading.load_again(server.scripting)

    def watches(self, server: Server) -> bool:
        """Whether what its scripts do is counted."""
        return server in self._former

    def forget(self) -> None:
        """Nothing was executed yet."""
        self._executed.executed.clear()
        self._executed.jumped.clear()

    def _compiled(self, resolved: ResolvedChunk) -> CompiledModule:
        """The code of a chunk. What a script itself loads is no script, and not counted. Raises LuaSyntaxError."""
        name = (resolved.chunk.source, resolved.chunk.chunk_name == FUNCTION_CHUNK)
        if resolved.chunk.chunk_name not in (SCRIPT_CHUNK, FUNCTION_CHUNK):
            return engines.compile_resolved(resolved)
        module = self._modules.get(name)
        if module is None:
            module = self._modules[name] = engines.compile_resolved(resolved)
            for number, prototype in enumerate(_functions(name, module)):
                self._executed.known[id(prototype)] = (name, number)
        return module

    def scripts(self) -> dict[bytes, Coverage]:
        """What was executed of each text that was loaded."""
        by_name: dict[Name, tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]] = {}
        for at, counter in enumerate((self._executed.executed, self._executed.jumped)):
            for ((name, number), pc), count in counter.items():
                by_name.setdefault(name, (Counter(), Counter()))[at][number, pc] += count
        found = {}
        for name, module in self._modules.items():
            executed, jumped = by_name.get(name, (Counter(), Counter()))
            found[name[0]] = coverage = Coverage()
            coverage.add(Counts(executed, jumped, _functions(name, module)))
        return found

    def totals(self) -> Totals:
        """All of it, for another process."""
        told: dict[Name, Any] = {name: ([], []) for name in self._modules}
        for at, counter in enumerate((self._executed.executed, self._executed.jumped)):
            for ((name, number), pc), count in counter.items():
                told[name][at].append((number, pc, count))
        return [(source.decode("latin-1"), library, *both) for (source, library), both in told.items()]

    def add(self, totals: Totals) -> None:
        """What was executed in another process."""
        for text, is_library, executed, jumped in totals:
            name = (text.encode("latin-1"), is_library)
            self._compiled(engines.resolve_source(name[0], FUNCTION_CHUNK if is_library else SCRIPT_CHUNK))
            for counter, counts in ((self._executed.executed, executed), (self._executed.jumped, jumped)):
                for number, pc, count in counts:
                    counter[(name, number), pc] += count


def _functions(name: Name, module: CompiledModule) -> list[Prototype]:
    """The main function and all inside it; of a library those inside, for it runs when that is loaded."""
    return list(with_inner(module.main))[name[1] :]
