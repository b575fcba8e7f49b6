"""Every message between the page and Python: the workbench's records, and those with which the two begin.

Text crosses: a request and its answer are JSON objects whose `type` names a class of `ferrous_vm/workbench/records`, or
of `session.py` here. A message has at most one field of bytes, which cross beside it. The page's TypeScript
declarations are generated from them (`make contract`), and a test holds them fresh.
"""

from __future__ import annotations

from importlib import import_module

from ferrous_vm.records import RecordType

SESSION = f"{__name__}.session"
RECORDS = "ferrous_vm.workbench.records"

REQUESTS: dict[str, str] = {
    "Hello": SESSION,
    "Undo": f"{RECORDS}.keyspace",
    "Redo": f"{RECORDS}.keyspace",
    "SetClock": f"{RECORDS}.keyspace",
    "SetServer": f"{RECORDS}.servers",
    "RunOnServer": f"{RECORDS}.servers",
    "ExplainServer": f"{RECORDS}.servers",
    "Load": f"{RECORDS}.keyspace",
    "Browse": f"{RECORDS}.keyspace",
    "Inspect": f"{RECORDS}.keyspace",
    "SaveRdb": f"{RECORDS}.keyspace",
    "LoadRdb": f"{RECORDS}.keyspace",
    "Compare": f"{RECORDS}.keyspace",
    "MoreChanges": f"{RECORDS}.keyspace",
    "MoreReply": f"{RECORDS}.replies",
    "Look": f"{RECORDS}.values",
    "EditKey": f"{RECORDS}.values",
    "Console": f"{RECORDS}.console",
    "Reconnect": f"{RECORDS}.console",
    "Complete": f"{RECORDS}.console",
    "Exchange": f"{RECORDS}.connections",
    "Run": f"{RECORDS}.running",
    "Functions": f"{RECORDS}.calling",
    "LoadLibraries": f"{RECORDS}.calling",
    "DescribeInputs": f"{RECORDS}.calling",
    "Recognise": f"{RECORDS}.pasting",
    "ClientViews": f"{RECORDS}.clients",
    "Lint": f"{RECORDS}.editing",
    "Reference": f"{RECORDS}.editing",
    "CheckFixture": f"{RECORDS}.editing",
    "RunTest": f"{RECORDS}.testing",
    "MeasureCost": f"{RECORDS}.costs",
    "Export": f"{RECORDS}.exporting",
    "CheckScenario": f"{RECORDS}.scenarios",
    "RunScenario": f"{RECORDS}.scenarios",
    "ScenarioMoment": f"{RECORDS}.scenarios",
    "ExploreScenario": f"{RECORDS}.scenarios",
    "ScenarioCall": f"{RECORDS}.scenarios",
    "CodeLines": f"{RECORDS}.debugging",
    "Debug": f"{RECORDS}.debugging",
    "DebugMove": f"{RECORDS}.debugging",
    "DebugHits": f"{RECORDS}.debugging",
    "DebugTimeline": f"{RECORDS}.debugging",
    "DebugExpand": f"{RECORDS}.debugging",
    "DebugEvaluate": f"{RECORDS}.evaluating",
    "DebugLineValues": f"{RECORDS}.evaluating",
    "DebugGlobals": f"{RECORDS}.evaluating",
    "DebugOrigin": f"{RECORDS}.origins",
    "DebugProfile": f"{RECORDS}.profiling",
    "RunProfile": f"{RECORDS}.profiling",
    "KeyReport": f"{RECORDS}.keys",
    "ScriptKeys": f"{RECORDS}.keys",
    "Inside": f"{RECORDS}.inside",
    "DebugRegisters": f"{RECORDS}.inside",
    "DebugSet": f"{RECORDS}.evaluating",
    "DebugEnd": f"{RECORDS}.debugging",
}
"""Each request, and the module it stands in: that is imported when the page first asks so, not when it loads."""


def request_class(name: str) -> RecordType | None:
    """The class of the request called `name`; None when there is no such request."""
    module = REQUESTS.get(name)
    found: RecordType | None = getattr(import_module(module), name) if module else None
    return found
