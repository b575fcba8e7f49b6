"""A server that programs can point at: RESP on sockets, and connections within one process."""

from __future__ import annotations

from ferrous_vm.endpoint.endpoint import Endpoint

__all__ = ["Endpoint"]
