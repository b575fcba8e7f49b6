"""`ferrous` alone, and `ferrous open`: the workbench in a browser, from files that are here.

In: the folder of the built page, which a wheel of a release carries and a checkout builds, and the scripts that are
opened in it. Out: a server on loopback (`ferrous_vm/static_server.py`, with scripts `named_files.py`), its address told
and opened. Raises Refused where there is no page.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import ferrous_vm
from ferrous_vm.command_line.files import Refused
from ferrous_vm.static_server import StaticServer, serve_until_interrupted

S = TypeVar("S", bound=StaticServer)

PACKAGE: Final = Path(ferrous_vm.__file__).parent

PAGES: Final = (PACKAGE / "page", PACKAGE.parent / "build" / "ferrous" / "site")
"""Where a built page may be: within a wheel of a release, and in a checkout (toolchain/release_wheel.py, Makefile)."""

NO_PAGE: Final = (
    "no page is built here: `make play` in a checkout of Ferrous builds and opens it; a released wheel has it"
)

PORT: Final = 26055
"""Tried first: what a browser keeps of one's work, it keeps for an address, and the port is a part of that."""

ATTEMPTS: Final = 10
"""How many ports are tried, so that a second workbench finds its own again too; then any free one is taken."""


def built_page() -> Path:
    """The folder of the page. Raises Refused if there is none."""
    for folder in PAGES:
        if (folder / "index.html").is_file():
            return folder
    raise Refused(NO_PAGE)


def listening(serve: Callable[[int], S], port: int | None) -> S:
    """A server of the page, at a port that the browser may know, or at `port`. Raises OSError if that is taken."""
    if port is not None:
        return serve(port)
    for known in range(PORT, PORT + ATTEMPTS):
        try:
            return serve(known)
        except OSError:
            continue
    return serve(0)


def open_workbench(port: int | None, opens_browser: bool, files: Sequence[Path] = ()) -> None:
    """Serve the page, with these files in it, until it is interrupted. Raises Refused without a page, or for a file
    that cannot be opened; OSError where `port` is taken."""
    folder = built_page()
    with listening(_server_of(folder, files), port) as server:
        if opens_browser:
            # Beside us, for it may wait until the browser ends, which asks for the page meanwhile.
            threading.Thread(target=show, args=(server.address,), daemon=True).start()
        serve_until_interrupted(server)


def _server_of(folder: Path, files: Sequence[Path]) -> Callable[[int], StaticServer]:
    if not files:
        return lambda port: StaticServer(folder, port)
    from ferrous_vm.command_line.named_files import NamedFilesServer, named

    scripts = named(files)
    return lambda port: NamedFilesServer(folder, port, scripts)


def show(address: str) -> None:
    """Open an address in the person's browser; what only draws text in this terminal could not run the page."""
    import webbrowser  # a tenth of what `ferrous` takes to start

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if type(browser) is not webbrowser.GenericBrowser or "BROWSER" in os.environ:
        browser.open(address)
