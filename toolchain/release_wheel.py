"""The wheel of a release: the engine's own wheel, and in it the page, which `ferrous` opens without a network:

    SOURCE_DATE_EPOCH=<seconds> python toolchain/release_wheel.py <wheel of the engine> <built page> <folder>

Its bytes hang on the files alone: entries are sorted, of one time and one mode, however and wherever they were made.
The page within it was built of the engine's wheel as it is without a page. What installs other versions of the engine
stays out (web/src/worker/other_engine.js): it is half of the site, and who has pip has another way.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import sys
import time
import zipfile
from pathlib import Path

PAGE = "ferrous_vm/page/"
"""Where `ferrous` looks for it (ferrous_vm/command_line/page.py)."""

INSTALLER = "installer-"
LEFT_OUT = (".br", ".gz", ".map")
"""A wheel is compressed itself, and on loopback the page needs no smaller files."""

MODE = 0o100644
FIRST_TIME = 315_532_800
"""Seconds of Unix time where the times of zip files begin: 1980."""


def release_wheel(plain: Path, page: Path, folder: Path, seconds: int) -> Path:
    """Write the wheel into `folder`, all of it of one time. Raises ValueError for a wheel or a page that is none."""
    with zipfile.ZipFile(plain) as wheel:
        files = {name: wheel.read(name) for name in wheel.namelist()}
    (record,) = [name for name in files if name.endswith(".dist-info/RECORD")]
    files |= page_files(page)
    files[record] = record_of(files, record)
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / plain.name
    moment = time.gmtime(max(seconds, FIRST_TIME))[:6]
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, moment)
            entry.external_attr = MODE << 16
            entry.create_system = 3  # Unix, whose modes these are, wherever it was written
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, files[name])
    return written


def page_files(page: Path) -> dict[str, bytes]:
    """The page by name within the wheel. Raises ValueError where there is none."""
    if not (page / "index.html").is_file():
        raise ValueError(f"{page} holds no page")
    names = {path: path.relative_to(page).as_posix() for path in page.rglob("*") if path.is_file()}
    return {
        PAGE + name: path.read_bytes()
        for path, name in names.items()
        if path.suffix not in LEFT_OUT and not name.startswith(INSTALLER)
    }


def record_of(files: dict[str, bytes], record: str) -> bytes:
    """RECORD as PEP 376 and the wheel's own specification have it: each file, its digest, its size."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for name in sorted(files):
        if name != record:
            digest = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).rstrip(b"=").decode()
            writer.writerow((name, f"sha256={digest}", len(files[name])))
    writer.writerow((record, "", ""))
    return lines.getvalue().encode()


if __name__ == "__main__":
    paths = [Path(word) for word in sys.argv[1:]]
    print(release_wheel(*paths, seconds=int(os.environ.get("SOURCE_DATE_EPOCH") or FIRST_TIME)))
