"""What is imported while a script runs is no work of the script: the clock of a host stands still meanwhile.

The watchdog's own patrol sees by Python's frames that a module is being imported. A host that keeps the limit itself,
as the page does, is told when a script's time begins and ends (`tell_host`), and so it is told here.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, cast

from ferrous_vm.watchdog import pause_host, resume_host

if TYPE_CHECKING:
    from importlib.abc import Loader


class _Finder:
    """Asks all other finders. While nothing runs, or an import goes on already, it finds nothing, and they are asked
    as ever."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """What they find, to be loaded with the clock standing still. Raises what they raise."""
        if not pause_host():
            return None
        try:
            found = (finder.find_spec(name, path, target) for finder in sys.meta_path if finder is not self)
            spec = next((spec for spec in found if spec is not None), None)
        finally:
            resume_host()
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Loader", _Loader(spec.loader))
        return spec


class _Loader:
    """Another loader, whose modules run for the first time with the clock standing still."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def exec_module(self, module: ModuleType) -> None:
        """Loads the module, which then tells of its own loader. Raises what that raises."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        paused = pause_host()
        try:
            self._loader.exec_module(module)
        finally:
            if paused:
                resume_host()


_FINDER: Final[Any] = _Finder()


def leave_imports_out() -> None:
    """From now on no host counts them. May be said twice."""
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)
