"""Files that the command line was given."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

OF_OTHERS: Final = frozenset(
    ("node_modules", "bower_components", "vendor", "third_party", "site-packages", ".git", ".venv", "venv", ".tox")
)
"""Folders that hold what others wrote, as tools put it into a project: below a folder that was named they are passed
over."""


class Refused(Exception):
    """The command line asks for something that cannot be done; the message is for the user."""


def read(path: Path) -> bytes:
    """The bytes of a file. Raises Refused if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None


def scripts_in(paths: list[Path], *suffixes: str) -> list[Path]:
    """The files named, and for each folder the Lua files anywhere in it, or those with one of the suffixes."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        found += files_below(path, suffixes or (".lua",))
    return found


def files_below(folder: Path, suffixes: Iterable[str]) -> list[Path]:
    """The files with one of these endings anywhere in a folder, but for what others wrote, sorted; one ending after the
    other."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in OF_OTHERS]
        found += (Path(place, name) for name in names)
    return [path for suffix in suffixes for path in sorted(found) if path.name.endswith(suffix) and path.is_file()]


def check_writable(path: Path) -> None:
    """Refuses a file that `write` could not write later; one that is there stays as it is. Raises Refused."""
    try:
        path.open("ab").close()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None


def write(path: Path, text: str) -> None:
    """Writes a file. Raises Refused if that is impossible."""
    try:
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
