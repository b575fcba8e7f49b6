"""What strangers write cannot hide or reorder what the page shows: no answer of the bridge carries it as it is."""

from __future__ import annotations

import base64
import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from ferrous_vm.workbench.escapes import argument
from pyodide_bridge.bridge import Bridge, to_json
from pyodide_bridge.contract import REQUESTS

EVIL: Final = "a\u202eb\u2066c\x1b[31m\u200b\u2028"
FIELD: Final = argument(EVIL.encode())
HIDDEN: Final = re.compile("[\u202e\u2066\x1b\u200b\u2028]")

CALLED: Final = {"keys": [FIELD], "argv": [EVIL], "fixture": f"SET {FIELD} 1"}

SCRIPTS: Final = [
    text.replace("EVIL", EVIL)
    for text in (
        "redis.log(3, 'EVIL') redis.call('SET', KEYS[1], ARGV[1]) return {'EVIL', {ok = 'EVIL'}, {err = 'EVIL'}}",
        "return redis.call('EVIL')",
        "return redis.call('GET', 'EVIL', 'EVIL')",
        "return redis.call('OBJECT', 'EVIL')",
        "return redis.pcall('INCR', KEYS[1], 'EVIL')",
        "local t = {['EVIL'] = {'EVIL'}}\nlocal s = ('EVIL'):rep(99)\nreturn t['EVIL'][1]",
        "error('EVIL')",
        "error({err = 'EVIL'})",
        "local t = {} t['EVIL'].x = 1",
        "local EVIL = 1",
        "return = 'EVIL'",
        "return 'EVIL",
        "é = 1",
        "return EVIL",
        "redis.setresp(3) return {map = {['EVIL'] = 'EVIL'}}",
        "return assert(loadstring('x x', 'EVIL'))",
        "return cjson.decode('EVIL')",
        "return struct.pack('EVIL', 1)",
        "return redis.EVIL",
        "return string.format('%EVIL', 1)",
        "if redis.call('SET', KEYS[1], 'EVIL') == 'EVIL' then return 1 end",
        "return redis.call('SET', KEYS[1], 'v', 'EVIL')",
    )
]

LINES: Final = [
    "SET FIELD FIELD",
    "HSET h FIELD FIELD",
    "ZADD z 1 FIELD",
    "XADD x * FIELD FIELD",
    "FIELD",
    "OBJECT FIELD",
    "GET FIELD FIELD",
    "SET k v FIELD",
    "help FIELD",
    ":set FIELD",
    "ACL SETUSER FIELD",
    "CLIENT SETNAME FIELD",
    "CLIENT LIST",
    "KEYS *",
    "SUBSCRIBE FIELD",
]

SCENARIOS: Final = [
    text.replace("EVIL", EVIL)
    for text in (
        "-- scenario: EVIL\n-- given: SET EVIL EVIL\n-- steps\n-- A: GET EVIL\n-- expect reply: EVIL\n-- A: EVIL\n"
        "-- expect key EVIL: EVIL\n-- A calls EVIL   keys: EVIL\n-- EVIL is evicted\n",
        "-- scenario: EVIL\n-- client A\nnote('EVIL') enter('EVIL') call('EVIL', {'EVIL'}, {'EVIL'}) fail('EVIL')\n",
        "-- scenario: EVIL\n-- client A\nredis('EVAL', \"return 'EVIL'\", 1, 'EVIL') error('EVIL')\n",
        "-- scenario: x\n-- client EVIL\nx()\n",
        "-- scenario: x\n-- client A\nEVIL = EVIL = 1\n",
        "-- scenario: x\n-- chart: EVIL + 1\n-- chart: error('EVIL')\n-- client A\nredis('GET', 'EVIL')\n",
        "-- scenario: x\n-- always: EVIL == 1\n-- client A\nredis('GET', 'EVIL')\n",
        "-- scenario: x\n-- may: EVIL\n",
        "-- scenario: x\n-- steps\n-- EVIL\n",
        "-- scenario: x\nEVIL\n",
        "-- scenario: x\n-- script EVIL\nreturn EVIL\n-- client A\ncall('EVIL')\n",
        "-- scenario: x\n-- given: EVIL\n-- client A\nredis('GET', 'k')\n",
    )
]

