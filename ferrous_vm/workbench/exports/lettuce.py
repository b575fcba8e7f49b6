"""A program for Lettuce: EVALSHA, and EVAL when the server answers NOSCRIPT. The literals are Java's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ferrous_vm.workbench.exports import java
from ferrous_vm.workbench.exports.call import NamedCall, readable

_SCRIPT_IMPORTS = ["io.lettuce.core.RedisNoScriptException", "io.lettuce.core.api.sync.RedisCommands"]
_LIBRARY_OPTIONS = "\n    client.setOptions(ClientOptions.builder().scriptCharset(ISO_8859_1).build());"


class _Kind(NamedTuple):
    """What keys and arguments are: strings where all is readable UTF-8, which Lettuce encodes, else bytes."""

    name: str
    codec: str
    is_text: bool

    def array(self, values: Sequence[bytes]) -> str:
        """Keys or arguments."""
        listed = (java.text_literal(v.decode()) if self.is_text else java.bytes_literal(v) for v in values)
        return f"new {self.name.replace('[]', '')}[]{'' if self.is_text else '[]'} {{{', '.join(listed)}}}"

    def program(self, call: NamedCall, imports: Sequence[str], members: str, body: str, options: str = "") -> str:
        """The whole class. `body` are the statements that have a `connection`."""
        needed = [
            "io.lettuce.core.RedisClient",
            "io.lettuce.core.ScriptOutputType",
            "io.lettuce.core.api.StatefulRedisConnection",
            "java.util.List",
            *imports,
            *(["io.lettuce.core.codec.ByteArrayCodec"] if not self.is_text else []),
            *(["io.lettuce.core.ClientOptions"] if options else []),
        ]
        listed = "".join(f"import {name};\n" for name in sorted(needed))
        charset = (
            "import static java.nio.charset.StandardCharsets.ISO_8859_1;\n\n"
            if "ISO_8859_1" in members + body + options
            else ""
        )
        return f"""{charset}{listed}
public class {call.pascal_name} {{
{members}
  public static void main(String[] arguments) {{
    RedisClient client = RedisClient.create("redis://localhost");{options}
    try (StatefulRedisConnection<{self.name}, {self.name}> connection = client.connect({self.codec})) {{
{body}
    }} finally {{
      client.shutdown();
    }}
  }}
}}
"""


_TEXT = _Kind("String", "", True)
_BYTES = _Kind("byte[]", "ByteArrayCodec.INSTANCE", False)


def write_lettuce(call: NamedCall) -> str:
    """The program of a script."""
    text = readable(call.script)
    kind = _TEXT if text is not None and all(readable(value) is not None for value in call.words) else _BYTES
    script = java.script_literal(text if kind.is_text and text is not None else call.script.decode("latin-1"))
    name = call.camel_name
    members = f"""  static final {kind.name} SCRIPT = {script}{"" if kind.is_text else ".getBytes(ISO_8859_1)"};
  static final String SHA1 = "{call.sha1}";

  static List<Object> {name}(
      RedisCommands<{kind.name}, {kind.name}> commands, {kind.name}[] keys, {kind.name}... args) {{
    try {{
      return commands.evalsha(SHA1, ScriptOutputType.MULTI, keys, args);
    }} catch (RedisNoScriptException missing) {{
      return commands.eval(SCRIPT, ScriptOutputType.MULTI, keys, args);
    }}
  }}
"""
    body = f"""      System.out.println(
          {name}(connection.sync(), {kind.array(call.keys)}, {kind.array(call.argv)}));"""
    return kind.program(call, _SCRIPT_IMPORTS, members, body)


def write_lettuce_function(call: NamedCall) -> str:
    """The program of a library: `functionLoad` and `fcall`. Lettuce encodes the library by its own character set."""
    text = readable(call.script)
    kind = _TEXT if all(readable(value) is not None for value in call.words) else _BYTES
    library = java.script_literal(call.script.decode("latin-1") if text is None else text)
    members = f"""  static final String LIBRARY = {library};
"""
    method = "fcallReadOnly" if call.is_read_only else "fcall"
    body = f"""      connection.sync().functionLoad(LIBRARY, true);
      List<Object> reply =
          connection.sync().{method}(
              {java.text_literal(call.function.decode("latin-1"))},
              ScriptOutputType.MULTI,
              {kind.array(call.keys)},
              {kind.array(call.argv)});
      System.out.println(reply);"""
    return kind.program(call, [], members, body, _LIBRARY_OPTIONS if text is None else "")
