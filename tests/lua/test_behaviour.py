"""The scripts under scripts/ do what they say they do."""

import pytest

import ferrous_vm
from ferrous_vm.errors import LuaError
from ferrous_vm.limits import Limits
from tests.lua.behaviour import SCRIPTS, expectation, scripts


@pytest.mark.parametrize("path", scripts(), ids=lambda path: str(path.relative_to(SCRIPTS).with_suffix("")))
def test_script(engine, path):
    source = path.read_bytes()
    expected = expectation(source)
    if expected.engine not in (None, engine):
        pytest.skip(f"only on the {expected.engine}")
    assert expected.output or expected.error, "a script without expectations tests nothing"
    output: list[bytes] = []
    error = None
    try:
        ferrous_vm.Lua(engine, limits=Limits(seconds=60)).run(source, name="=script", stdout=output.append)
    except LuaError as raised:
        error = raised.value
    assert tuple(b"".join(output).split(b"\n")[:-1]) == expected.output
    assert error == expected.error
