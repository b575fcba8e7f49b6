"""`ferrous serve --redis 6379 --page`: the workbench beside the endpoint, its engine in a process here.

Raises Refused where there is no page, or where the package is missing that speaks with it (the extra `live`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ferrous_vm.command_line.files import Refused
from ferrous_vm.command_line.page import built_page, listening

if TYPE_CHECKING:
    from ferrous_vm.live.page_server import PageServer
    from ferrous_vm.server import Server

NO_WEBSOCKETS: Final = "the page beside a server needs the package websockets: pip install 'ferrous-vm[live]'"


def page_server(server: Server, folder: Path | None, port: int | None) -> PageServer:
    """What serves the page beside an endpoint of `server`, once it is entered. Raises Refused, and OSError for a port
    that is taken."""
    try:
        from ferrous_vm.live.calls import Calls
        from ferrous_vm.live.engine import serve_engine
        from ferrous_vm.live.page_server import PageServer
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("websockets"):
            raise
        raise Refused(NO_WEBSOCKETS) from None
    chosen = built_page() if folder is None else folder
    sockets = {"/engine": serve_engine, "/calls": Calls(server).serve}
    return listening(lambda at: PageServer(chosen, at, sockets), port)
