"""The engines: front end and execution joined. The engines themselves know no compiler.

The machine and its compiler are imported when they are first asked for: most runs are the translator's.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ferrous_vm.analysis.scopes import ResolvedChunk, resolve
from ferrous_vm.errors import StateError
from ferrous_vm.syntax.parser import parse
from ferrous_vm.translator.runtime import TranslatorRuntime

if TYPE_CHECKING:
    from ferrous_vm.bytecode.module import CompiledModule
    from ferrous_vm.machine.runtime import MachineRuntime


def resolve_source(source: bytes, chunk_name: bytes, depth: int = 0) -> ResolvedChunk:
    """Source to resolved tree, which both engines load; `depth` as for `parse`. Raises LuaSyntaxError."""
    return resolve(parse(source, chunk_name, depth))


def compile_resolved(resolved: ResolvedChunk) -> CompiledModule:
    """Resolved tree to code for the machine. Raises LuaSyntaxError where Lua's compiler meets a limit of its own."""
    from ferrous_vm.compiler import compile_chunk

    return compile_chunk(resolved)


MayInterrupt: TypeAlias = Callable[[FrameType | None], bool]


def _machine() -> type[MachineRuntime]:
    from ferrous_vm.machine.runtime import MachineRuntime

    return MachineRuntime


def _translator() -> type[TranslatorRuntime]:
    return TranslatorRuntime


ENGINES: Final[dict[str, Callable[[], Callable[..., Any]]]] = {"machine": _machine, "translator": _translator}
"""What answers the class of every engine, by its name."""


DEFAULT: Final = "translator"
"""The engine of whoever does not choose one."""

REFERENCE: Final = "machine"
"""The engine that runs everything: what the translator cannot (`Untranslatable`), and runs that count instructions."""


def require(name: str) -> None:
    """Raises StateError if there is no engine of that name."""
    if name not in ENGINES:
        raise StateError(f"engine {name!r}", f"one of {', '.join(ENGINES)}")


def anywhere(frame: FrameType | None) -> bool:
    """A run may end wherever Python stands: there is nothing it could leave half done."""
    return True


def create(
    name: str,
    *,
    write: Callable[[bytes], object],
    random: Any,
    clock: Callable[[], float] | None = None,
    may_interrupt: MayInterrupt = anywhere,
) -> Any:
    """An engine: a `values.natives.Runtime` that can `run`. No library is open in it yet.

    `write` is where `print` writes, `random` the source of `math.random`. `clock` is a monotonic clock in seconds that
    only the time limit reads; by default what counts is the time that a run itself works.
    `may_interrupt(frame)` says whether a limit may end a run while Python is at work in `frame`. Raises StateError if
    there is no engine of that name.
    """
    require(name)
    return ENGINES[name]()(
        resolve=resolve_source,
        compile_chunk=compile_resolved,
        write=write,
        random=random,
        clock=clock,
        may_interrupt=may_interrupt,
    )
