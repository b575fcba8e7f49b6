"""Byte-compiles the standard library and the wheels of the page, and writes Pyodide's lock file.

Runs inside Pyodide (see pack.mjs), so that the byte code is that of the Python in the browser and the host needs no
Python newer than 3.11. pyodide-build and pyodide-lock do the work. Byte code instead of sources halves the time from
navigation to the first reply; the order matters, because the lock takes no byte-compiled wheel.
"""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

import parts
import shrink

OUT = Path("/out")
NPM = Path("/npm")
TOOLS = Path("/tools")

FIRST_EXAMPLE = min(Path("/examples").glob("*.json"))
"""What the page shows who comes for the first time."""

SITE_CUSTOMIZATION = Path(__file__).with_name("sitecustomize.py")

LATER = "later.zip"
"""The engine's second part."""

STORED = 0
"""A zip without compression: Python imports from it as it is, and what serves it compresses the whole, and better."""


def pack(what: str) -> None:
    """Pack one of the four things below; anything else is an error of the caller."""
    sys.path[:0] = sorted(str(wheel) for wheel in TOOLS.glob("*.whl"))
    {
        "stdlib": pack_standard_library,
        "wheels": pack_wheels,
        "release-stdlib": pack_small_standard_library,
        "release-wheels": pack_small_wheels,
    }[what]()


def pack_standard_library() -> None:
    """Copy python_stdlib.zip of the npm package and replace its sources by byte code."""
    from pyodide_build._py_compile import _py_compile_archive

    _py_compile_archive(copy_standard_library(), keep=False, verbose=False, compression_level=STORED)


def pack_small_standard_library() -> None:
    """Copy python_stdlib.zip of the npm package and keep the byte code of what a release needs."""
    shrink.shrink_standard_library(copy_standard_library())


def copy_standard_library() -> Path:
    """The standard library as Pyodide ships it, with what Python is to do first, where it may be changed."""
    library = Path(shutil.copy(NPM / "python_stdlib.zip", OUT))
    with zipfile.ZipFile(library, "a") as archive:
        archive.write(SITE_CUSTOMIZATION, SITE_CUSTOMIZATION.name)
    return library


def pack_wheels() -> None:
    """Divide the engine, lock the wheels in the directory, and byte-compile all; that renames them in the lock too."""
    from pyodide_build._py_compile import _py_compile_archive, _py_compile_archive_dir

    later = divide_engine()
    lock_wheels()
    _py_compile_archive_dir(OUT, keep=False, verbose=False, compression_level=STORED)
    _py_compile_archive(later, keep=False, verbose=False, compression_level=STORED)


def pack_small_wheels() -> None:
    """Divide the engine, keep what the page needs of both parts and of the other wheels, and write a lock."""
    shrink.shrink_later(divide_engine())
    for wheel in OUT.glob("*.whl"):
        shrink.shrink_wheel(wheel)
    lock_wheels()


def divide_engine() -> Path:
    """Take out of the engine's wheel what may come later; answer the archive that holds it."""
    wheels = sorted(OUT.glob("*.whl"))
    sys.path[:0] = map(str, wheels)
    later = OUT / LATER
    parts.divide(next(wheel for wheel in wheels if wheel.name.startswith("ferrous_vm-")), later, FIRST_EXAMPLE)
    return later


def lock_wheels() -> None:
    """Write a lock of the wheels in the directory."""
    from pyodide_lock import PyodideLockSpec
    from pyodide_lock.utils import add_wheels_to_spec

    lock = PyodideLockSpec.from_json(NPM / "pyodide-lock.json")
    lock.packages.clear()
    add_wheels_to_spec(lock, sorted(OUT.glob("*.whl"))).to_json(OUT / "pyodide-lock.json", indent=1)
