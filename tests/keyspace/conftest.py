"""Fixtures: a real redis-server 7.0.15 to compare with, when this machine has one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.record.resp import Connection


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a private redis-server 7.0.15; skips with a notice where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed: nothing to compare with")
    if b"v=7.0.15" not in subprocess.run([program, "--version"], capture_output=True, check=True).stdout:
        pytest.skip("redis-server is not version 7.0.15: nothing to compare with")
    with serving(tmp_path_factory.mktemp("redis")) as port:
        yield port


@contextmanager
def serving(directory: Path, *more: str) -> Iterator[int]:
    """The port of a redis-server of its own, which has loaded dump.rdb in `directory` if there is one; `more` are
    options of its command line."""
    port = free_port()
    options = [*more, "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(directory)]
    process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
    try:
        _wait_until_up(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_until_up(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            connection = Connection(port)
            while b"LOADING" in connection.ask(b"PING"):
                time.sleep(0.02)
            connection.close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