FOR_EDITORS: Final = frozenset(("ScenarioExplored.failure.scenario", "ScenarioCallShown.script"))
"""What goes into an editor, which shows every character."""


def requests() -> Iterator[tuple[str, dict[str, Any]]]:
    """What the page may ask, with the text of a stranger wherever there is room for it."""
    for script in SCRIPTS:
        yield "Lint", {"script": script}
        yield "Run", {"script": script, **CALLED}
        yield "ClientViews", {}
        yield "MoreReply", {"offset": 0}
        yield "MoreChanges", {"search": "", "offset": 0}
        yield "KeyReport", {"script": script, **CALLED}
        yield "RunProfile", {"script": script, **CALLED}
        yield "ScriptKeys", {"script": script}
        yield "MeasureCost", {"script": script, **CALLED, "fixture": f"SADD {FIELD} {FIELD}", "grown": FIELD}
        yield "Debug", {"script": script, **CALLED}
        for _ in range(5):
            yield "DebugMove", {"how": "into", "backwards": False, "breakpoints": {}, "moment": 0}
            yield "DebugEvaluate", {"expressions": [EVIL, f"'{EVIL}'", f"{{['{EVIL}'] = {{'{EVIL}'}}}}"], "level": 0}
            yield "DebugLineValues", {"level": 0}
            yield "DebugGlobals", {}
            yield "DebugRegisters", {"level": 0}
            yield "DebugSet", {"name": EVIL, "level": 0, "path": [EVIL], "expression": f"'{EVIL}'"}
            yield "DebugSet", {"name": "t", "level": 0, "path": [], "expression": f"'{EVIL}'"}
        line = {"line": 1, "condition": f"'{EVIL}'", "log": f"{EVIL}{{'{EVIL}'}}"}
        change = {"expression": f"'{EVIL}' .. tostring({{}})", "function": -1}
        points = {"lines": [line], "keys": [{"key": FIELD, "on": "touched"}], "changes": [change], "errors": "all"}
        yield "DebugHits", {"breakpoints": points}
        yield "DebugTimeline", {"first": 1, "last": 100, "buckets": 5, "key": FIELD, "breakpoints": points}
        for key in (FIELD, EVIL):
            where = {"how": "tick", "lane": "writes", "key": key, "backwards": False, "moment": 100}
            yield "DebugMove", {**where, "breakpoints": {}}
        yield "DebugProfile", {}
        yield "Inside", {"script": script}
        yield "DebugOrigin", {"of": "key", "name": FIELD}
        yield "DebugOrigin", {"of": "variable", "name": EVIL, "path": [FIELD]}
        yield "DebugEnd", {}
    for line in LINES:
        for text in (line.replace("FIELD", FIELD), line.replace("FIELD", EVIL)):
            yield "Console", {"line": text}
            yield "Complete", {"line": text}
            yield "CheckFixture", {"lines": text, "clock": None}
            yield "Compare", {"lines": text}
            yield "Recognise", {"text": f"127.0.0.1:6379> {text}\n{text}"}
    yield "Reconnect", {}
    yield "Load", {"lines": f"SET {FIELD} {FIELD}\nHSET h {FIELD} {FIELD}\nXADD x 1-1 {FIELD} {FIELD}", "fresh": True}
    for key in (FIELD, "h", "x"):
        yield "Inspect", {"database": 0, "key": key, "offset": 0, "limit": 10}
    json_text = argument(json.dumps({EVIL: [EVIL]}, ensure_ascii=False).encode())
    yield "EditKey", {"database": 0, "key": "json", "how": "create", "kind": "string", "value": json_text}
    yield "EditKey", {"database": 0, "key": f'"{EVIL}', "how": "rename", "value": EVIL}
    for key in (FIELD, "h", "x", "json"):
        yield "Look", {"of": "key", "place": 0, "key": key}
    for namespace in (None, "", FIELD):
        yield "Browse", {"database": 0, "search": "", "kind": "", "offset": 0, "limit": 9, "namespace": namespace}
    for text in ("x", json.dumps({EVIL: [EVIL, "x"]}, ensure_ascii=False)):
        long = argument((text + EVIL * 99).encode())
        changed = f"redis.call('SET', 'long', {json.dumps(EVIL * 9)} .. redis.call('GET', 'long') .. 'x')"
        yield "Run", {"script": changed, **CALLED, "fixture": f"SET long {long}"}
        yield "MoreChanges", {"search": "", "offset": 0}
    yield "Load", {"lines": f"{EVIL} 1", "fresh": True}
    yield "Run", {"script": "return 1", "keys": [f'"{EVIL}'], "argv": []}
    for library in ("#!lua name=l\nredis.register_function('EVIL', 'EVIL')", "#!lua name=EVIL\n", "#!EVIL name=l\n"):
        yield "Functions", {"script": library.replace("EVIL", EVIL)}
    yield "DescribeInputs", {"script": f"-- KEYS[1] the {EVIL} lock", "keys": [f'"{EVIL}'], "argv": []}
    test = {**CALLED, "reply": EVIL, "keyspace": f"SET {FIELD} 2"}
    yield "RunTest", {"script": SCRIPTS[0], **test}
    call = {"keys": [FIELD], "argv": [EVIL], "tests": [{"name": EVIL, **test}]}
    yield "Export", {"script": SCRIPTS[0], "name": EVIL, **call}
    yield "LoadRdb", {"content": base64.b64encode(EVIL.encode()).decode()}
    yield "LoadLibraries", {"libraries": [EVIL, f"#!lua name=x\nerror('{EVIL}')", "#!lua name=x\n" + EVIL]}
    for kind in ("Undo", "Redo", "SaveRdb", "Reference"):
        yield kind, {}
    for first, server in ((True, "redis-7.0"), (False, "redis-7.2")):
        script = f"redis.call('SET', KEYS[1], 0.1) redis.log(2, '{EVIL}') return redis.call('GET', KEYS[1]) .. ARGV[1]"
        yield "RunOnServer", {"server": server, "first": first, "script": script, **CALLED}
    yield "ExplainServer", {"server": "redis-7.2"}
    for scenario in SCENARIOS:
        text = {"scenario": scenario, "scripts": [{"name": EVIL, "source": f"return '{EVIL}'"}]}
        for kind in ("CheckScenario", "RunScenario", "ExploreScenario"):
            yield kind, text
        for step in (1, 2):
            yield "ScenarioCall", {**text, "step": step}
            yield "ScenarioMoment", {**text, "steps": step}
    yield "SetServer", {"server": "redis-7.4"}
    yield "Load", {"lines": f"HSET {FIELD} f v\nHEXPIRE {FIELD} 9 FIELDS 1 f", "fresh": True}
    yield "SetServer", {"server": "redis-6.2"}


def texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Each text of an answer and where it stands, without the places in lists."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, place)


def test_no_answer_carries_what_would_hide() -> None:
    bridge = Bridge()
    asked, carried = set(), {}
    pending = deque(requests())
    while pending:
        kind, fields = pending.popleft()
        asked.add(kind)
        answer = json.loads(to_json(bridge.answer(json.dumps({"type": kind, **fields}))))
        assert not re.search("is missing|has no field|itself failed", answer.get("message", "")), (kind, fields, answer)
        for place, text in texts(answer, answer["type"]):
            if HIDDEN.search(text) and place not in FOR_EDITORS:
                carried[place] = text
            if kind in ("DebugMove", "DebugEvaluate", "DebugGlobals") and place.endswith(".token"):
                pending.appendleft(("DebugExpand", {"token": text, "offset": 0}))
    assert carried == {}
    assert set(REQUESTS) - asked == {
        "Hello",
        "SetClock",
        "CodeLines",
        "Exchange",
    }  # their answers carry no text of others
