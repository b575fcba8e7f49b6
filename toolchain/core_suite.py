"""The part of the Python test suite that runs once more inside Pyodide (see test_in_pyodide.mjs).

Left out are the tests marked `oracle` and `host`: a browser's Python has no processes, sockets and threads.
"""

from __future__ import annotations

import os

import pytest

NO_TESTS_COLLECTED = 5
"""pytest's exit status when every test of a suite is left out."""


def run(arguments: list[str]) -> int:
    """Run the suite; answer pytest's exit status."""
    os.chdir("/project")
    options = ["-p", "no:cacheprovider", "-p", "no:faulthandler", "--rootdir=/project", "-m", "not oracle and not host"]
    status = int(pytest.main([*options, *arguments]))
    return 0 if status == NO_TESTS_COLLECTED else status
