"""What other repositories take from this one: hooks, an action and a component name commands and options there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ferrous_vm.__main__ import main

PROJECT = Path(__file__).parents[2]

COMMAND = re.compile(
    r"^(?!.*\b(?:name|id|description):).*?\bferrous ((?:lint|test|explore)\b.*?)(?: \|\|.*)?$", re.MULTILINE
)

FILES = {".pre-commit-hooks.yaml": 3, "action.yml": 3, "templates/ferrous.yml": 2}
"""Each file, and how many commands stand in it."""


def commands(name: str) -> list[list[str]]:
    """The words of the commands in a file, their variables filled in."""
    text = (PROJECT / name).read_text()
    for pattern, value in (
        (r'"(?:\$SERVER|\$\[\[ inputs\.server \]\])"', "redis-7.0"),
        (r"\$PATHS|\$\[\[ .*? \]\]", "."),
    ):
        text = re.sub(pattern, value, text)
    return [shlex.split(command) for command in COMMAND.findall(text)]


@pytest.mark.parametrize("name", FILES)
def test_their_commands_are_understood(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("script.lua").write_text("-- keys: a\n-- expect reply: (integer) 1\nreturn 1\n")
    Path("a.scenario").write_text('-- scenario: one\n-- always: true\n-- client A\nredis("PING")\n')
    found = commands(name)
    assert len(found) == FILES[name]
    for words in found:
        assert main(words if "." in words else [*words, "script.lua"]) == 0, capsys.readouterr()
