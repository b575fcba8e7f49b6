"""handle(request) -> response: JSON text in, JSON text out, and never an exception.

Decodes a request of the contract, hands it to the workbench, and encodes what comes back. Whatever goes wrong becomes a
Failure with a sentence for the person at the page.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from pyodide_bridge import browsing, runs
from pyodide_bridge.contract import (
    REQUESTS,
    Browse,
    Console,
    Debug,
    DebugEnd,
    DebugExpand,
    DebugMove,
    Export,
    Failure,
    Hello,
    Inspect,
    Lint,
    Load,
    Reference,
    Run,
    RunTest,
    Undo,
    Welcome,
)
from pyodide_bridge.decoding import RequestError, decode
from pyodide_bridge.escapes import FieldError
from pyodide_bridge.workbench import Workbench

REDIS_VERSION = "7.0.15"

RECURSION_LIMIT = 200_000
"""Nested Python calls: 20,000 Lua calls and what lies between them. Python's own stack is not the machine's."""


class Bridge:
    """One workbench and the requests it answers."""

    def __init__(self) -> None:
        self.workbench = Workbench()
        self.debugging: Any = None
        self.handlers: dict[type, Callable[[Any], Any]] = {
            Hello: self.hello,
            Run: self.act(lambda request: runs.run(self.workbench, request)),
            Console: self.act(self.workbench.console),
            Undo: self.act(lambda _: self.workbench.undo()),
            Load: self.act(self.workbench.load),
            Browse: lambda request: browsing.browse(self.workbench, request),
            Inspect: lambda request: browsing.inspect(self.workbench, request),
            Lint: lint,
            Reference: reference,
            RunTest: run_test,
            Export: export,
            Debug: self.debug,
            DebugMove: self.debug,
            DebugExpand: self.debug,
            DebugEnd: self.debug,
        }
        if self.handlers.keys() != REQUESTS.keys():
            raise AssertionError("the contract and its handlers differ")

    def hello(self, _: Hello) -> Welcome:
        """Who is here."""
        return Welcome(version("ferrous-vm"), REDIS_VERSION, platform.python_version())

    def act(self, handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """`handler` for something that changes the keyspace: a debugger that is open gives it back first."""

        def handle(request: Any) -> Any:
            if self.debugging is not None:
                self.debugging.abandon()
            return handler(request)

        return handle

    def debug(self, request: Any) -> Any:
        """Whatever the debugger is asked; it is imported when it is first used."""
        if self.debugging is None:
            from pyodide_bridge.debugging import Debugging

            self.debugging = Debugging(self.workbench)
        return self.debugging.answer(request)

    def answer(self, text: str) -> Any:
        """The message that answers the request in `text`."""
        try:
            request = decode(text)
            return self.handlers[type(request)](request)
        except (RequestError, FieldError) as error:
            return Failure(str(error))
        except KeyboardInterrupt:
            return Failure("Stopped: the keyspace is as it was before.")
        except MemoryError:
            return Failure("Python ran out of memory: the keyspace is as it was before.")
        except Exception as error:
            return Failure(f"Ferrous itself failed, which is a bug: {type(error).__name__}: {error}"[:1000])


# What a first run does not need is imported when it is first asked for.


def lint(request: Lint) -> Any:
    """What the linter finds."""
    from pyodide_bridge import explaining

    return explaining.lint_request(request)


def reference(_: Reference) -> Any:
    """What the editor can explain."""
    from pyodide_bridge import explaining

    return explaining.reference()


def run_test(request: RunTest) -> Any:
    """One test of a script."""
    from pyodide_bridge import testing

    return testing.run_test(request)


def export(request: Export) -> Any:
    """The call of a script as text for elsewhere."""
    from pyodide_bridge import exports

    return exports.export(request)


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
