"""`ferrous run --profile`."""

from __future__ import annotations

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
    assert "    10        1             2         0  if #t > 10 then  -- one way only" in printed.err
    assert "    11        0             0         0  redis.call('DEL', 'k')  -- never executed" in printed.err
    assert "       5 times SET" in printed.err
