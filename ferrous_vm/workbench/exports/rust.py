"""A program for redis-rs: `Script` sends EVALSHA, and loads the script when the server answers NOSCRIPT."""

from __future__ import annotations

from collections.abc import Sequence

from ferrous_vm.workbench.exports.call import NamedCall, escaped, readable

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def literal(value: bytes) -> str:
    """An argument as a Rust expression: a string where it is readable UTF-8, else a slice of bytes."""
    text = readable(value)
    if text is not None:
        return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'
    return f"&{_bytes_literal(value)}[..]"


def _bytes_literal(value: bytes) -> str:
    return 'b"' + escaped(value, b'"\\') + '"'


def script_literal(script: bytes) -> str:
    """A raw string, which keeps the lines of the script, in as many hashes as it needs; bytes where it is no text."""
    text = readable(script)
    if text is None:
        return _bytes_literal(script)
    hashes = "#"
    while f'"{hashes}' in text:
        hashes += "#"
    return f'r{hashes}"{text}"{hashes}'


def chained(method: str, values: Sequence[bytes]) -> str:
    """A call of `method` for each value, a line each."""
    return "".join(f"\n        .{method}({literal(value)})" for value in values)


def address(call: NamedCall) -> str:
    """What the client connects to, as a literal."""
    return '"redis://127.0.0.1/?protocol=resp3"' if call.protocol == 3 else '"redis://127.0.0.1/"'


def program(call: NamedCall, script: str, run: str) -> str:
    """The whole program, from the literal of its constant to the statements that make `reply`."""
    return f"""{script}

fn main() -> redis::RedisResult<()> {{
    let client = redis::Client::open({address(call)})?;
    let mut connection = client.get_connection()?;

{run}
    println!("{{reply:?}}");
    Ok(())
}}
"""


def write_redis_rs(call: NamedCall) -> str:
    """The whole program. A script that is no text goes through `cmd`, for `Script` takes text only."""
    if readable(call.script) is None:
        script = f"const SCRIPT: &[u8] = {script_literal(call.script)};"
        run = f"""    let reply: redis::Value = redis::cmd("EVAL")
        .arg(SCRIPT)
        .arg({len(call.keys)}){chained("arg", [*call.keys, *call.argv])}
        .query(&mut connection)?;"""
        return program(call, script, run)
    script = f"const SCRIPT: &str = {script_literal(call.script)};"
    run = f"""    // EVALSHA; after NOSCRIPT redis-rs loads the script and sends it again.
    let {call.snake_name} = redis::Script::new(SCRIPT);
    let reply: redis::Value = {call.snake_name}
        .prepare_invoke(){chained("key", call.keys)}{chained("arg", call.argv)}
        .invoke(&mut connection)?;"""
    return program(call, script, run)
