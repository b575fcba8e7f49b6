"""A program for go-redis: `Script.Run` sends EVALSHA, and EVAL when the server answers NOSCRIPT."""

from __future__ import annotations

from ferrous_vm.workbench.exports.call import NamedCall, readable

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def literal(value: bytes) -> str:
    """An interpreted string literal (Go specification, String literals); a Go string holds any bytes."""
    text = readable(value)
    if text is not None:
        return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'
    return '"' + "".join(_byte(byte) for byte in value) + '"'


def _byte(byte: int) -> str:
    character = chr(byte)
    return _ESCAPES.get(character, character if 0x20 <= byte < 0x7F else f"\\x{byte:02x}")


def script_literal(script: bytes) -> str:
    """A raw string literal, which keeps the lines of the script; one with a backquote goes line by line."""
    text = readable(script)
    if text is not None and "`" not in text:
        return f"`{text}`"
    lines = script.splitlines(keepends=True) if b"\r" not in script else [script]
    return " +\n\t".join(map(literal, lines or [b""]))


def write_go_redis(call: NamedCall) -> str:
    """The whole program."""
    keys, argv = (", ".join(map(literal, values)) for values in (call.keys, call.argv))
    arguments = f", {argv}" if argv else ""
    return f"""package main

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

var {call.camel_name} = redis.NewScript({script_literal(call.script)})

func main() {{
	ctx := context.Background()
	client := redis.NewClient(&redis.Options{{Addr: "localhost:6379"}})
	defer client.Close()

	// EVALSHA; after NOSCRIPT go-redis sends EVAL.
	reply, err := {call.camel_name}.Run(ctx, client, []string{{{keys}}}{arguments}).Result()
	if err != nil && err != redis.Nil {{
		panic(err)
	}}
	fmt.Println(reply)
}}
"""
