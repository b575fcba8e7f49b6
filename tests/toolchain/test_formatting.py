"""The examples are as the page's editor formats them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORMATTER = ROOT / "node_modules" / "@johnnymorganz" / "stylua"
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(NODE is None or not FORMATTER.exists(), reason="needs node and what it installs"),
]


def unformatted(*files: Path) -> list[str]:
    """The names of the files that the formatter would change."""
    done = subprocess.run([str(NODE), "toolchain/format.mjs", *files], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    return [Path(line).name for line in done.stdout.splitlines()]


def test_the_examples_are_formatted() -> None:
    examples = sorted((ROOT / "web" / "examples").glob("*.lua"))
    assert len(examples) > 40
    assert unformatted(*examples) == []


def test_what_is_not_formatted_is_told(tmp_path: Path) -> None:
    path = tmp_path / "messy.lua"
    path.write_text('#!lua flags=no-writes\nif x then return "a" end\n')
    assert unformatted(path) == ["messy.lua"]
