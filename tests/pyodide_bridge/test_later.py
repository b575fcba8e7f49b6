"""The engine in two parts: what is not in the first is found in the second, which is fetched when it is asked for."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest

from ferrous_vm.keyspace import commands
from ferrous_vm.keyspace.command import Absent
from ferrous_vm.keyspace.command_table import row_named
from ferrous_vm.keyspace.commands import MODULES
from ferrous_vm.server import Server
from ferrous_vm.workbench import calls
from ferrous_vm.workbench.calls import Call
from pyodide_bridge import bridge, preparation
from pyodide_bridge.later import Later, use


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A second part with one module."""
    made = tmp_path / "later.zip"
    with zipfile.ZipFile(made, "w") as files:
        files.writestr("ferrous_vm/workbench/exports/rest.py", "answer = 42")
    return made


def test_a_module_of_the_second_part_is_imported(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    fetched: list[str] = []
    use(str(archive), lambda: fetched.append("archive"))
    from ferrous_vm.workbench.exports import rest  # type: ignore[attr-defined]

    assert (rest.answer, fetched) == (42, ["archive"])
    monkeypatch.delitem(sys.modules, "ferrous_vm.workbench.exports.rest")


@pytest.mark.parametrize("name", ["json.later", "pyodide_bridge", "nothing"])
def test_what_is_not_ours_is_not_fetched(archive: Path, name: str) -> None:
    def fetch() -> None:
        raise AssertionError(name)

    assert Later(str(archive), fetch).find_spec(name, None) is None


def test_what_neither_part_has_is_not_found(archive: Path) -> None:
    assert Later(str(archive), lambda: None).find_spec("ferrous_vm.workbench.exports.absent", None) is None


def test_a_part_that_cannot_be_fetched_is_told_and_the_keyspace_is_as_before(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a release another one is there already.
    others = [finder for finder in sys.meta_path if not isinstance(finder, Later)]
    monkeypatch.setattr(sys, "meta_path", others)

    def fetch() -> None:
        raise OSError("it answered 503")

    use(str(archive), fetch)
    row = row_named(b"geoadd")
    monkeypatch.setattr(row, "handler", Absent(row))
    monkeypatch.delitem(sys.modules, row.module, raising=False)
    monkeypatch.setattr(commands, "__path__", [])
    workbench = bridge.Bridge()
    script = "redis.call('SET', 'k', 'v') return {redis.pcall('GEOADD', 'g', '1', '2', 'm')}"
    answer = workbench.answer(json.dumps({"type": "Run", "script": script, "keys": [], "argv": []}))
    assert answer.message == "A part of Ferrous could not be fetched (it answered 503). Is there a network? Try again."
    assert workbench.workbench.count_keys() == 0


def test_preparation_imports_what_a_run_may_ask_for() -> None:
    assert len(list(preparation.steps())) == 2 + len(MODULES)
    assert all(f"ferrous_vm.keyspace.commands.{name}" in sys.modules for name in MODULES)
    assert "ferrous_vm.stdlib.cjson_decode" in sys.modules


@pytest.mark.parametrize("script", ["redis.call('GeoAdd', 'g', '1', '2', 'm')", 'error("geoadd")'])
def test_what_a_script_names_is_there_before_its_time_is_taken(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = row_named(b"geoadd")
    monkeypatch.setattr(row, "handler", Absent(row))
    monkeypatch.delitem(sys.modules, row.module, raising=False)
    server = Server()
    calls.prepare(server, Call(script.encode(), [], []))
    assert not isinstance(row.handler, Absent)
    assert len(server.scripting.scripts) == 1
    assert server.connect().execute(b"DBSIZE") == 0


def test_what_does_not_compile_is_left_to_the_call() -> None:
    answer = bridge.Bridge().answer(json.dumps({"type": "Run", "script": "return = 1", "keys": [], "argv": []}))
    assert answer.reply.text.startswith("(error) ERR Error compiling script")
