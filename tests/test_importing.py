"""The clock of a host stands still while a script imports something for the first time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

from ferrous_vm import importing
from ferrous_vm.watchdog import Watchdog, tell_host


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[bool]]:
    """What a host hears that leaves imports out; there is `outer` to import, which imports `inner`, and `broken`."""
    (tmp_path / "outer_of_ferrous.py").write_text("import inner_of_ferrous\n")
    (tmp_path / "inner_of_ferrous.py").write_text("")
    (tmp_path / "broken_of_ferrous.py").write_text("import inner_of_ferrous, nothing_of_ferrous\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    importing.leave_imports_out()
    importing.leave_imports_out()
    told: list[bool] = []
    tell_host(told.append)
    yield told
    tell_host(None)
    for name in ("outer", "inner", "broken"):
        sys.modules.pop(f"{name}_of_ferrous", None)


def test_the_clock_stands_still_while_a_module_is_found_and_while_it_is_loaded(told: list[bool]) -> None:
    watchdog = Watchdog(None)
    watchdog.begin(None)
    module = import_module("outer_of_ferrous")
    watchdog.disarm()
    found, loaded = [False, True], [False, True]
    assert told == [True, *found, *loaded, False]
    assert type(module.__loader__) is SourceFileLoader
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__


def test_it_goes_on_after_an_import_that_fails(told: list[bool]) -> None:
    watchdog = Watchdog(None)
    watchdog.begin(None)
    for name in ("nothing_of_ferrous", "broken_of_ferrous"):
        with pytest.raises(ImportError):
            import_module(name)
        assert told[-1]
    watchdog.disarm()
    assert not told[-1]


def test_without_a_run_nobody_is_told(told: list[bool]) -> None:
    import_module("outer_of_ferrous")
    assert told == []
