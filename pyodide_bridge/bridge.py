"""handle(request) -> response: JSON text in, JSON text out, and never an exception.

Decodes a request of the contract, hands it to the workbench, and encodes what comes back. Whatever goes wrong becomes a
Failure with a sentence for the person at the page.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from typing import Any, NamedTuple

import ferrous_vm
from pyodide_bridge.contract import REQUESTS
from pyodide_bridge.contract.session import CONTRACT, Failure, Hello, Welcome
from pyodide_bridge.decoding import RequestError, decode
from pyodide_bridge.escapes import FieldError
from pyodide_bridge.later import PartMissing
from pyodide_bridge.workbench import Workbench

REDIS_VERSION = "7.0.15"

RECURSION_LIMIT = 200_000
"""Nested Python calls: 20,000 Lua calls and what lies between them. Python's own stack is not the machine's."""


class Handler(NamedTuple):
    """Where the function `(workbench, request) -> answer` of a request stands; it is imported when first asked for."""

    module: str
    function: str
    changes_keyspace: bool = False
    """A debugger that is open gives the keyspace back first."""

    def load(self) -> Callable[[Workbench, Any], Any]:
        """The function."""
        function: Callable[[Workbench, Any], Any]
        function = attrgetter(self.function)(import_module(f"pyodide_bridge.{self.module}"))
        return function


HANDLERS: dict[str, Handler] = {
    "Hello": Handler("bridge", "hello"),
    "Run": Handler("runs", "run", changes_keyspace=True),
    "Functions": Handler("calls", "library_functions"),
    "ClientViews": Handler("client_views", "client_replies"),
    "Console": Handler("console", "send", changes_keyspace=True),
    "Reconnect": Handler("console", "reconnect", changes_keyspace=True),
    "Complete": Handler("console", "complete"),
    "Undo": Handler("workbench", "Workbench.undo", changes_keyspace=True),
    "Load": Handler("workbench", "Workbench.load", changes_keyspace=True),
    "Browse": Handler("browsing", "browse"),
    "Inspect": Handler("browsing", "inspect"),
    "SaveRdb": Handler("rdb_files", "save"),
    "LoadRdb": Handler("rdb_files", "load", changes_keyspace=True),
    "Compare": Handler("comparing", "compare"),
    "Lint": Handler("explaining", "lint_request"),
    "Reference": Handler("explaining", "reference"),
    "RunTest": Handler("testing", "run_test"),
    "Export": Handler("exports", "export"),
    "Debug": Handler("debugging", "answer"),
    "DebugMove": Handler("debugging", "answer"),
    "DebugExpand": Handler("debugging", "answer"),
    "DebugEnd": Handler("debugging", "answer"),
}

if HANDLERS.keys() != REQUESTS.keys():
    raise AssertionError("the contract and its handlers differ")


class Bridge:
    """One workbench and the requests it answers."""

    def __init__(self) -> None:
        self.workbench = Workbench()

    def answer(self, text: str) -> Any:
        """The message that answers the request in `text`."""
        try:
            request = decode(text)
            handler = HANDLERS[type(request).__name__]
            if handler.changes_keyspace and self.workbench.debugging is not None:
                self.workbench.debugging.abandon()
            return handler.load()(self.workbench, request)
        except (RequestError, FieldError) as error:
            return Failure(str(error))
        except PartMissing as error:
            return Failure(str(error))
        except KeyboardInterrupt:
            return Failure("Stopped: the keyspace is as it was before.")
        except MemoryError:
            return Failure("Python ran out of memory: the keyspace is as it was before.")
        except Exception as error:
            return Failure(f"Ferrous itself failed, which is a bug: {type(error).__name__}: {error}"[:1000])


def hello(_: Workbench, request: Hello) -> Welcome:
    """Who is here."""
    return Welcome(CONTRACT, ferrous_vm.__version__, REDIS_VERSION, "{}.{}.{}".format(*sys.version_info))


def to_json(message: Any) -> str:
    """A message of the contract as JSON text; it carries the name of its class in `type`."""
    return json.dumps({"type": type(message).__name__, **_fields(message)}, default=_fields)


def _fields(message: Any) -> dict[str, Any]:
    return {name: getattr(message, name) for name in message.__slots__}


_bridge: list[Bridge] = []


def handle(request: str) -> str:
    """Answer one request of the contract, as JSON text. The workbench lives as long as Python does."""
    if not _bridge:
        sys.setrecursionlimit(RECURSION_LIMIT)
        _bridge.append(Bridge())
    return to_json(_bridge[0].answer(request))
