"""A server that programs can point at: RESP on sockets, and connections within one process or one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ferrous_vm.endpoint.endpoint import Endpoint

__all__ = ["Endpoint"]


def __getattr__(name: str) -> Any:
    """What listens on sockets is imported when it is asked for: a browser has none."""
    if name != "Endpoint":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ferrous_vm.endpoint.endpoint import Endpoint

    return Endpoint
