"""The image of Python's memory leans on what Pyodide keeps to itself: one file does, and it knows its Pyodide."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.host

ROOT = Path(__file__).parents[2]
WRAPPER = ROOT / "web" / "src" / "worker" / "memory_image.js"
PRIVATE = re.compile(r"_makeSnapshot|_loadSnapshot|makeMemorySnapshot|instantiateStreaming")

ROUND_TRIP = """
import { Damaged, pack, unpack } from "./web/src/worker/image_file.js";
const image = new Uint32Array(5000);
for (const [at, value] of [[0, 1], [1023, 2], [1024, 3], [3500, 4], [4999, 5]]) image[at] = value;
const packed = pack(image);
const isRefused = (bytes, length = image.length) => {
  try { unpack(bytes, new Uint32Array(length)); return false; } catch (error) { return error instanceof Damaged; }
};
const read = new Uint32Array(image.length);
unpack(packed, read);
const isSame = Buffer.from(read.buffer).equals(Buffer.from(image.buffer));
const damaged = [...packed.keys()].map((at) => packed.with(at, packed[at] ^ 1));
const refused = damaged.every((bytes) => isRefused(bytes)) && isRefused(packed, image.length - 1);
const cut = [0, 1, 2, packed.length - 1].every((length) => isRefused(packed.subarray(0, length)));
console.log(JSON.stringify({ isSame, refused, cut, isSmaller: packed.length < image.length }));
"""


def test_the_wrapper_was_tried_with_the_pyodide_that_is_used() -> None:
    """When this fails: see that e2e/test_memory_image.py passes, then write the new version there."""
    used = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]["pyodide"]
    assert f'export const TRIED_WITH = "{used}";' in WRAPPER.read_text("utf-8")


def test_one_file_uses_what_pyodide_keeps_to_itself() -> None:
    users = {file for file in (ROOT / "web" / "src").rglob("*.js") if PRIVATE.search(file.read_text("utf-8"))}
    assert users == {WRAPPER}


def test_an_image_is_read_as_it_was_kept_or_not_at_all() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    made = subprocess.run([node, "--input-type=module", "-e", ROUND_TRIP], capture_output=True, text=True, cwd=ROOT)
    assert json.loads(made.stdout) == {"isSame": True, "refused": True, "cut": True, "isSmaller": True}, made.stderr
