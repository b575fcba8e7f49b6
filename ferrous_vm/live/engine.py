"""The engine of a page as a process here: what comes through the page's socket goes in, what it answers goes back.

No message is read here. The process (`pyodide_bridge/process.py`) ends with the socket, and the socket with it, with a
code that tells the page whether another may be asked for.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from websockets.exceptions import ConnectionClosed

import ferrous_vm
from ferrous_vm.live import messages
from ferrous_vm.live.codes import ENGINE_ENDED, TOO_MANY

if TYPE_CHECKING:
    from typing import IO

    from websockets.sync.connection import Connection

PROGRAM: Final = "pyodide_bridge.process"
"""By name: the packages of the engine do not import the bridge."""

MOST: Final = 8
"""Engines at a time, each of a page of its own and of some 30 MB."""

_SOURCES: Final = str(Path(ferrous_vm.__file__).parent.parent)

_free: Final = threading.Semaphore(MOST)


def serve_engine(socket: Connection) -> None:
    """Serve one page until it goes, or its engine ends."""
    if not _free.acquire(blocking=False):
        socket.close(TOO_MANY, f"{MOST} pages have an engine here already: close one of them.")
        return
    try:
        _serve(socket)
    finally:
        _free.release()


def _serve(socket: Connection) -> None:
    process = _started()
    assert process.stdin is not None
    assert process.stdout is not None
    answering = threading.Thread(target=_pass_answers_on, args=(process.stdout, socket), daemon=True)
    answering.start()
    try:
        with suppress(ConnectionClosed, OSError):
            for data in socket:
                if isinstance(data, bytes):
                    messages.write(process.stdin, data)
    finally:
        process.kill()
        process.wait()
        answering.join()
        with suppress(OSError):
            process.stdin.close()
        process.stdout.close()


def _started() -> subprocess.Popen[bytes]:
    """The process. It finds the engine where it is here, and Ctrl-C in a terminal is none of its business."""
    path = os.pathsep.join(filter(None, (_SOURCES, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
    )


def _pass_answers_on(answers: IO[bytes], socket: Connection) -> None:
    with suppress(ConnectionClosed):
        while (data := messages.read(answers)) is not None:
            socket.send(data)
    socket.close(ENGINE_ENDED, "the process of the engine ended")
