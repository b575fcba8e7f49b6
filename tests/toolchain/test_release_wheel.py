"""The wheel of a release: the engine's with the page in it, the same bytes wherever and whenever it was made."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.util
import os
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.host

TOOL = Path(__file__).parents[2] / "toolchain" / "release_wheel.py"
NAME = "ferrous_vm-1.0-py3-none-any.whl"
RECORD = "ferrous_vm-1.0.dist-info/RECORD"
SECONDS = 1_700_000_000


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location(TOOL.stem, TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made_in(folder: Path, *, mode: int, age: int, backwards: bool) -> tuple[Path, Path]:
    """A wheel of an engine and a page, as another machine at another time would make them."""
    page = folder / "page"
    (page / "assets").mkdir(parents=True)
    (page / "installer-0123456789ab").mkdir()
    contents = {
        "index.html": "<p>page",
        "assets/app.js": "1",
        "assets/app.js.map": "{}",
        "assets/app.js.br": "small",
        "installer-0123456789ab/micropip.whl": "PK",
    }
    for name in sorted(contents, reverse=backwards):
        (page / name).write_text(contents[name])
        (page / name).chmod(mode)
        os.utime(page / name, (SECONDS - age, SECONDS - age))
    wheel = folder / NAME
    files = {"ferrous_vm/__init__.py": "", "ferrous_vm/a.py": "x = 1\n", RECORD: "of the engine"}
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in sorted(files, reverse=backwards):
            entry = zipfile.ZipInfo(name, (1990 + age % 30, 1, 1, 0, 0, 0))
            entry.external_attr = mode << 16
            archive.writestr(entry, files[name])
    return wheel, page


def test_the_same_files_are_the_same_bytes_whenever_and_wherever_they_were_made(
    tool: ModuleType, tmp_path: Path
) -> None:
    one = tool.release_wheel(*made_in(tmp_path / "a", mode=0o644, age=5, backwards=False), tmp_path / "one", SECONDS)
    other = tool.release_wheel(*made_in(tmp_path / "b", mode=0o755, age=9, backwards=True), tmp_path / "two", SECONDS)
    assert one.read_bytes() == other.read_bytes()


def test_it_has_the_page_without_what_fetches_other_engines_and_a_record_of_all(
    tool: ModuleType, tmp_path: Path
) -> None:
    wheel = tool.release_wheel(*made_in(tmp_path / "a", mode=0o644, age=0, backwards=False), tmp_path / "one", SECONDS)
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        times = {entry.date_time for entry in archive.infolist()}
    assert list(files) == [
        RECORD,
        "ferrous_vm/__init__.py",
        "ferrous_vm/a.py",
        "ferrous_vm/page/assets/app.js",
        "ferrous_vm/page/index.html",
    ]
    assert len(times) == 1
    recorded = {name: (digest, size) for name, digest, size in csv.reader(files[RECORD].decode().splitlines())}
    assert recorded.keys() == files.keys()
    assert recorded.pop(RECORD) == ("", "")
    for name, (digest, size) in recorded.items():
        sum_ = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).rstrip(b"=").decode()
        assert (digest, int(size)) == (f"sha256={sum_}", len(files[name]))


def test_a_folder_without_a_page_is_refused(tool: ModuleType, tmp_path: Path) -> None:
    wheel, page = made_in(tmp_path, mode=0o644, age=0, backwards=False)
    (page / "index.html").unlink()
    with pytest.raises(ValueError, match="no page"):
        tool.release_wheel(wheel, page, tmp_path / "one", SECONDS)
