"""Programs for predis and phpredis: EVALSHA, and EVAL when the server answers NOSCRIPT. Strings of PHP are bytes."""

from __future__ import annotations

from collections.abc import Sequence

from ferrous_vm.workbench.exports.call import NamedCall, escaped, readable, single_quoted


def literal(value: bytes) -> str:
    """A string in single quotes, which keeps its lines, where it is readable UTF-8; else one of escapes."""
    text = readable(value)
    if text is not None:
        return single_quoted(text)
    return '"' + escaped(value, b'"\\$') + '"'


def array(values: Sequence[bytes]) -> str:
    """A list of strings."""
    return f"[{', '.join(map(literal, values))}]"


def write_predis(call: NamedCall) -> str:
    """The whole program for predis."""
    name = call.camel_name
    return f"""<?php
require 'vendor/autoload.php';

const SCRIPT = {literal(call.script)};

// EVALSHA; after NOSCRIPT it sends EVAL.
${name} = function (Predis\\Client $client, array $keys, array $args) {{
    try {{
        return $client->evalsha(sha1(SCRIPT), count($keys), ...$keys, ...$args);
    }} catch (Predis\\Response\\ServerException $error) {{
        if ($error->getErrorType() !== 'NOSCRIPT') throw $error;
        return $client->eval(SCRIPT, count($keys), ...$keys, ...$args);
    }}
}};

$client = new Predis\\Client();
var_dump(${name}($client, {array(call.keys)}, {array(call.argv)}));
"""


def write_phpredis(call: NamedCall) -> str:
    """The whole program for phpredis, the extension."""
    name = call.camel_name
    return f"""<?php
const SCRIPT = {literal(call.script)};

// EVALSHA; after NOSCRIPT it sends EVAL.
${name} = function (Redis $redis, array $keys, array $args) {{
    $redis->clearLastError();
    $reply = $redis->evalSha(sha1(SCRIPT), [...$keys, ...$args], count($keys));
    if ($reply === false && strncmp((string) $redis->getLastError(), 'NOSCRIPT', 8) === 0) {{
        $redis->clearLastError();
        $reply = $redis->eval(SCRIPT, [...$keys, ...$args], count($keys));
    }}
    return $reply;
}};

$redis = new Redis();
$redis->connect('127.0.0.1');
var_dump(${name}($redis, {array(call.keys)}, {array(call.argv)}));
"""
