"""A server for programs with the workbench beside it, as `ferrous serve --redis 0 --page 0` starts one."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import redis


class Serving:
    """The command, from its first lines until Ctrl-C."""

    def __init__(self, site: Path, *options: str) -> None:
        words = ["serve", "--redis", "0", "--page", "0", "--directory", str(site), *options]
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "ferrous_vm", *words], stdout=subprocess.PIPE, text=True
        )
        self.port = int(self._told(r"Ready to accept connections on 127\.0\.0\.1:(\d+)")[0])
        [self.address] = self._told(r"The workbench is at (\S+)")
        """That of the page, with its token."""

    def _told(self, pattern: str) -> Sequence[str]:
        assert self._process.stdout is not None
        told = re.match(pattern, self._process.stdout.readline())
        assert told
        return told.groups()

    def client(self, name: str = "application") -> redis.Redis:
        """A connection as an application has one."""
        return redis.Redis(port=self.port, client_name=name, decode_responses=True, socket_timeout=30)

    def end(self) -> None:
        """Ctrl-C."""
        self._process.send_signal(signal.SIGINT)
        assert self._process.wait(20) == 0

    def __enter__(self) -> Serving:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
