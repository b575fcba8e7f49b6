"""`ferrous run --profile`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ferrous_vm.__main__ import OK, main
from tests.workbench.test_profiling import SCRIPT


def test_run_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "s.lua"
    script.write_text(SCRIPT)
    assert main(["run", str(script), "--profile"]) == OK
    printed = capsys.readouterr()
    assert printed.out.startswith('1) "a1"')
    told = [re.sub(r" +\d+\.\d{3}", " MS", line) for line in printed.err.splitlines()]
    assert "    10        1             2         0 MS  if #t > 10 then  -- one way only" in told
    assert "    11        0             0         0 MS  redis.call('DEL', 'k')  -- never executed" in told
    assert "       5 times SET, MS ms" in told
