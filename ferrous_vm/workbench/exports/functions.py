"""A function library and the call of one of its functions: FUNCTION LOAD REPLACE, then FCALL, in every client.

What each writes is what `ferrous_vm/workbench/exports` writes for scripts, with the same literals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ferrous_vm.workbench.exports import csharp, go, java, javascript, php, python, ruby, rust, shell
from ferrous_vm.workbench.exports.call import NamedCall, readable


def _listed(literal: Callable[[bytes], str], values: Sequence[bytes]) -> str:
    return ", ".join(map(literal, values))


def write_shell(call: NamedCall) -> str:
    """FUNCTION LOAD once, then FCALL."""
    load = shell.redis_cli([b"FUNCTION", b"LOAD", b"REPLACE", call.script])
    return f"{load}\n{shell.redis_cli(call.command, call.protocol)}\n"


def write_redis_py(call: NamedCall) -> str:
    """`function_load` and `fcall`."""
    arguments = _listed(python.literal, [*call.keys, *call.argv])
    name = f"{python.literal(call.function)}, {len(call.keys)}{', ' if arguments else ''}"
    return f"""import redis

LIBRARY = {python.script_literal(call.script)}

client = redis.Redis({"protocol=3" if call.protocol == 3 else ""})
client.function_load(LIBRARY, replace=True)
reply = client.{"fcall_ro" if call.is_read_only else "fcall"}({name}{arguments})
print(reply)
"""


def write_ioredis(call: NamedCall) -> str:
    """`function` and `fcall`."""
    arguments = _listed(javascript.literal, [*call.keys, *call.argv])
    name = f"{javascript.literal(call.function)}, {len(call.keys)}{', ' if arguments else ''}"
    return f"""import Redis from "ioredis";

const redis = new Redis();

const LIBRARY = {javascript.script_literal(call.script)};
await redis.function("LOAD", "REPLACE", LIBRARY);

const reply = await redis.{"fcall_ro" if call.is_read_only else "fcall"}({name}{arguments});
console.log(reply);
await redis.quit();
"""


def write_node_redis(call: NamedCall) -> str:
    """`functionLoad` and `fCall`."""
    respond = "{ RESP: 3 }" if call.protocol == 3 else ""
    keys, argv = (_listed(javascript.literal, values) for values in (call.keys, call.argv))
    return f"""import {{ createClient }} from "redis";

const LIBRARY = {javascript.script_literal(call.script)};

const client = await createClient({respond}).connect();
await client.functionLoad(LIBRARY, {{ REPLACE: true }});

const reply = await client.{"fCallRo" if call.is_read_only else "fCall"}({javascript.literal(call.function)}, {{
  keys: [{keys}],
  arguments: [{argv}],
}});
console.log(reply);
await client.close();
"""


def write_go_redis(call: NamedCall) -> str:
    """`FunctionLoadReplace` and `FCall`."""
    keys, argv = (_listed(go.literal, values) for values in (call.keys, call.argv))
    method = "FCallRO" if call.is_read_only else "FCall"
    arguments = f"{go.literal(call.function)}, []string{{{keys}}}{', ' if argv else ''}{argv}"
    return f"""package main

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

const library = {go.script_literal(call.script)}

func main() {{
	ctx := context.Background()
	client := redis.NewClient(&redis.Options{{Addr: "localhost:6379"}})
	defer client.Close()

	if err := client.FunctionLoadReplace(ctx, library).Err(); err != nil {{
		panic(err)
	}}
	reply, err := client.{method}(ctx, {arguments}).Result()
	if err != nil && err != redis.Nil {{
		panic(err)
	}}
	fmt.Println(reply)
}}
"""


def write_jedis(call: NamedCall) -> str:
    """`functionLoadReplace` and `fcall`: with strings where all is readable UTF-8, else with bytes."""
    values = [call.function, *call.keys, *call.argv]
    text = readable(call.script)
    is_text = text is not None and all(readable(value) is not None for value in values)
    library = java.script_literal(text if is_text and text is not None else call.script.decode("latin-1"))
    name, keys, argv = (
        ", ".join(java.text_literal(value.decode("utf-8")) if is_text else java.bytes_literal(value) for value in part)
        for part in ([call.function], call.keys, call.argv)
    )
    kind = "String" if is_text else "byte[]"
    charset = "" if is_text else "import static java.nio.charset.StandardCharsets.ISO_8859_1;\n\n"
    return f"""{charset}import java.util.List;
