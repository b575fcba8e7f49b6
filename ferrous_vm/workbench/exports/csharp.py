"""A program for StackExchange.Redis: `ScriptEvaluate` sends EVALSHA, and loads the script when it is missing."""

from __future__ import annotations

from collections.abc import Sequence

from ferrous_vm.workbench.exports.call import NamedCall, readable

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def literal(value: bytes) -> str:
    """An argument as a C# expression: a string where it is readable UTF-8, which the client encodes, else bytes."""
    text = readable(value)
    if text is None:
        return bytes_literal(value)
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'


def bytes_literal(value: bytes) -> str:
    """An array of bytes."""
    return f"new byte[] {{ {', '.join(f'0x{byte:02x}' for byte in value)} }}" if value else "new byte[0]"


def script_literal(script: str) -> str:
    """A verbatim string literal, which keeps the lines of the script."""
    return '@"' + script.replace('"', '""') + '"'


def address(call: NamedCall) -> str:
    """What the client connects to, as a literal."""
    return '"localhost,protocol=resp3"' if call.protocol == 3 else '"localhost"'


def array(kind: str, values: Sequence[bytes]) -> str:
    """An array of RedisKey or RedisValue."""
    return f"new {kind}[] {{ {', '.join(map(literal, values))} }}" if values else f"new {kind}[0]"


def write_stack_exchange(call: NamedCall) -> str:
    """The whole program. A script that is no text goes through `Execute`, for `ScriptEvaluate` takes strings only."""
    text = readable(call.script)
    if text is None:
        script = f"static readonly byte[] Script = {bytes_literal(call.script)};"
        run = """    {
        var words = new List<object> { Script, keys.Length };
        foreach (var key in keys) words.Add(key);
        foreach (var value in values) words.Add(value);
        return database.Execute("EVAL", words);
    }"""
        return _program(call, f"using System;\nusing System.Collections.Generic;\n{_USING}", script, f"\n{run}")
    script = f"const string Script = {script_literal(text)};"
    run = " =>\n        database.ScriptEvaluate(Script, keys, values);"
    return _program(call, f"using System;\n{_USING}", script, run)


_USING = "using StackExchange.Redis;\n"


def _program(call: NamedCall, using: str, script: str, run: str) -> str:
    keys, values = array("RedisKey", call.keys), array("RedisValue", call.argv)
    return f"""{using}
static class {call.pascal_name}
{{
    {script}

    static RedisResult Run(IDatabase database, RedisKey[] keys, RedisValue[] values){run}

    static void Main()
    {{
        using (var connection = ConnectionMultiplexer.Connect({address(call)}))
        {{
            IDatabase database = connection.GetDatabase();
            RedisResult reply = Run(database, {keys}, {values});
            Console.WriteLine(reply);
        }}
    }}
}}
"""
