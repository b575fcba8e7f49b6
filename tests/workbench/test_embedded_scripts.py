"""Scripts in the strings of programs: found, linted in place, and changed there."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

import pytest

pytest.importorskip("tree_sitter")

from ferrous_vm.workbench.embedded_scripts import embedded_scripts
from ferrous_vm.workbench.file_lint import fixed, lint_file
from ferrous_vm.workbench.lua_strings import scripts_of_lua

PROGRAMS = {
    "joined.py": """script = ("local v = redis.call('GET', KEYS[1])\\n"
          "return v == nil")""",
    "long.py": '''client.register_script("""
local v = redis.call('GET', KEYS[1])
return v == nil
""")''',
    "raw.py": "x = r'''local v = redis.call('GET', KEYS[1])\nreturn v == nil'''",
    "template.js": "const s = `local v = redis.call('GET', KEYS[1])\nreturn v == nil`;",
    "compiled.js": "s = \"local v = redis.call('GET', \".concat(a ? 'KEYS[1]' : b,\")\\n\").concat('return v == nil');",
    "sum.js": "const s = \"local v = redis.call('GET', KEYS[1]) \" + // the owner\n  'return v == nil';",
    "template.ts": "const s: string = `local v = redis.call('GET', KEYS[1])\nreturn v == nil`;",
    "part.tsx": "const s = <A b={`local v = redis.call('GET', KEYS[1])\nreturn v == nil`} />;",
    "raw.go": "package a\n\nvar s = redis.NewScript(`local v = redis.call('GET', KEYS[1])\nreturn v == nil`)\n",
    "sum.go": 'package a\n\nvar s = "local v = redis.call(\'GET\', KEYS[1])\\n" +\n\t"return v == nil"\n',
    "Sum.java": 'class A { String s = "local v = redis.call(\'GET\', KEYS[1]); " + "return v == nil"; }',
    "Text.java": 'class A { String s = """\n  local v = redis.call("GET", KEYS[1])\n  return v == nil"""; }',
    "here.rb": "S = <<~LUA\n  local v = redis.call('GET', KEYS[1])\n  return v == nil\nLUA\n",
    "lines.js": "s = [\n  \"local v = redis.call('GET', KEYS[1])\",\n  'return v == nil',\n].join('\\n')",
    "lines.py": "s = '\\n'.join([\n  \"local v = redis.call('GET', KEYS[1])\",\n  'return v == nil',\n])",
    "lines.rb": "S = [\n  \"local v = redis.call('GET', KEYS[1])\",\n  'return v == nil',\n].join(\"\\n\")\n",
    "lines.go": "package a\n\nvar s = strings.Join([]string{\n\"local v = redis.call('GET', KEYS[1])\",\n"
    '"return v == nil",\n}, "\\n")\n',
    "Lines.java": 'class A { String s = String.join("\\n", "local v = redis.call(\'GET\', KEYS[1])",\n'
    '"return v == nil"); }',
    "resty.lua": 'local redis = require "resty.redis"\nlocal r = redis:new()\nreturn r:eval([[\n'
    "local v = redis.call('GET', KEYS[1])\nreturn v == nil]], 1, 'k')",
    "quoted.rb": 'S = "local v = redis.call(\\"GET\\", KEYS[1]) " "return v == nil"\n',
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_script_in_a_string_is_linted_in_place(name: str) -> None:
    source = PROGRAMS[name].encode()
    (one,) = lint_file(name, source).found
    assert one.rule == "nil-reply"
    assert source[one.start : one.end] == b"v == nil"
    before = source[: one.start]
    assert (one.line, one.column) == (before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
    assert fixed(source, partial(lint_file, name)) == (source.replace(b"v == nil", b"v == false"), 1)


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_byte_of_a_script_has_its_place(name: str) -> None:
    source = PROGRAMS[name].encode()
    (script,) = scripts_of_lua(source) if name.endswith(".lua") else embedded_scripts(name, source)
    assert len(script.origins) == len(script.text) + 1
    at = script.text.index(b"v == nil")
    assert script.is_verbatim(at, at + 8)
    assert "lines" in name.lower() or sorted(script.origins) == script.origins


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("doc.py", 'def f():\n    """Use redis.call(\'GET\', key) here == nil"""\n'),
        ("hole.js", "const s = `return redis.call('GET', ${key}) == nil`;"),
        ("hole.py", "s = f\"return redis.call('{command}', 'k') == nil\""),
        ("hole.rb", "s = \"return redis.call('GET', '#{key}') == nil\""),
        ("format.py", "s = 'redis.call({key}, {value})'.format(key=1, value=2)"),
        ("part.py", "A = 'helper(redis.call(\"GET\", KEYS[1]))'\nB = LIBRARY + A"),
        ("comment.go", "package a\n\n// return redis.call('GET', KEYS[1]) == nil\n"),
        ("none.py", "x = 'return 1 == nil'"),
        ("piece.ts", "const count = \"redis.call('ZCARD', queueKey)\";"),
        ("piece.js", "const limit = \"redis.call('GET', limitKey) or '0'\";"),
        ("library.py", "code = \"redis.register_function('f', function(keys, args) return 1 end)\""),
        ("broken.py", "s = 'redis.call(\n"),
        ("said.test.ts", "expect(script).toContain(\"return redis.call('GET', KEYS[1]) == nil\");"),
        ("said.js", "expect(s).toEqual(expect.stringContaining(\"return redis.call('GET', KEYS[1]) == nil\"));"),
        ("said.py", "assert \"return redis.call('GET', KEYS[1]) == nil\" in script"),
        ("asserted.py", "self.assertIn(\"return redis.call('GET', KEYS[1]) == nil\", script)"),
        ("Said.java", "class A { void f() { assertThat(s).contains(\"return redis.call('GET', KEYS[1]) == nil\"); } }"),
        ("said.go", "package a\n\nfunc f() { assert.Contains(t, s, \"return redis.call('GET', KEYS[1]) == nil\") }"),
        ("said.rb", "expect(s).to include \"return redis.call('GET', KEYS[1]) == nil\""),
        ("joined.py", "A = \"if redis.call('GET', KEYS[1]) then\"\nB = '\\n'.join([A, 'return 1 end'])"),
        ("joined.js", "const a = \"local v = helper(redis.call('GET', KEYS[1]))\";\nsend([a, b].join('\\n'));"),
        ("held.js", "const s = `local k = 'user:${id}'\nredis.call('DEL', k)\nreturn redis.call('DEL', KEYS[1])`;"),
        ("tagged.ts", "const at = `{${name}}:`;\nconst s = `return redis.call('GET', KEYS[1] .. ':x')`;"),
        ("tagged.py", "at = f'{{{name}}}:'\ns = \"return redis.call('GET', KEYS[1] .. ':x')\""),
        ("told.go", "package a\n\n// jobs:{<queue>}\nconst s = `return redis.call('GET', ARGV[1] .. 'x')`"),
        (
            "parts.js",
            "const lua = {refs: 'local at = KEYS[1]', take: \"return redis.call('GET', at)\", "
            "put: \"return redis.call('SET', at, 1)\"};",
        ),
        ("Lines.java", "class A { void f() { sb.append(\"if redis.call('GET', KEYS[i]) == nil then\\n\"); } }"),
        ("Added.java", "class A { void f() { s += \"if redis.call('GET', KEYS[i]) == nil then\"; } }"),
        ("lines.ts", "lines.push(`redis.call('SET', KEYS[i], value)`);"),
        ("added.py", "script += \"redis.call('SET', KEYS[i], value)\\n\""),
        ("prepared.lua", "-- StackExchange.Redis\nreturn redis.call('GET', @key)"),
        (
            "resty.lua",
            "local r = require('resty.redis'):new()\nr:eval([[return f(]] .. a .. [[, redis.call('GET')]])",
        ),
    ],
)
def test_what_nobody_knows_is_not_spoken_of(name: str, source: str) -> None:
    assert lint_file(name, source.encode()).found == []


