"""Divides the engine's wheel: what the page's first reply needs, and what may come later; runs inside Pyodide.

What the first reply needs is not written down: the first example is run, and what was imported for it is the first
part. The second is an archive of its own that the page fetches when it is at rest, or when something in it is asked
for (pyodide_bridge/later.py).
"""

from __future__ import annotations

import json
import sys
import zipfile
from importlib import import_module
from pathlib import Path

from archives import EPOCH, module_of

ENGINE = ("ferrous_vm", "pyodide_bridge")


def divide(wheel: Path, later: Path, example: Path) -> None:
    """Move the files of `wheel` that a run of `example` does not need into the archive `later`."""
    with zipfile.ZipFile(wheel) as whole:
        files = {name: whole.read(name) for name in sorted(whole.namelist())}
    needed = modules_for(example)
    first = {name for name in files if owner(name, files) in needed or ".dist-info/" in name}
    for archive, names in ((wheel, first), (later, files.keys() - first)):
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
            for name in sorted(names):
                target.writestr(zipfile.ZipInfo(name, EPOCH), files[name])


def owner(name: str, files: dict[str, bytes]) -> str:
    """The module a file of the wheel is, or the package whose data it is."""
    return module_of(name) if name.endswith(".py") else name.rpartition("/")[0].replace("/", ".")


def modules_for(example: Path) -> frozenset[str]:
    """The engine's modules that are imported until `example` has answered. Raises ValueError when it does not run."""
    from pyodide_bridge import handle

    import_module("pyodide_bridge.later")  # What finds the second part stands in the first.
    about = json.loads(example.read_bytes())
    run = {
        "type": "Run",
        "script": example.with_suffix(".lua").read_text("utf-8"),
        "keys": about["keys"],
        "argv": about["argv"],
        "fixture": "\n".join(about["fixture"]),
    }
    for request in ({"type": "Hello"}, run):
        answer = json.loads(handle(json.dumps(request)))
    if answer.get("outcome") != "ok":
        raise ValueError(f"{example} does not run: {answer}")
    return frozenset(name for name in sys.modules if name.partition(".")[0] in ENGINE)
