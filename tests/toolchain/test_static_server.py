"""The headers the page needs: types, isolation, caching and files compressed in advance."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from pathlib import Path

import pytest

from ferrous_vm.static_server import FACE_POLICY, StaticServer, serve

pytestmark = pytest.mark.host

HASHED = "runtime-0123456789ab"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    site = tmp_path_factory.mktemp("site")
    (site / "index.html").write_text("<p>page")
    (site / "embed.html").write_text("<p>face")
    (site / "embedding.html").write_text("<p>examples")
    (site / HASHED).mkdir()
    (site / HASHED / "python.wasm").write_bytes(b"\0asm" * 100)
    (site / HASHED / "python.wasm.br").write_bytes(b"small")
    (site / "assets").mkdir()
    (site / "assets" / "app-MGQ6D2LG.js").write_text("1")
    (site / "assets" / "code.mjs").write_text("1")
    (site / "other-engine").mkdir()
    (site / "other-engine" / "worker-MGQ6D2LG.js").write_text("1")
    (site / "assets" / "engine.whl").write_bytes(b"PK")
    with StaticServer(site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.address
        server.shutdown()


def get(address: str, path: str = "", **headers: str) -> tuple[bytes, HTTPMessage]:
    request = urllib.request.Request(address + path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    with urllib.request.urlopen(request) as answer:
        return answer.read(), answer.headers


@pytest.mark.parametrize(
    ("path", "content_type", "cached"),
    [
        ("", "text/html; charset=utf-8", False),
        (f"{HASHED}/python.wasm", "application/wasm", True),
        ("assets/app-MGQ6D2LG.js", "text/javascript; charset=utf-8", True),
        ("assets/code.mjs", "text/javascript; charset=utf-8", False),
        ("assets/engine.whl", "application/octet-stream", False),
    ],
)
def test_types_and_caching(address: str, path: str, content_type: str, cached: bool) -> None:
    _, headers = get(address, path)
    assert headers["Content-Type"] == content_type
    assert ("immutable" in headers["Cache-Control"]) == cached


def test_the_page_is_isolated_and_loads_only_its_own_files(address: str) -> None:
    _, headers = get(address)
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    policy = headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "connect-src 'self';" in policy


def test_only_the_face_for_other_sites_may_be_framed(address: str) -> None:
    for path in ("", "index.html", "embedding.html"):
        assert "frame-ancestors 'none'" in get(address, path)[1]["Content-Security-Policy"]
    for path in ("embed", "embed.html"):
        body, headers = get(address, path)
        assert body == b"<p>face"
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert "frame-ancestors" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"] == FACE_POLICY
    assert get(address)[1]["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_only_the_worker_of_another_engine_may_fetch_from_elsewhere_and_it_starts_no_worker(address: str) -> None:
    for path in ("index.html", "assets/code.mjs", f"{HASHED}/python.wasm"):
        assert "https:" not in get(address, path)[1]["Content-Security-Policy"]
    policy = get(address, "other-engine/worker-MGQ6D2LG.js")[1]["Content-Security-Policy"]
    assert "connect-src 'self' https:" in policy
    assert "worker-src 'none'" in policy


def test_a_file_compressed_in_advance_is_sent_to_who_accepts_it(address: str) -> None:
    body, headers = get(address, f"{HASHED}/python.wasm", Accept_Encoding="gzip, br")
    assert (body, headers["Content-Encoding"], headers["Content-Type"]) == (b"small", "br", "application/wasm")
    body, headers = get(address, f"{HASHED}/python.wasm", Accept_Encoding="gzip")
    assert (len(body), headers["Content-Encoding"]) == (400, None)


def test_an_unchanged_file_is_not_sent_again(address: str) -> None:
    _, headers = get(address)
    with pytest.raises(urllib.error.HTTPError) as answer:
        get(address, If_None_Match=headers["ETag"])
    assert answer.value.code == 304


@pytest.mark.parametrize("path", ["nothing.js", "../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd"])
def test_nothing_outside_the_directory_is_served(address: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as answer:
        get(address, path)
    assert answer.value.code == 404


def test_a_directory_without_a_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        serve(tmp_path)
