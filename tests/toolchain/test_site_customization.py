"""What the page's Python reads of an archive is what zipimport reads."""

from __future__ import annotations

import runpy
import zipfile
import zipimport
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.host

MODULE = Path(__file__).parents[2] / "toolchain" / "sitecustomize.py"


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_modules_are_read_as_zipimport_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: int
) -> None:
    plain: Any = zipimport._get_data  # type: ignore[attr-defined]
    monkeypatch.setattr(zipimport, "_get_data", plain)
    archive = tmp_path / "modules.zip"
    with zipfile.ZipFile(archive, "w", compression) as files:
        files.writestr("empty.py", "")
        files.writestr("package/__init__.py", "answer = 42\n" * 100)
        entry = zipfile.ZipInfo("package/data.txt")
        entry.extra = b"\x01\x00\x04\x00more"
        files.writestr(entry, b"\x00\xff", compression)
    quick = runpy.run_path(str(MODULE))["get_data"]
    entries = zipimport.zipimporter(str(archive))._files  # type: ignore[attr-defined]
    read = {name: quick(str(archive), entry) for name, entry in entries.items() if not name.endswith("/")}
    assert read == {name: plain(str(archive), entry) for name, entry in entries.items() if not name.endswith("/")}
    assert read["package/data.txt"] == b"\x00\xff"
