"""The part of the Python test suite that runs once more inside Pyodide (see test_in_pyodide.mjs).

Left out is what a browser's Python cannot do: processes, sockets and threads.
"""

from __future__ import annotations

import os

import pytest

LEFT_OUT = ["tests/architecture", "tests/record", "tests/toolchain"]


def run(arguments: list[str]) -> int:
    """Run the suite; answer pytest's exit status."""
    os.chdir("/project")
    options = ["-p", "no:cacheprovider", "-p", "no:faulthandler", "--rootdir=/project", "-m", "not oracle and not host"]
    ignored = [f"--ignore={path}" for path in LEFT_OUT]
    return int(pytest.main([*options, *ignored, *(arguments or ["tests"])]))
