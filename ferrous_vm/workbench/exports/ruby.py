"""A program for redis-rb: EVALSHA, and EVAL when the server answers NOSCRIPT."""

from __future__ import annotations

from collections.abc import Sequence

from ferrous_vm.workbench.exports.call import NamedCall, escaped, readable, single_quoted


def literal(value: bytes) -> str:
    """A string in single quotes, which keeps its lines, where it is readable UTF-8; else one of bytes."""
    text = readable(value)
    if text is not None:
        return single_quoted(text)
    return '"' + escaped(value, b'"\\#') + '".b'


def array(values: Sequence[bytes]) -> str:
    """A list of strings."""
    return f"[{', '.join(map(literal, values))}]"


def write_redis_rb(call: NamedCall) -> str:
    """The whole program."""
    name = call.snake_name
    return f"""require "digest"
require "redis"

SCRIPT = {literal(call.script)}
SHA1 = Digest::SHA1.hexdigest(SCRIPT)

# EVALSHA; after NOSCRIPT it sends EVAL.
{name} = lambda do |redis, keys, argv|
  redis.evalsha(SHA1, keys: keys, argv: argv)
rescue Redis::CommandError => error
  raise unless error.message.start_with?("NOSCRIPT")
  redis.eval(SCRIPT, keys: keys, argv: argv)
end

p {name}.call(Redis.new, {array(call.keys)}, {array(call.argv)})
"""
