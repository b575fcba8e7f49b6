"""The second part of the engine: what the page's first reply does not need stands in an archive of its own.

toolchain/parts.py divides the engine. The worker brings the archive when the page is at rest; what is needed sooner, a
command or the linter, is fetched at that moment. Where the engine is in one piece nothing of this is used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from zipimport import ZipImportError, zipimporter

from ferrous_vm.errors import PartMissing

PACKAGES = ("ferrous_vm", "pyodide_bridge")


MISSING = "A part of Ferrous could not be fetched ({}). Is there a network? Try again."


class Later:
    """Finds in `archive` what the first part does not have. `fetch` puts it there, and raises when it cannot."""

    def __init__(self, archive: str, fetch: Callable[[], object]) -> None:
        self.archive = archive
        self.fetch = fetch

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where the module `name` is, if it is one of ours. Raises PartMissing."""
        package, _, _ = name.rpartition(".")
        if not package or name.partition(".")[0] not in PACKAGES:
            return None
        try:
            self.fetch()
            return zipimporter(f"{self.archive}/{package.replace('.', '/')}").find_spec(name)
        except ZipImportError:
            return None
        except Exception as error:
            raise PartMissing(MISSING.format(error)) from None


def use(archive: str, fetch: Callable[[], object]) -> None:
    """Look in `archive` for what is not found otherwise, and nowhere else any more."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Later)]
    sys.meta_path.append(Later(archive, fetch))
