"""A program for redis-py: `register_script` sends EVALSHA, and loads the script when the server answers NOSCRIPT."""

from __future__ import annotations

from collections.abc import Sequence

from ferrous_vm.workbench.exports.call import NamedCall, readable


def literal(value: bytes) -> str:
    """An argument as a Python expression: text where it is readable UTF-8, which redis-py encodes, else bytes."""
    text = readable(value)
    return repr(value) if text is None else repr(text)


def script_literal(script: bytes) -> str:
    """A raw string that keeps the lines of the script where Python can write one; else one of escapes."""
    text = readable(script)
    if text is None:
        return repr(script)
    if '"""' in text or text.endswith(('"', "\\")):
        return repr(text)
    return f'r"""{text}"""'


def _list(values: Sequence[bytes]) -> str:
    return f"[{', '.join(map(literal, values))}]"


def write_redis_py(call: NamedCall) -> str:
    """The whole program."""
    return f"""import redis

SCRIPT = {script_literal(call.script)}

client = redis.Redis({"protocol=3" if call.protocol == 3 else ""})
# EVALSHA; after NOSCRIPT the script is loaded and EVALSHA is sent again.
{call.snake_name} = client.register_script(SCRIPT)
reply = {call.snake_name}(keys={_list(call.keys)}, args={_list(call.argv)})
print(reply)
"""
