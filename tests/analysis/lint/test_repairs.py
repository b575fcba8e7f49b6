"""What is said to have been meant, put in the place of what was written, compiles: common slips, and one of each token.

Each slip is a chunk that Lua refuses, and a word of what is advised.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ferrous_vm.analysis.lint.diagnostics import apply
from ferrous_vm.analysis.lint.repair_site import Repair
from ferrous_vm.analysis.lint.repairs import repair, repair_at
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.printing import printed
from ferrous_vm.syntax.parser import parse
from ferrous_vm.workbench.linting import lint_script

EXAMPLES = Path(__file__).parents[3] / "web" / "examples"

SLIPS = {
    "local function util.pick(t) return t[1] end\nreturn util.pick(ARGV)": "local function util_pick",
    "for key KEYS do return key end": "ipairs",
    "local function add(a, b,) return a + b end\nreturn add(1, 2)": "No comma",
    "\n#!lua flags=no-writes\nreturn 1": "a line break",
    "-- what it does\n#!lua flags=no-writes\nreturn 1": "very first bytes",
    "\ufeffreturn 1": "byte order mark",
    "if x = 1 then return 2 end": "==",
    "if x != 1 then return 2 end": "~=",
    "if x <> 1 then return 2 end": "~=",
    "if x === 1 and y !== 2 then return 2 end": "==",
    "return a || b && !c": "Lua writes or",
    "return x ?? y": "or",
    "let x = 1\nreturn x": "local",
    "const y = 2": "local",
    "var y = 2": "local",
    "local t = {}\nt.n += ARGV[1] - 2": "+=",
    "local i = 0\ni++": "i = i + 1",
    "for i = 1, 3 do if i == 2 then continue end f(i) end": "no continue",
    "for i = 1, 3 do\n  if i == 2 then goto next end\n  f(i)\n  ::next::\nend": "Lua 5.2",
    "return redis.call(\u2018GET\u2019, KEYS[1])": "word processors",
    "return redis.call(\u201cGET\u201d, KEYS[1])": "word processors",
    "return\xa0redis.call('GET', KEYS[1])": "U+00A0",
    "return 7 // 2": "math.floor",
    "return n << 2": "bit.lshift",
    "return a & 255": "bit.band",
    "return ~a": "bit.bnot",
    "local x <const> = 5": "Lua 5.4",
    "return x ? 1 : 2": "?:",
    "while true return 1 end": "do is missing",
    "for i = 1, 3 f(i) end": "do is missing",
    "if true return 1 end": "then is missing",
    "if (a == 1) {\n return 1\n} else if (b) {\n return 3\n} else {\n return 2\n}": "no braces",
    "function f(a) {\n return a\n}\nreturn f(1)": "no braces",
    "if a then\n return 1\nelse if b then\n return 2\nend\nreturn 3": "elseif",
    "if a then return 1 elif b then return 2 end": "elseif",
    "return 1\nreturn 2": "do return",
    "retrun 1": "return",
    "local x = 'abc\nreturn x": "quote",
    "local x = [[abc\nreturn x": "]]",
    "--[[ abc\nreturn 1": "]]",
    "local x = {1, 2\nreturn x": "}",
    "return redis.call('GET', KEYS[1]": ")",
    "return redis.call('SET' KEYS[1])": "comma",
    "return t.end": "['end']",
    "local end = 1": "word of Lua's own",
    "return {end = 1}": "['end']",
    "return {'a' = 1}": "brackets",
    "return {a: 1, b: 2}": "=",
    "local a.b = 1": "without local",
    "// comment\nreturn 1": "--",
    "/* comment */ return 1": "--[[",
    "x := 5": "=",
    "return 1 end": "one end too many",
    "if a then return 1": "end",
    "repeat f()": "until",
    "def f(x) return x end": "local function",
    "local x = 1_000": "underscores",
    "local function f(a = 1) return a end": "defaults",
    "local x: number = 1": "types",
    "if a == 1: return 1 end": "then",
    "IF a THEN return 1 END": "small letters",
    "local x =": "missing",
    "local a = f\n(g).x = 1": "semicolon",
    "s:len\nreturn 1": "brackets",
    "local t = {1,, 2}": "too many",
    "local t = [1, {a = 2}, [3]] return t[1]": "braces",
    "local f = (a) => a + 1\nreturn f(1)": "function(a, b)",
    "table.sort(ARGV, (a, b) => a < b)\nreturn ARGV": "function(a, b)",
    "local f = x => { return x }": "function(a, b)",
    "table.sort(ARGV, lambda a, b: a < b)\nreturn ARGV": "function(a, b)",
    "return {'a' => 1, b => 2}": "{name = value",
    "for (i = 1, 3) do f(i) end": "no brackets",
    "for i in 1..#KEYS do f(i) end": "for i = 1",
    "for (let i = 0; i < 3; i++) { f(i) }": "the last number belongs to it",
    "for (i = 0; i <= n; i += 1) do f(i) end": "the last number belongs to it",
    "return 'it's'": "within it",
    'return "say "hi" now"': "within it",
    "return 'a\\z\n  b'": "Lua 5.2",
    "local a[1] = 2": "without local",
    "return 'a' . 'b'": "two dots",
    "return ARGV.1": "t[1]",
    "redis.call 'GET', KEYS[1]": "brackets",
    "a ||= 2": "x or 1",
    "a.b ??= f(1) + 2": "x or 1",
    "a //= 2": "math.floor(x / 1)",
    "local n = 0\nn--\nreturn n": "begins a comment",
    "if ARGV[1] == 'x' then\n  return 1\n}\nreturn 2": "no braces",
    "unless x then return 1 end": "if not",
    "return a:b": "brackets",
    "if a == 1 and and b then end": "missing",
}


def error_of(source: bytes) -> LuaSyntaxError | None:
    body = source
    if source.startswith(b"#!"):
        body = source[source.index(b"\n") :] if b"\n" in source else b""
    try:
        parse(body, b"=user_script")
    except LuaSyntaxError as error:
        return error
    return None


def repaired(source: bytes) -> Repair:
    error = error_of(source)
    assert error is not None
    found = repair(source, error)
    assert found is not None
    assert repair_at(source, error.line, printed(error.message.partition(b": ")[2])) == found
    return found


@pytest.mark.parametrize("script", SLIPS)
def test_what_is_advised_compiles(script: str) -> None:
    source = script.encode()
    found = repaired(source)
    assert SLIPS[script] in found.advice
    assert error_of(apply(source, found.fix)) is None
    assert [one.fix for one in lint_script(source) if one.fix and error_of(apply(source, one.fix)) is not None] == []


@pytest.mark.parametrize("script", ["5 = x", "elseif x then end", "if", "local", "'text'", "f() = 1"])
def test_nothing_is_advised_that_makes_no_sense(script: str) -> None:
    error = error_of(script.encode())
    assert error is not None
    assert repair(script.encode(), error) is None


def test_what_is_put_right_keeps_its_spaces() -> None:
    source = b"local x <const> = a && b"
    assert apply(source, repaired(source).fix) == b"local x = a && b"
    assert apply(b"return a && b", repaired(b"return a && b").fix) == b"return a and b"


def test_what_is_advised_leads_further_wherever_a_token_is_missing() -> None:
    """Every example with one of its tokens taken away: what is advised compiles, or Lua reads further."""
    choice = random.Random(16)
    tried = mended = 0
    for path in sorted(EXAMPLES.rglob("*.lua")):
        source = path.read_bytes()
        body = source[source.index(b"\n") :] if source.startswith(b"#!") else source
        tokens = parse(body, b"=user_script").tokens
        for at in choice.sample(range(len(tokens.starts) - 1), 8):
            broken = body[: tokens.starts[at]] + body[tokens.ends[at] :]
            error = error_of(broken)
            if error is None or error.span is None:
                continue
            found = repair(broken, error)
            tried += 1
            if found is not None and found.fix.edits:
                after = error_of(apply(broken, found.fix))
                grown = sum(len(edit.text) - edit.end + edit.start for edit in found.fix.edits)
                assert after is None or after.span is None or after.span[0] - grown > error.span[0]
                mended += after is None
    assert tried > 100
    assert mended > tried * 0.7


@pytest.mark.parametrize("size", [20_000, 300_000])
def test_a_large_script_is_tried_where_it_is_wrong(size: int) -> None:
    line = b"redis.call('SET', KEYS[1], 'x')\n"
    source = line * (size // len(line)) + b"if x != 2 then return 1 end\n" + line * 100
    found = repaired(source)
    assert "~=" in found.advice
    (edit,) = found.fix.edits
    assert source[edit.start : edit.end] == b"!="


@pytest.mark.parametrize("source", [bytes(range(256)) * 4000, b"\0" * 500_000, b"x = (" * 100_000, b"'\xff" * 90_000])
def test_bytes_that_are_no_script_are_no_trouble(source: bytes) -> None:
    error = error_of(source)
    assert error is not None
    repair(source, error)
    repair_at(source, error.line, printed(error.message))
