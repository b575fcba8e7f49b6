"""A quick part of the differential test; `make oracle` runs all of it."""

import pytest

from ferrous_vm.engines import ENGINES
from tests.oracle.differential import LUA, differences, report

PROGRAMS = 200

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.host,
    pytest.mark.skipif(LUA is None, reason="there is no lua5.1 to compare with"),
]


def test_generated_programs_print_what_lua_prints():
    different = differences(sorted(ENGINES), range(PROGRAMS))
    assert not different, report(*different[0])
