"""handle(request) -> response: JSON text in, JSON text out, and never an exception.

Decodes a request of the contract, hands it to the workbench, and encodes what comes back. A field of bytes, a file,
crosses beside the text. Whatever goes wrong becomes a Failure with a sentence for the person at the page.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from typing import Any, NamedTuple

import ferrous_vm
from ferrous_vm.errors import PartMissing
from ferrous_vm.workbench.escapes import FieldError
from ferrous_vm.workbench.host import Host
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.workbench import Workbench
from pyodide_bridge.contract import REQUESTS
from pyodide_bridge.contract.session import CONTRACT, Hello, Welcome
from pyodide_bridge.decoding import RequestError, decode
from pyodide_bridge.page import Page, PageHost

REDIS_VERSION = "7.0.15"

RECURSION_LIMIT = 200_000
"""Nested Python calls: 20,000 Lua calls and what lies between them. Python's own stack is not the machine's."""


LONGEST_ANSWER = 32_000_000
"""Characters of an answer. What is shown is cut where it is made: this is the bound for what nobody thought of."""

TOO_LARGE = "The answer is too large to be shown: {} million characters. What was done is done: look at the keyspace."


class Handler(NamedTuple):
    """Where the function `(workbench, request) -> answer` of a request stands; it is imported when first asked for."""

    module: str
    function: str
    changes_keyspace: bool = False
    """A debugger that is open gives the keyspace back first."""

    def load(self) -> Callable[[Workbench, Any], Any]:
        """The function."""
        function: Callable[[Workbench, Any], Any]
        function = attrgetter(self.function)(import_module(self.module))
        return function


WORKBENCH = "ferrous_vm.workbench"
SCENARIOS = "ferrous_vm.scenarios"

HANDLERS: dict[str, Handler] = {
    "Hello": Handler(__name__, "hello"),
    "Run": Handler(f"{WORKBENCH}.runs", "run", changes_keyspace=True),
    "Functions": Handler(f"{WORKBENCH}.calls", "library_functions"),
    "LoadLibraries": Handler(f"{WORKBENCH}.calls", "load_libraries", changes_keyspace=True),
    "DescribeInputs": Handler(f"{WORKBENCH}.inputs", "describe"),
    "Recognise": Handler(f"{WORKBENCH}.pasted", "recognise"),
    "ClientViews": Handler(f"{WORKBENCH}.client_views", "client_replies"),
    "Console": Handler(f"{WORKBENCH}.console", "send"),
    "Reconnect": Handler(f"{WORKBENCH}.console", "reconnect"),
    "Complete": Handler(f"{WORKBENCH}.console", "complete"),
    "Exchange": Handler("ferrous_vm.endpoint.in_page", "exchange", changes_keyspace=True),
    "Undo": Handler(f"{WORKBENCH}.workbench", "Workbench.undo", changes_keyspace=True),
    "Redo": Handler(f"{WORKBENCH}.workbench", "Workbench.redo", changes_keyspace=True),
    "SetClock": Handler(f"{WORKBENCH}.workbench", "Workbench.set_clock", changes_keyspace=True),
    "SetServer": Handler(f"{WORKBENCH}.choosing_server", "set_server", changes_keyspace=True),
    "RunOnServer": Handler(f"{WORKBENCH}.every_server.comparing_servers", "run_on_server"),
    "ExplainServer": Handler(f"{WORKBENCH}.every_server.comparing_servers", "explain_server"),
    "Load": Handler(f"{WORKBENCH}.workbench", "Workbench.load", changes_keyspace=True),
    "Browse": Handler(f"{WORKBENCH}.browsing", "browse"),
    "Inspect": Handler(f"{WORKBENCH}.browsing", "inspect"),
    "SaveRdb": Handler(f"{WORKBENCH}.rdb_files", "save"),
    "LoadRdb": Handler(f"{WORKBENCH}.rdb_files", "load", changes_keyspace=True),
    "MoreChanges": Handler(f"{WORKBENCH}.runs", "more_changes"),
    "MoreReply": Handler(f"{WORKBENCH}.reply_views", "more"),
    "Compare": Handler(f"{WORKBENCH}.comparing", "compare"),
    "Look": Handler(f"{WORKBENCH}.looking", "look"),
    "EditKey": Handler(f"{WORKBENCH}.key_edits", "edit", changes_keyspace=True),
    "Lint": Handler(f"{WORKBENCH}.explaining", "lint_request"),
    "Reference": Handler(f"{WORKBENCH}.explaining", "reference"),
    "CheckFixture": Handler(f"{WORKBENCH}.fixture_check", "check"),
    "RunTest": Handler(f"{WORKBENCH}.testing", "run_test"),
    "MeasureCost": Handler(f"{WORKBENCH}.costs", "measure"),
    "Export": Handler(f"{WORKBENCH}.exports", "export"),
    "CheckScenario": Handler(f"{SCENARIOS}.showing", "check"),
    "RunScenario": Handler(f"{SCENARIOS}.showing", "run"),
    "ScenarioMoment": Handler(f"{SCENARIOS}.showing", "moment"),
    "ScenarioCall": Handler(f"{SCENARIOS}.showing", "call"),
    "ExploreScenario": Handler("ferrous_vm.exploration.showing", "explore_scenario"),
    "CodeLines": Handler(f"{WORKBENCH}.debugging", "code_lines"),
    "Debug": Handler(f"{WORKBENCH}.debugging", "answer"),
    "DebugMove": Handler(f"{WORKBENCH}.debugging", "answer"),
    "DebugHits": Handler(f"{WORKBENCH}.debugging", "answer"),
    "DebugTimeline": Handler(f"{WORKBENCH}.debugging", "answer"),
    "DebugExpand": Handler(f"{WORKBENCH}.debugging", "answer"),
    "DebugEvaluate": Handler(f"{WORKBENCH}.evaluating", "evaluate"),
    "DebugLineValues": Handler(f"{WORKBENCH}.evaluating", "line_values"),
    "DebugGlobals": Handler(f"{WORKBENCH}.evaluating", "show_globals"),
    "DebugOrigin": Handler(f"{WORKBENCH}.origins", "who_wrote"),
    "DebugProfile": Handler(f"{WORKBENCH}.profiling", "show"),
    "RunProfile": Handler(f"{WORKBENCH}.profiling", "show_run", changes_keyspace=True),
    "KeyReport": Handler(f"{WORKBENCH}.key_report", "show", changes_keyspace=True),
    "ScriptKeys": Handler(f"{WORKBENCH}.script_keys", "show"),
    "Inside": Handler(f"{WORKBENCH}.inside", "inside"),
    "DebugRegisters": Handler(f"{WORKBENCH}.inside", "registers"),
    "DebugSet": Handler(f"{WORKBENCH}.setting", "set_variable"),
    "DebugEnd": Handler(f"{WORKBENCH}.debugging", "answer"),
}

if HANDLERS.keys() != REQUESTS.keys():
    raise AssertionError("the contract and its handlers differ")


STOPPED = Failure("Stopped: the keyspace is as it was before.")


class Bridge:
    """One workbench and the requests it answers. Between an answer and the next request interrupts come too late."""

    def __init__(self, host: Host | None = None) -> None:
        self.workbench = Workbench(host)

    def answer(self, text: str, content: bytes | None = None) -> Any:
        """The message that answers the request in `text`, to which the bytes `content` belong."""
        interrupts = self.workbench.interrupts
        try:
            interrupts.begin()
            request = decode(text, content)
            handler = HANDLERS[type(request).__name__]
            if handler.changes_keyspace and self.workbench.debugging is not None:
                self.workbench.debugging.abandon()
            answer = handler.load()(self.workbench, request)
            interrupts.held = True
            return answer
        except (RequestError, FieldError) as error:
            return Failure(str(error))
        except PartMissing as error:
            return Failure(str(error))
        except KeyboardInterrupt:
            return STOPPED
        except MemoryError:
            return Failure("Python ran out of memory: the keyspace is as it was before.")
        except Exception as error:
            return Failure(f"Ferrous itself failed, which is a bug: {type(error).__name__}: {error}"[:1000])


def hello(_: Workbench, request: Hello) -> Welcome:
    """Who is here."""
    return Welcome(CONTRACT, ferrous_vm.__version__, REDIS_VERSION, "{}.{}.{}".format(*sys.version_info))


def to_json(message: Any) -> str:
    """A message of the contract as JSON text; it carries the name of its class in `type`. Bytes stay out of it."""
    text = json.dumps({"type": type(message).__name__, **_fields(message)}, default=_fields)
    return text if len(text) <= LONGEST_ANSWER else to_json(Failure(TOO_LARGE.format(len(text) // 1_000_000)))


def content_of(message: Any) -> bytes | None:
    """The bytes that belong to a message: it has one field of them, or none."""
    return next((value for value in _fields(message).values() if isinstance(value, bytes)), None)


def _fields(message: Any) -> Any:
    if isinstance(message, bytes):
        return None
    return {name: getattr(message, name) for name in message.__slots__}


_bridge: list[Bridge] = []
_host = PageHost()


def handle(request: str, page: Page | None = None) -> str:
    """Answer one request of the contract, as JSON text. The workbench lives as long as Python does.

    `page` is told what happens meanwhile; it also brings and takes the bytes that belong to request and answer.
    """
    try:
        if not _bridge:
            sys.setrecursionlimit(RECURSION_LIMIT)
            bridge = Bridge(_host)
            bridge.workbench.interrupts.listen()
            _bridge.append(bridge)
        if page is None:
            return to_json(_bridge[0].answer(request))
        _host.serve(page)
        answer = _bridge[0].answer(request, None if page.content is None else page.content.to_bytes())
        content = content_of(answer)
        if content is not None:
            page.give(content)
        return to_json(answer)
    except KeyboardInterrupt:  # before the request was begun
        return stopped


stopped = to_json(STOPPED)
"""What `handle` would answer where an interrupt comes at its first instruction, before it can catch any."""
