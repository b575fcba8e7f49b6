"""What the documents promise of the tree: paths that exist, files with one job, one direction of imports."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "COMPATIBILITY.md"]
LONGEST_FILE = 600
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}

_PATH = re.compile(r"(?<![\w./-])(?:ferrous_vm|pyodide_bridge|web|tests|e2e|benchmarks|toolchain)/[\w./-]*[\w/]")


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_a_document_names_exists(document):
    named = _PATH.findall((ROOT / document).read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_invariant_names_its_test():
    text = (ROOT / "ARCHITECTURE.md").read_text().split("## Invariants")[1].split("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert rows
    assert [row for row in rows if not re.search(r"`(?:tests|e2e)/[\w/]+\.py`", row)] == []


def test_files_have_one_job():
    source = [path for path in tracked_files() if path.suffix in {".py", ".js", ".mjs", ".css"}]
    assert [path for path in source if len(path.read_bytes().splitlines()) > LONGEST_FILE] == []
    assert [path for path in source if path.stem in VAGUE_NAMES or path.stem.endswith(("_v2", "_fix"))] == []


def test_imports_point_one_way():
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed")
    checked = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