import redis.clients.jedis.JedisPooled;

public class {call.pascal_name} {{
  static final {kind} LIBRARY = {library}{"" if is_text else ".getBytes(ISO_8859_1)"};

  public static void main(String[] arguments) {{
    try (JedisPooled jedis = new JedisPooled("localhost", 6379)) {{
      jedis.functionLoadReplace(LIBRARY);
      List<{kind}> keys = List.of({keys});
      List<{kind}> args = List.of({argv});
      System.out.println(jedis.{"fcallReadonly" if call.is_read_only else "fcall"}({name}, keys, args));
    }}
  }}
}}
"""


def write_stack_exchange(call: NamedCall) -> str:
    """`Execute` of FUNCTION LOAD and FCALL: the client has no methods for them."""
    text = readable(call.script)
    library = (
        f"static readonly byte[] Library = {csharp.bytes_literal(call.script)};"
        if text is None
        else f"const string Library = {csharp.script_literal(text)};"
    )
    keys = ", ".join(f"(RedisKey){csharp.literal(key)}" for key in call.keys)
    words = [
        csharp.literal(call.function),
        str(len(call.keys)),
        *([keys] if keys else []),
        *map(csharp.literal, call.argv),
    ]
    return f"""using System;
using StackExchange.Redis;

static class {call.pascal_name}
{{
    {library}

    static void Main()
    {{
        using (var connection = ConnectionMultiplexer.Connect({csharp.address(call)}))
        {{
            IDatabase database = connection.GetDatabase();
            database.Execute("FUNCTION", new object[] {{ "LOAD", "REPLACE", Library }});
            RedisResult reply = database.Execute("{call.mode}", new object[] {{ {", ".join(words)} }});
            Console.WriteLine(reply);
        }}
    }}
}}
"""


def write_predis(call: NamedCall) -> str:
    """FUNCTION LOAD and FCALL as raw commands, which every version of predis sends."""
    words = ", ".join(map(php.literal, [call.mode.encode(), *call.command[1:]]))
    return f"""<?php
require 'vendor/autoload.php';

const LIBRARY = {php.literal(call.script)};

$client = new Predis\\Client();
$client->executeRaw(['FUNCTION', 'LOAD', 'REPLACE', LIBRARY]);
var_dump($client->executeRaw([{words}]));
"""


def write_phpredis(call: NamedCall) -> str:
    """FUNCTION LOAD and FCALL as raw commands, which every version of phpredis sends."""
    words = ", ".join(map(php.literal, [call.mode.encode(), *call.command[1:]]))
    return f"""<?php
const LIBRARY = {php.literal(call.script)};

$redis = new Redis();
$redis->connect('127.0.0.1');
$redis->rawCommand('FUNCTION', 'LOAD', 'REPLACE', LIBRARY);
var_dump($redis->rawCommand({words}));
"""


def write_redis_rb(call: NamedCall) -> str:
    """`call`, which sends any command."""
    words = ", ".join(map(ruby.literal, [call.mode.encode(), *call.command[1:]]))
    return f"""require "redis"

LIBRARY = {ruby.literal(call.script)}

redis = Redis.new
redis.call("FUNCTION", "LOAD", "REPLACE", LIBRARY)
p redis.call({words})
"""


def write_redis_rs(call: NamedCall) -> str:
    """`cmd`, which sends any command."""
    kind = "&[u8]" if readable(call.script) is None else "&str"
    run = f"""    redis::cmd("FUNCTION").arg("LOAD").arg("REPLACE").arg(LIBRARY).exec(&mut connection)?;
    let reply: redis::Value = redis::cmd("{call.mode}")
        .arg({rust.literal(call.function)})
        .arg({len(call.keys)}){rust.chained("arg", [*call.keys, *call.argv])}
        .query(&mut connection)?;"""
    return rust.program(call, f"const LIBRARY: {kind} = {rust.script_literal(call.script)};", run)
