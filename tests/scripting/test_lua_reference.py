"""The page's documentation of Lua and its libraries is of what the sandbox has, all of it and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from ferrous_vm.scripting.lint_facts import script_facts

PAGE = Path(__file__).parents[2] / "web" / "src" / "editor" / "lua_reference.js"
ENTRY = re.compile(r"^  ([\w.]+)(?:\([^)]*\))?  \S.*\.?$", re.MULTILINE)
UNTOLD = {"_NAME", "_VERSION", "_COPYRIGHT", "_DESCRIPTION"}
"""Fields of libraries that say who wrote them."""


def test_every_global_and_field_is_documented() -> None:
    facts = script_facts()
    names = set()
    for name, fields in {**facts.script_globals, b"redis": facts.library_globals[b"redis"]}.items():
        inner = {f"{name.decode()}.{field.decode()}" for field in fields if field.decode() not in UNTOLD}
        names |= inner if fields and name != b"_G" else {name.decode()}
    assert set(ENTRY.findall(PAGE.read_text("utf-8"))) == names
