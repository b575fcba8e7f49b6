"""`ferrous` alone: the workbench from files that are here, at an address that is told, until Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from ferrous_vm.__main__ import MISUSED, main
from ferrous_vm.static_server import StaticServer

pytestmark = pytest.mark.host


def listening(folder: Path, port: int | None) -> StaticServer:
    from ferrous_vm.command_line import page

    return page.listening(lambda chosen: StaticServer(folder, chosen), port)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a page, which is the one that is found."""
    from ferrous_vm.command_line import page

    (tmp_path / "index.html").write_text("<p>page")
    monkeypatch.setattr(page, "PAGES", (tmp_path / "none", tmp_path))
    return tmp_path


def test_it_is_served_until_interrupted_at_the_address_that_is_told(folder: Path) -> None:
    program = (
        "import pathlib, sys\n"
        "from ferrous_vm.command_line import page\n"
        "from ferrous_vm.__main__ import main\n"
        "page.PAGES = (pathlib.Path(sys.argv[1]),)\n"
        "sys.exit(main(['--no-browser']))\n"
    )
    command = [sys.executable, "-u", "-c", program, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        with urllib.request.urlopen(told.split()[3]) as answer:
            assert answer.read() == b"<p>page"
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate()
    assert told.startswith("Ferrous is at http://127.0.0.1:")
    assert told.endswith("(Ctrl-C ends it)\n")
    assert (process.returncode, rest.strip(), errors) == (0, "", "")


def test_a_second_workbench_has_an_address_of_its_own(folder: Path) -> None:
    with listening(folder, None) as first, listening(folder, None) as second:
        assert first.address != second.address
        with pytest.raises(OSError):
            listening(folder, first.server_port)


def test_one_is_found_though_all_known_ports_are_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ferrous_vm.command_line import page

    monkeypatch.setattr(page, "ATTEMPTS", 0)
    with listening(folder, None) as server:
        assert server.server_port


def test_without_a_page_one_sentence_says_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "index.html").unlink()
    for words in ([], ["--no-browser"], ["serve"]):
        assert main(words) == MISUSED
        (line,) = capsys.readouterr().err.splitlines()
        assert "make play" in line


def test_a_port_that_cannot_be_had_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--no-browser", "--port", "99999"]) == MISUSED
    assert capsys.readouterr().err.startswith("ferrous: ")


def test_no_browser_that_draws_text_in_this_terminal_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    import webbrowser

    from ferrous_vm.command_line import page

    opened: list[str] = []

    class OfThisTerminal(webbrowser.GenericBrowser):
        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            opened.append(url)
            return True

    class OfADesktop(webbrowser.BackgroundBrowser):
        open = OfThisTerminal.open

    monkeypatch.setattr(webbrowser, "GenericBrowser", OfThisTerminal)
    monkeypatch.delenv("BROWSER", raising=False)
    for browser, expected in ((OfThisTerminal("w3m"), []), (OfADesktop("firefox"), ["http://127.0.0.1:1/"])):
        monkeypatch.setattr(webbrowser, "get", lambda browser=browser: browser)
        page.show("http://127.0.0.1:1/")
        assert opened == expected
