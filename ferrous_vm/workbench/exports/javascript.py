"""Programs for ioredis and node-redis."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ferrous_vm.workbench.exports.call import NamedCall, escaped, readable

ESCAPED = b'"\\'
"""What a double-quoted string escapes."""


def literal(value: bytes) -> str:
    """An argument as a JavaScript expression: a string where it is readable UTF-8, else a Buffer."""
    text = readable(value)
    if text is None:
        return f'Buffer.from("{escaped(value, ESCAPED)}", "latin1")'
    return json.dumps(text, ensure_ascii=False)


def script_literal(script: bytes) -> str:
    """A template literal, which keeps the lines of the script, where it is readable; else a Buffer."""
    text = readable(script)
    if text is None:
        return literal(script)
    return "`" + text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${") + "`"


def _list(values: Sequence[bytes]) -> str:
    return ", ".join(map(literal, values))


def write_ioredis(call: NamedCall) -> str:
    """defineCommand sends EVALSHA, and EVAL when the server answers NOSCRIPT."""
    arguments = _list([*call.keys, *call.argv])
    return f"""import Redis from "ioredis";

const redis = new Redis();

// EVALSHA; after NOSCRIPT ioredis sends EVAL.
redis.defineCommand("{call.camel_name}", {{
  numberOfKeys: {len(call.keys)},
  lua: {script_literal(call.script)},
}});

const reply = await redis.{call.camel_name}({arguments});
console.log(reply);
await redis.quit();
"""


def write_node_redis(call: NamedCall) -> str:
    """evalSha and eval, which every version since 4 has in the same form."""
    respond = "{ RESP: 3 }" if call.protocol == 3 else ""
    return f"""import {{ createHash }} from "node:crypto";
import {{ createClient }} from "redis";

const SCRIPT = {script_literal(call.script)};
const SHA1 = createHash("sha1").update(SCRIPT).digest("hex");

const client = await createClient({respond}).connect();

async function {call.camel_name}(keys, args) {{
  const options = {{ keys, arguments: args }};
  try {{
    return await client.evalSha(SHA1, options);
  }} catch (error) {{
    if (!error.message.startsWith("NOSCRIPT")) throw error;
    return await client.eval(SCRIPT, options);
  }}
}}

console.log(await {call.camel_name}([{_list(call.keys)}], [{_list(call.argv)}]));
await client.close();
"""
