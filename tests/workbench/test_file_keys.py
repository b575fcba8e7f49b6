"""The keys that the scripts of a file name, at lines of the file."""

from __future__ import annotations

import pytest

from ferrous_vm.workbench import file_keys


def test_scripts_in_a_program_are_told_at_its_lines() -> None:
    pytest.importorskip("tree_sitter_python")
    program = b"import redis\n\nS = '''\nlocal k = KEYS[1]\nreturn redis.call('GET', k)\n'''\nT = 'no script'\n"
    (told,) = file_keys.in_file("a.py", program)
    assert [(one.text, one.means, one.lines) for one in told.keys] == [("k", "KEYS[1]", [5])]
    (told,) = file_keys.in_file("a.lua", b"return redis.call('GET', '\xff')")
    assert told.keys[0].sources == ["literal"]
