"""handle(request) -> response: JSON text in, JSON text out, and never an exception."""

from __future__ import annotations

import dataclasses
import json
import platform
from importlib.metadata import version

from pyodide_bridge.contract import Failure, Welcome


def handle(request: str) -> str:
    """Answer one request of the contract, as JSON text."""
    message = json.loads(request)
    if message.get("type") == "Hello":
        return encode(Welcome(version("ferrous-vm"), "7.0.15", platform.python_version()))
    return encode(Failure("this request is unknown"))


def encode(message: Welcome | Failure) -> str:
    """A message as JSON text."""
    return json.dumps({"type": type(message).__name__, **dataclasses.asdict(message)})
