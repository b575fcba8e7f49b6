"""The files of `ferrous open`: read and written for whoever has the token, whole or not at all, and no others."""

from __future__ import annotations

import base64
import json
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ferrous_vm.__main__ import MISUSED, main
from ferrous_vm.command_line.files import Refused
from ferrous_vm.command_line.named_files import ABSENT, NamedFilesServer, named

pytestmark = pytest.mark.host

AWKWARD = b"\xef\xbb\xbfreturn 1\r\n\xff\x00"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<p>page")
    (tmp_path / "one.lua").write_bytes(AWKWARD)
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[NamedFilesServer]:
    with NamedFilesServer(folder, 0, named([folder / "one.lua", folder / "new.lua"])) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def ask(
    server: NamedFilesServer, place: str = "", body: bytes | None = None, **headers: str
) -> tuple[int, Any, dict[str, str]]:
    """Status, answer and headers; with a body it is a PUT."""
    address = f"http://127.0.0.1:{server.server_port}/open/files{place}"
    sent = {"Authorization": f"Bearer {server.token}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    request = urllib.request.Request(address, body, sent, method="GET" if body is None else "PUT")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read()), dict(answer.headers)
    except urllib.error.HTTPError as error:
        told = error.read()
        return error.code, json.loads(told) if told else None, dict(error.headers)


def test_a_file_is_its_bytes(server: NamedFilesServer, folder: Path) -> None:
    status, (one, new), headers = ask(server)
    assert status == 200
    assert (one["name"], base64.b64decode(one["content"]), one["problem"]) == ("one.lua", AWKWARD, "")
    assert (new["name"], new["version"], new["content"]) == ("new.lua", ABSENT, None)
    assert ask(server, If_None_Match=headers["ETag"])[:2] == (304, None)

    (folder / "one.lua").chmod(0o640)
    status, answer, _ = ask(server, "/0", AWKWARD + b"\r\n", If_Match=one["version"])
    assert status == 200
    assert (folder / "one.lua").read_bytes() == AWKWARD + b"\r\n"
    assert (folder / "one.lua").stat().st_mode & 0o777 == 0o640
    assert ask(server)[1][0]["version"] == answer["version"]
    assert ask(server, "/1", b"return 2\n", If_Match=ABSENT)[0] == 200
    assert (folder / "new.lua").read_bytes() == b"return 2\n"
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "new.lua", "one.lua"]


def test_what_another_program_wrote_is_not_written_over(server: NamedFilesServer, folder: Path) -> None:
    _, (one, _), headers = ask(server)
    (folder / "one.lua").write_bytes(b"theirs")
    assert ask(server, "/0", b"ours", If_Match=one["version"])[0] == 412
    assert ask(server, "/0", b"ours")[0] == 412
    assert (folder / "one.lua").read_bytes() == b"theirs"
    status, (one, _), _ = ask(server, If_None_Match=headers["ETag"])
    assert (status, base64.b64decode(one["content"])) == (200, b"theirs")
    (folder / "one.lua").unlink()
    assert ask(server, "/0", b"ours", If_Match=one["version"])[0] == 412
    assert ask(server)[1][0]["version"] == ABSENT


def test_what_cannot_be_read_or_written_is_told(server: NamedFilesServer, folder: Path) -> None:
    file = folder / "one.lua"
    file.chmod(0o440)
    status, answer, _ = ask(server, "/0", b"ours", If_Match=ask(server)[1][0]["version"])
    assert (status, answer["problem"]) == (403, "it cannot be written: it is read-only")
    assert file.read_bytes() == AWKWARD
    file.unlink()
    file.mkdir()
    (one, _) = ask(server)[1]
    assert (one["content"], one["problem"]) == (None, "it is no file any more")
    file.rmdir()
    file.write_bytes(b"-" * 2_000_001)
    assert ask(server)[1][0]["problem"] == "it is larger than two megabytes"
    assert ask(server, "/0", b"-" * 2_000_001, If_Match="unread")[0] == 413


def test_only_the_page_with_the_token_is_answered_and_only_of_these_files(
    server: NamedFilesServer, folder: Path
) -> None:
    version = ask(server)[1][0]["version"]
    own = f"http://127.0.0.1:{server.server_port}"
    for headers in (
        {"Authorization": "Bearer wrong"},
        {"Authorization": server.token},
        {"Authorization": ""},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Host": f"elsewhere.example:{server.server_port}"},
    ):
        assert ask(server, **headers)[0] == 401
        assert ask(server, "/0", b"theirs", If_Match=version, **headers)[0] == 401
    assert (folder / "one.lua").read_bytes() == AWKWARD
    for place in ("/2", "/00000", "/-1", "/../index.html", "/0/..", "/%30", "/one.lua"):
        assert ask(server, place, b"theirs", If_Match=version)[0] == 404
    assert (folder / "index.html").read_text() == "<p>page"
    assert ask(server, "/0", b"ours", If_Match=version, Origin=own)[0] == 200
    assert server.token in server.address
    assert server.address.startswith(f"{own}/#open=")


def test_files_are_named_once_and_what_is_no_script_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "two.lua").write_text("return 2\n")
    assert named([Path("."), Path("one.lua"), folder / "two.lua"]) == [folder / "one.lua", folder / "two.lua"]
    os.symlink("two.lua", "link.lua")
    assert named([Path("link.lua")]) == [folder / "two.lua"]
    (folder / "empty").mkdir()
    for path, sentence in (
        ("empty", "no script is in it"),
        ("none/new.lua", "there is no folder"),
        ("saved.ferrous.json", "it is no script"),
        ("lock.scenario", "it is no script"),
    ):
        with pytest.raises(Refused, match=sentence):
            named([Path(path)])
    (folder / "large.lua").write_bytes(b"-" * 2_000_001)
    with pytest.raises(Refused, match="too large"):
        named([Path("large.lua")])


def test_the_command_refuses_before_it_serves(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["open", "--no-browser", str(folder / "none" / "a.lua")]) == MISUSED
    assert capsys.readouterr().err.startswith("ferrous: ")