def test_a_hole_hides_only_its_line() -> None:
    source = b"const s = `local a = ${value}\nreturn redis.call('GET', KEYS[1]) == nil`;"
    assert [one.rule for one in lint_file("a.js", source).found] == ["nil-reply"]


def test_a_line_that_a_message_names_is_one_of_the_program() -> None:
    source = b"\n\nconst s = `return {redis.call('GET', 'a'),\n  redis.call('GET', 'b')}`;"
    said = [one.message for one in lint_file("a.js", source).found if one.rule == "keys-in-several-slots"]
    placed = "This is 'b' in slot 3300, and GET in line 3 names 'a' in slot 15495"
    assert said == [f"{placed}: a cluster may keep them on different nodes."]
    source = b'\ns = """if redis.call(\'GET\', KEYS[1]) then\n  return 1"""\n'
    (broken,) = lint_file("a.py", source).found
    assert "(to close 'if' at line 2)" in broken.message


def test_a_change_that_would_end_the_string_is_not_offered() -> None:
    source = b"s = 'local c = 0 repeat local p = redis.call(\"SSCAN\", KEYS[1], c) c = p[1] until c == 0'"
    (one,) = lint_file("a.py", source).found
    assert (one.rule, one.fix) == ("scan-cursor", None)


def test_any_bytes_are_a_program() -> None:
    for name in PROGRAMS:
        for source in (b"redis.call(" * 50, b"\xff\x00redis`\"'" * 20, PROGRAMS[name].encode()[:-3]):
            lint_file(name, source)


def test_what_one_part_is_given_others_of_the_program_are_too() -> None:
    part = "redis.call('SET', at, later(now), 'PX', ttl)"
    programs = [
        f'FIRST = "{first}"\nLAST = "return redis.call(\'SET\', at, now)"\n' for first in (part, part[:14] + "at)")
    ]
    found = [[one.rule for one in lint_file("a.py", program.encode()).found] for program in programs]
    assert "undefined-global" not in found[0]
    assert "undefined-global" in found[1]


@pytest.mark.parametrize(
    "name",
    [
        "test/a.js",
        "src/__tests__/a.ts",
        "a.test.ts",
        "a.spec.js",
        "test_a.py",
        "a_test.go",
        "a_spec.rb",
        "RunTest.java",
    ],
)
def test_in_a_test_only_what_it_would_not_show_is_spoken_of(name: str) -> None:
    script = "\"redis.call('THROW') local v = redis.call('GET', 'k') return v == nil\""
    wrapped = {".go": f"package a\n\nvar s = {script}\n", ".java": f"class A {{ String s = {script}; }}"}
    source = wrapped.get(PurePath(name).suffix, f"s = {script}").encode()
    assert [one.rule for one in lint_file(name, source).found] == ["nil-reply"]
    plainly = lint_file(f"main/latest{PurePath(name).suffix}", source).found
    assert [one.rule for one in plainly] == ["unknown-command", "hard-coded-key", "nil-reply"]


def test_in_a_test_an_error_may_be_let_pass() -> None:
    source = b"s = \"redis.pcall('THROW') local v = redis.call('SMEMBERS', KEYS[1]) return #v\""
    assert lint_file("a_test.py", source).found == []
    assert lint_file("a_test.py", b"s = \"return redis.call('GET', KEYS[1]) + 1\"").found == []
    assert [one.rule for one in lint_file("a.py", source).found] == ["unchecked-pcall", "unknown-command"]
