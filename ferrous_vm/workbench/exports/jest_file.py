"""The tests of a work as a file for jest and ioredis: they run on a real Redis, on an empty database of it.

A test that cannot leave Ferrous (portable_tests.py) is skipped there, with the reason beside it.
"""

from __future__ import annotations

import json

from ferrous_vm.workbench.calls import read_call
from ferrous_vm.workbench.exports import javascript
from ferrous_vm.workbench.exports.call import NamedCall, Unavailable
from ferrous_vm.workbench.exports.portable_tests import portable, request_of
from ferrous_vm.workbench.records.exporting import ExportedTest
from ferrous_vm.workbench.resp import Node, parse

_PROGRAM = """
// An empty database of a Redis for tests: what the tests write there is deleted.
if (!process.env.REDIS_URL) throw new Error("set REDIS_URL to an empty database of a Redis for tests");
const redis = new Redis(process.env.REDIS_URL);
let isOurs = false;

/** Replies as text: bytes as Latin-1, errors by their sentence. */
function text(reply) {
  if (Buffer.isBuffer(reply)) return reply.toString("latin1");
  if (Array.isArray(reply)) return reply.map(text);
  return reply instanceof Error ? { error: reply.message } : reply;
}

const call = async (...words) => text(await redis.callBuffer(...words));

async function carryOut(commands) {
  for (const words of commands) await call(...words);
}

const CONTENT = {
  string: (key) => call("GET", key),
  hash: %(hash)s,
  list: (key) => call("LRANGE", key, 0, -1),
  set: async (key) => (await call("SMEMBERS", key)).sort(),
  zset: (key) => call("ZRANGE", key, 0, -1, "WITHSCORES"),
  stream: (key) => call("XRANGE", key, "-", "+"),
};

const pairs = (flat) => flat.flatMap((one, index) => (index %% 2 ? [] : [[one, flat[index + 1]]]));

const seconds = (life) => (life < 0 ? null : life / 1000);

/** Every key with its type, its content, and its time to live in seconds, null where it does not expire. */
async function keyspace() {
  const found = {};
  for (const key of await redis.callBuffer("KEYS", "*")) {
    const type = await call("TYPE", key);
    found[text(key)] = { type, content: await CONTENT[type](key), life: seconds(await call("PTTL", key)) };
  }
  return found;
}
%(fields)s
async function expectKeyspace(commands) {
  const found = await keyspace();
  await redis.callBuffer("FLUSHDB");
  await carryOut(commands);
  const expected = await keyspace();
  for (const one of %(timed)s) {
    if (one.life !== null) one.life = expect.closeTo(one.life, -1); // within five seconds
  }
  expect(found).toEqual(expected);
}

beforeAll(async () => {
  if ((await call("DBSIZE")) !== 0) throw new Error("the database of REDIS_URL is not empty: name another one");
  isOurs = true;
});
afterEach(async () => {
  if (isOurs) await call("FLUSHDB");
});
afterAll(() => redis.quit());
"""


_PLAIN = {
    "hash": 'async (key) => Object.fromEntries(pairs(await call("HGETALL", key)).sort())',
    "timed": "Object.values(expected)",
    "fields": "",
}
_TIMED_FIELDS = {
    "hash": "fields",
    "timed": "timed(expected)",
    "fields": """
/** The fields of a hash, each with its value and its time to live. */
async function fields(key) {
  const found = {};
  for (const field of (await redis.callBuffer("HKEYS", key)).sort(Buffer.compare)) {
    const [life] = await call("HPTTL", key, "FIELDS", 1, field);
    found[text(field)] = { value: await call("HGET", key, field), life: seconds(life) };
  }
  return found;
}

/** What has a time to live: keys, and fields of hashes. */
function timed(keys) {
  const found = Object.values(keys);
  return [...found, ...found.flatMap((one) => (one.type === "hash" ? Object.values(one.content) : []))];
}
""",
}
"""How a keyspace is read where fields of hashes cannot have times to live, and where they can."""


def write_jest(call: NamedCall) -> str:
    """The whole file. Raises Unavailable when there is no test."""
    if not call.tests:
        raise Unavailable("The work has no tests: record one, or write it in the tab Tests.")
    tests = "\n".join(_test(call, test) for test in call.tests)
    return f"""// Tests of {_string(call.name)}, exported from Ferrous: made for {call.profile.title}.
import {{ afterAll, afterEach, beforeAll, expect, test }} from "@jest/globals";
import Redis from "ioredis";

const SCRIPT = {javascript.script_literal(call.script)};
{_PROGRAM % (_PLAIN if call.profile.field_rules is None else _TIMED_FIELDS)}
{tests}"""


def _string(text: str) -> str:
    """A string of ASCII on one line, which may stand in a comment too."""
    return json.dumps(text)


def _test(call: NamedCall, test: ExportedTest) -> str:
    try:
        script = call.script.decode("utf-8", "surrogatepass")
        found = portable(script, test, call.profile)
    except Unavailable as reason:
        return f"// Skipped: {reason}.\ntest.skip({_string(test.name)}, () => {{}});\n"
    called = read_call(request_of(script, test, test.clock))
    lines = [f"await carryOut({_commands(found.fixture)});"] if found.fixture else []
    if called.is_function:
        lines.append('await call("FUNCTION", "LOAD", "REPLACE", SCRIPT);')
    mode = called.mode.replace("EVALSHA", "EVAL")
    callee = javascript.literal(called.function) if called.is_function else "SCRIPT"
    words = ", ".join([f'"{mode}"', callee, *map(javascript.literal, called.words)])
    lines.append(_expected(f"call({words})", found.reply))
    if found.keyspace is not None:
        lines.append(f"await expectKeyspace({_commands(found.keyspace)});")
    body = "".join(f"  {line}\n" for line in lines)
    return f"test({_string(test.name)}, async () => {{\n{body}}});\n"


def _expected(called: str, reply: bytes | None) -> str:
    """The statement that makes the call and looks at its reply."""
    if reply is None:
        return f"await {called}.catch(() => {{}});"
    nodes = parse(reply)
    if nodes[0].kind == "error":
        return f"await expect({called}).rejects.toMatchObject({_value(nodes[0])[0].replace('error:', 'message:', 1)});"
    return f"expect(await {called}).toEqual({_written(nodes)});"


def _written(nodes: list[Node]) -> str:
    """A reply as a JavaScript expression. Not recursive: replies may be nested by the thousand."""
    out: list[str] = []
    open_until: list[int] = []
    for index, node in enumerate(nodes):
        while open_until and open_until[-1] == index:
            open_until.pop()
            out.append("], ")
        opening, is_open = _value(node)
        if is_open:
            out.append(opening)
            open_until.append(node.after)
        else:
            out.append(f"{opening}, ")
    out += ["], "] * len(open_until)
    return "".join(out).replace(", ]", "]").removesuffix(", ")


def _value(node: Node) -> tuple[str, bool]:
    """A value of RESP2 as `text` of the file returns it, and whether others stand within it."""
    if node.kind == "array":
        return "[", True
    if node.kind == "integer":
        return node.value.decode(), False
    if node.kind == "nil":
        return "null", False
    if node.kind == "error":
        return f"{{ error: {_string(node.value.decode('utf-8', 'replace'))} }}", False
    return _string(node.value.decode("latin-1")), False


def _commands(commands: list[list[bytes]]) -> str:
    lines = "".join(f"\n    [{', '.join(map(javascript.literal, words))}]," for words in commands)
    return f"[{lines}\n  ]" if lines else "[]"
