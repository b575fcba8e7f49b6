"""The tests of a work as a file for pytest. They run on Ferrous itself, with its clock and its random choices."""

from __future__ import annotations

from ferrous_vm.records import fields_of
from ferrous_vm.workbench.exports import python
from ferrous_vm.workbench.exports.call import NamedCall, Unavailable, readable
from ferrous_vm.workbench.records.exporting import ExportedTest


def write_pytest(call: NamedCall) -> str:
    """The whole file. Raises Unavailable when there is no test."""
    if not call.tests:
        raise Unavailable("The work has no tests: record one, or write it in the tab Tests.")
    tests = "".join(map(_test, call.tests))
    return f"""# Tests of {call.name!r}, exported from Ferrous.
import pytest
from ferrous_vm.workbench.testing import RunTest, assert_passes

SCRIPT = {_text(call.script.decode("utf-8", "surrogatepass"))}

TESTS = [{tests}
]


@pytest.mark.parametrize("test", TESTS)
def test_{call.snake_name}(test):
    assert_passes(test, server={call.profile.name!r})
"""


def _test(test: ExportedTest) -> str:
    """A row of TESTS: what stands for itself is left out."""
    given = fields_of(test)
    given.pop("name")
    left_out = {name: value for name, value in ExportedTest.__defaults__.items() if given[name] == value}
    fields = "".join(f"\n            {name}={_literal(given[name])}," for name in given if name not in left_out)
    return f"""
    pytest.param(
        RunTest(
            script=SCRIPT,{fields}
        ),
        id={test.name!r},
    ),"""


def _literal(value: object) -> str:
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str) -> str:
    """A string that keeps its lines where it can."""
    encoded = text.encode("utf-8", "surrogatepass")
    return python.script_literal(encoded) if readable(encoded) is not None and "\n" in text else repr(text)
