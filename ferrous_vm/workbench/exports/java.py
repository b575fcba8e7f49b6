"""A program for Jedis: EVALSHA, and EVAL when the server answers NOSCRIPT."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ferrous_vm.workbench.exports.call import NamedCall, readable

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def text_literal(text: str) -> str:
    """A string literal of ASCII, whatever encoding the compiler reads.

    Controls are octal: a Unicode escape of a line end would end the line (Java Language Specification 3.3).
    """
    return '"' + "".join(map(_character, text)) + '"'


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character < " ":
        return f"\\{ord(character):03o}"
    if character < "\x7f":
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def bytes_literal(value: bytes) -> str:
    """An array of bytes: each character of Latin-1 is a byte."""
    return f"{text_literal(value.decode('latin-1'))}.getBytes(ISO_8859_1)"


def script_literal(script: str) -> str:
    """The lines of the script, joined at run time: a constant may have 65,535 bytes at most."""
    lines = ",\n      ".join(map(text_literal, script.split("\n")))
    return f'String.join("\\n",\n      {lines})'


def write_jedis(call: NamedCall) -> str:
    """The whole program: with strings where all is readable UTF-8, which Jedis encodes, else with bytes."""
    values = [*call.keys, *call.argv]
    text = readable(call.script)
    if text is not None and all(readable(value) is not None for value in values):
        return _program(call, "String", script_literal(text), f'"{call.sha1}"', "", _texts)
    script = f"{script_literal(call.script.decode('latin-1'))}.getBytes(ISO_8859_1)"
    charset = "import static java.nio.charset.StandardCharsets.ISO_8859_1;\n\n"
    return _program(call, "byte[]", script, bytes_literal(call.sha1.encode()), charset, _bytes)


def _texts(values: Sequence[bytes]) -> str:
    return ", ".join(text_literal(value.decode("utf-8")) for value in values)


def _bytes(values: Sequence[bytes]) -> str:
    return ", ".join(map(bytes_literal, values))


def _program(
    call: NamedCall, kind: str, script: str, sha1: str, imports: str, listed: Callable[[Sequence[bytes]], str]
) -> str:
    name = call.camel_name
    return f"""{imports}import java.util.List;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.exceptions.JedisNoScriptException;

public class {call.pascal_name} {{
  static final {kind} SCRIPT = {script};
  static final {kind} SHA1 = {sha1};

  static Object {name}(JedisPooled jedis, List<{kind}> keys, List<{kind}> args) {{
    try {{
      return jedis.evalsha(SHA1, keys, args);
    }} catch (JedisNoScriptException missing) {{
      return jedis.eval(SCRIPT, keys, args);
    }}
  }}

  public static void main(String[] arguments) {{
    try (JedisPooled jedis = new JedisPooled("localhost", 6379)) {{
      System.out.println({name}(jedis, List.of({listed(call.keys)}), List.of({listed(call.argv)})));
    }}
  }}
}}
"""
