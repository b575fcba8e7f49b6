"""The part of the Python test suite that runs once more inside Pyodide (see test_in_pyodide.mjs).

Left out are the tests marked `oracle` and `host`: a browser's Python has no processes, sockets and threads.
"""

from __future__ import annotations

import os

import pytest
import release_library

NO_TESTS_COLLECTED = 5
"""pytest's exit status when every test of a suite is left out."""

OF_THE_TERMINAL = (
    "tests/command_line",
    "tests/endpoint",
    "tests/pyodide_bridge/test_contract.py",
    "tests/scripting/test_command_line.py",
    "tests/scripting/test_rdb_files.py",
    "tests/scripting/test_script_files.py",
    "tests/workbench/test_embedded_scripts.py",
    "tests/workbench/test_file_keys.py",
)
"""Tests of what a release leaves out of the wheel (shrink.py's ONLY_IN_A_TERMINAL)."""


def run(arguments: list[str], release: str) -> int:
    """Run the suite, on the engine of a release if `release` is the directory of one; answer pytest's status."""
    os.chdir("/project")
    if release:
        release_library.use(release)
        if arguments and all(argument in OF_THE_TERMINAL for argument in arguments):
            return 0  # pytest would collect what it is asked for by name, whatever it is to ignore
        # The plugin of scenarios is one of the terminal too; its name stands beside the tests.
        arguments = [*arguments, "-p", "no:ferrous", *(f"--ignore={path}" for path in OF_THE_TERMINAL)]
    options = ["-p", "no:cacheprovider", "-p", "no:faulthandler", "--rootdir=/project", "-m", "not oracle and not host"]
    status = int(pytest.main([*options, *arguments]))
    return 0 if status == NO_TESTS_COLLECTED else status
