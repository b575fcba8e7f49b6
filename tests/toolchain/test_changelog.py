"""The version stands in one place, and the changelog has a section of it."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

import ferrous_vm

pytestmark = pytest.mark.host

ROOT = Path(__file__).parents[2]


def test_the_first_section_is_of_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert next(iter(sections)) == ferrous_vm.__version__
    assert all(body.strip() for body in sections.values())


def test_the_version_stands_in_the_package_alone() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "ferrous_vm.__version__"}
    assert "version" not in json.loads((ROOT / "package.json").read_text("utf-8"))
