"""`ferrous lint`: what it prints and how it exits."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from ferrous_vm.__main__ import FAILED, MISUSED, OK, main
from ferrous_vm.analysis.lint import RULES, SYNTAX_RULES
from ferrous_vm.analysis.lint.rules import Rule
from ferrous_vm.workbench.file_lint import fixed, lint_file
from ferrous_vm.workbench.linting import lint_script

LINT = partial(lint_file, "script.lua")


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("script.lua").write_text("local v = redis.call('GET', KEYS[1])\nreturn v == nil\n")
    return Path("script.lua")


def test_findings_are_shown_in_their_line(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(script)]) == FAILED
    assert capsys.readouterr().out == (
        "script.lua:2:8: warning: The reply of GET, `v`, is false, not nil, where Redis answers nil, "
        "so this never holds. [nil-reply]\n"
        "  |\n2 | return v == nil\n  |        ^^^^^^^^\n  = fix: Compare with false\n"
    )


def test_a_folder_stands_for_its_scripts(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("more").mkdir()
    Path("more/other.lua").write_text("return x + #KEYS\n")
    assert main(["lint", ".", "--output-format", "concise"]) == FAILED
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["more/other.lua", "script.lua"]


def test_findings_can_be_json(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--output-format", "json", str(script)]) == FAILED
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["file"], found["rule"], found["line"], found["column"]) == ("script.lua", "nil-reply", 2, 8)
    assert found["fix"] == {"title": "Compare with false", "edits": [{"start": 49, "end": 52, "text": "false"}]}


@pytest.mark.parametrize(("source", "status"), [("return 1", OK), ("return ARGV[1] < ARGV[2]", OK), ("x = 1", FAILED)])
def test_information_fails_no_build(tmp_path: Path, source: str, status: int) -> None:
    path = tmp_path / "script.lua"
    path.write_text(source)
    assert main(["lint", str(path)]) == status


def test_every_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for name, rule in RULES.items():
        assert main(["lint", "--explain", name]) == OK
        assert capsys.readouterr().out == rule.documentation()
    assert main(["lint", "--explain", "all"]) == OK
    printed = capsys.readouterr().out
    assert all(rule.documentation() in printed for rule in RULES.values())


def test_an_unknown_rule_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--explain", "nil-replies"]) == MISUSED
    assert "there is no rule nil-replies (did you mean nil-reply?)" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["nowhere.lua"]])
def test_what_cannot_be_linted_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", *words]) == MISUSED
    assert capsys.readouterr().err.startswith("ferrous: ")


def test_what_is_certain_is_put_right(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--fix", str(script)]) == OK
    assert script.read_text() == "local v = redis.call('GET', KEYS[1])\nreturn v == false\n"
    assert capsys.readouterr().err == "script.lua: 1 put right\n"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_no_change_breaks_a_script_or_is_made_twice(rule: Rule) -> None:
    changed, count = fixed(rule.wrong.encode(), LINT)
    before = {one.rule for one in lint_script(rule.wrong.encode())}
    after = lint_script(changed)
    assert not [one for one in after if one.rule in SYNTAX_RULES and one.rule not in before]
    assert not [one for one in after if one.fix is not None and one.fix.certain]
    assert (changed != rule.wrong.encode()) == bool(count)


def test_what_only_its_author_knows_is_left() -> None:
    for source in (
        b"if redis.call('HSET', KEYS[1], 'a', 1) then return 1 end",
        b"local n = redis.call('GET', KEYS[1])\nreturn n + 1",
        b"return {name = 1}",
        b"return = 1",
    ):
        assert lint_script(source)[0].fix is not None
        assert fixed(source, LINT) == (source, 0)


def test_many_changes_in_one_file() -> None:
    source = b"if redis.call('EXISTS', KEYS[1]) then return ARGV[1] == 1 end\n" * 200
    changed, count = fixed(source.replace(b"return", b"local x ="), LINT)
    assert count == 400
    assert lint_script(changed) == []


@pytest.mark.parametrize(
    "source",
    [
        "local http = require 'resty.http'\nngx.say(http.get('/'))",
        "<% for x in y %>redis.call('SET', KEYS[1], 1)<% end %>",
        "function request(context, parameters)\n  context.path = parameters[1]\nend",
        "done = function(summary)\n  local file = io.open('result.csv', 'a+')\n  file:close()\nend",
        "print('some string')",
        "KEY_USER = 'user_'\nKEY_ITEM = 'item_'\nKEY_GAME = 'game_'",
        "local servers = {\n  first = {port = 3001},\n  second = {port = 3101},\n}\n\nreturn servers",
        "function union(a, b) return a end\n\nreturn {\n  union = union,\n}",
        "local function pack(t) return #t end\nreturn {pack = pack}",
        "#include 'settings'\nreturn redis.call('GET', KEYS[1])",
        "redis.call('DEL', KEYS[1])\n#PUBLISH_UNLOCK#\nreturn 1",
        "bit = {}\nfunction bit.all(n) return n end",
        "return (function(mock)\n  function mock:hdel(key) if empty(self, key) then self[key] = nil end end\nend)",
        "local mock = require 'mock'\nKEYS = {'a'}\nredis = mock.new()\nreturn redis.call('GET', KEYS[1])",
        "local run = require './run'\ndescribe('a', function() it('b', function() redis.call('GET', 'a') end) end)",
        "local red = redis:new()\nfunction get(key)\n  return ngx.shared.cache:get(key)\nend\nngx.say(get('dog'))",
        '--1567753059.511206 [0 lua] "get" "a"\nreturn redis.call(\'GET\', KEYS[1])\n\nreturn KEYS[1]',
    ],
)
def test_what_is_no_redis_script_is_left_alone(tmp_path: Path, source: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "file.lua"
    path.write_text(source)
    assert main(["lint", str(path)]) == OK
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "left alone: it is" in shown.err


@pytest.mark.parametrize(
    "source",
    [
        "count = redis.call('INCR', KEYS[1])\nreturn count",
        "if x then return y end",
        "function f() return 1 end\nreturn f()",
        "first = 1\nsecond = 2",
        "first = 1\nsecond = 2\nthird = KEYS[1]",
        "return {count = 1}",
        "# the counter\nreturn redis.call('GET', KEYS[1])",
        "local t = cjson.decode('[]')\nprint(#t)",
    ],
)
def test_a_script_with_mistakes_is_one(tmp_path: Path, source: str) -> None:
    path = tmp_path / "file.lua"
    path.write_text(source)
    assert main(["lint", str(path)]) == FAILED


def test_a_name_that_a_file_beside_declares_is_assigned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "arguments.lua").write_text("local now = tonumber(ARGV[1])\nlocal longest = 0\n")
    (tmp_path / "check.lua").write_text("longest = math.max(longest, now)\nredis.call('SET', KEYS[1], longest)\n")
    assert main(["lint", str(tmp_path)]) == OK
    assert capsys.readouterr().out == ""


def test_a_global_that_a_script_makes_for_itself_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = "".join(f"function f{number}() return redis.call('TIME') end\n" for number in range(4))
    (tmp_path / "script.lua").write_text(f"{made}return {{f0(), f1(), f2(), f3()}}\n")
    assert main(["lint", str(tmp_path)]) == FAILED
    assert capsys.readouterr().out.count("[assigned-global]") == 4


@pytest.mark.parametrize(
    "source",
    [
        "function string.split(text)\n  return total\nend",
        "local t = setmetatable({}, {})\nprint(t)\nreturn count",
        "<<<<<<< HEAD\nlocal a = 1",
        "\ufeffpackage.path = './?.lua'\nlocal redis = require('redis_env')\nredis.connect({})\nprint(redis.run('x'))",
        "local add = function(a) return redis.call('GET', a) end\nfunction all(keys, args) return add(keys[1]) end",
        "local function f(keys) return redis.call('GET', keys[1]) end\nredis.register_function('f', f)",
        "function helper(a) count = a; return redis.call('GET', KEYS[1]) or count end",
    ],
)
def test_of_a_folder_what_is_hardly_a_script_is_left_alone(tmp_path: Path, source: str) -> None:
    path = tmp_path / "file.lua"
    path.write_text(source, encoding="utf-8")
    assert main(["lint", str(tmp_path)]) == OK
    assert main(["lint", "--fix", str(tmp_path)]) == OK
    assert path.read_text(encoding="utf-8") == source
    assert main(["lint", str(path)]) == FAILED


@pytest.mark.host
@pytest.mark.parametrize("place", ["client.py", "lua/client.py", "java/keys/Keys.java"])
def test_where_a_program_beside_puts_hash_tags_into_names_made_keys_have_them(
    tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "lua" / "take.lua"
    script.parent.mkdir()
    script.write_text("return redis.call('GET', ARGV[1] .. ':taken')\n")
    assert main(["lint", str(script)]) == OK
    assert "computed-key" in capsys.readouterr().out
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    named = 'String at(String name) { return "{".concat(name).concat("}"); }'
    (tmp_path / place).write_text(named if place.endswith(".java") else 'prefix = f"{{{name}}}"\n')
    assert main(["lint", str(script)]) == OK
    assert capsys.readouterr().out == ""


def test_of_many_files_beside_some_are_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ferrous_vm.command_line.lint.MOST_PARTS", 2)
    for name in "abcd":
        (tmp_path / f"{name}.lua").write_text(
            f"local {name} = #KEYS\nreturn e\n" if name == "d" else f"local {name} = 1\n"
        )
    (tmp_path / "script.lua").write_text("return a + b + c + #KEYS\n")
    assert main(["lint", str(tmp_path)]) == FAILED
    shown = capsys.readouterr()
    assert "names that files beside give are looked for in 2 of them" in shown.err
    assert [line.split("`")[1] for line in shown.out.splitlines() if "error" in line] == ["e", "c"]


def test_a_folder_may_be_called_like_a_program(tmp_path: Path) -> None:
    (tmp_path / "limit.js").mkdir()
    (tmp_path / "limit.lua").mkdir()
    assert main(["lint", str(tmp_path)]) == OK


def test_a_binary_file_is_no_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "file.lua"
    path.write_bytes(b"\xd5\0\x8f<% x %>{{y}}")
    assert main(["lint", str(path)]) == FAILED
    assert "[syntax-error]" in capsys.readouterr().out


def test_the_keys_that_scripts_name_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.lua").write_text("local k = KEYS[1] .. ':x'\nreturn redis.call('MGET', KEYS[1], k, 'a')")
    (tmp_path / "b.lua").write_text("return (")
    assert main(["lint", "--keys", str(tmp_path / "a.lua")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path / 'a.lua'}: 3 keys, 2 not in KEYS",
        "   any  KEYS[1]  in KEYS; MGET on line 2, made of KEYS",
        "   any  k = KEYS[1] .. ':x'  not in KEYS; MGET on line 2, made of KEYS, a literal",
        " 15495  'a'  not in KEYS; MGET on line 2, made of a literal",
    ]
    assert main(["lint", "--keys", "--output-format", "json", str(tmp_path)]) == 1
    told, bad = json.loads(capsys.readouterr().out)
    assert [one["slot"] for one in told["keys"]] == [None, None, 15495]
    assert "unexpected symbol" in bad["problem"]


def test_the_keys_of_scripts_in_a_lua_program_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "server.lua"
    path.write_text(
        "local red = require('resty.redis'):new()\nred:eval([[\n  return redis.call('GET', KEYS[1])\n]], 1, 'a')\n"
    )
    assert main(["lint", "--keys", str(path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{path}: 1 key, 0 not in KEYS",
        "   any  KEYS[1]  in KEYS; GET on line 3, made of KEYS",
    ]


@pytest.mark.host
def test_in_a_project_that_puts_hash_tags_into_names_made_keys_have_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "store" / "scripts").mkdir(parents=True)
    (tmp_path / "base").mkdir()
    (tmp_path / "store" / "scripts" / "take.lua").write_text("return redis.call('GET', ARGV[1] .. ':taken')\n")
    others = tmp_path / "node_modules" / "queue" / "names.js"
    others.parent.mkdir(parents=True)
    others.write_text("const prefix = `{${name}}:`;\n")
    assert main(["lint", str(tmp_path)]) == OK
    assert "computed-key" in capsys.readouterr().out
    (tmp_path / "base" / "names.go").write_text("package base\n\n// Prefix is jobs:{<queue>}\n")
    assert main(["lint", str(tmp_path)]) == OK
    assert capsys.readouterr().out == ""


def test_a_part_may_have_a_name_that_is_a_loop_variable_here_too(tmp_path: Path) -> None:
    (tmp_path / "net.lua").write_text("local function net(a) return a end\n")
    (tmp_path / "script.lua").write_text(
        "for _, net in ipairs(KEYS) do redis.call('DEL', net) end\nreturn redis.call('GET', net(KEYS[1]))"
    )
    assert main(["lint", str(tmp_path)]) == OK


def test_what_is_written_for_a_later_lua_of_another_host_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "plugin.lua"
    path.write_text("local redis = require('resty.redis')\nfor _, k in pairs(redis) do goto on ::on:: end\n")
    assert main(["lint", str(tmp_path)]) == OK
    assert main(["lint", str(path)]) == FAILED
    path.write_text("for _, k in pairs(KEYS) do goto on ::on:: end\nreturn redis.call('PING')\n")
    assert main(["lint", str(tmp_path)]) == FAILED


def test_several_commands_that_would_do_are_no_finding_of_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "count.lua"
    path.write_text(
        "local n = redis.call('INCR', KEYS[1])\nif n == 1 then redis.call('EXPIRE', KEYS[1], 60) end\nreturn n"
    )
    assert [one.rule for one in lint_script(path.read_bytes())] == ["replaced-by-command"]
    assert main(["lint", str(path)]) == OK
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("folder", ["node_modules", "vendor", ".venv"])
def test_what_others_wrote_is_passed_over_below_a_folder(
    tmp_path: Path, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = tmp_path / folder / "theirs"
    theirs.mkdir(parents=True)
    (theirs / "script.lua").write_text("redis.call('GET')")
    assert main(["lint", str(tmp_path)]) == OK
    assert main(["lint", str(theirs)]) == FAILED
    assert "wrong-arity" in capsys.readouterr().out


GIVEN = "local now = tonumber(ARGV[1])\nlocal at = KEYS[1]\n"


@pytest.mark.parametrize(
    ("given", "place", "status"),
    [
        (GIVEN, "parts.lua", OK),
        (GIVEN, "shared/parts.lua", OK),
        ("local now = {}\nlocal at = {n = now}\nnow.at = at\nfunction at.f() return now.f() end", "parts.lua", OK),
        ("local now = {}\nlocal at = {n = now.f()}\nnow.at = at", "parts.lua", FAILED),
        (GIVEN + "return at", "parts.lua", FAILED),
        (GIVEN + "redis.call('SET', at, now)", "parts.lua", FAILED),
        ("local at = KEYS[1]", "parts.lua", FAILED),
        (GIVEN, "shared/more/parts.lua", FAILED),
        ("local now = (", "parts.lua", FAILED),
        ("redis.call('SET', at, later(now), 'PX', ttl)", "other.lua", OK),
        ("redis.call('SET', at, tostring(now), 'PX', ttl)", "other.lua", FAILED),
    ],
)
def test_what_a_part_of_a_script_declares_for_others_is_there(
    tmp_path: Path, given: str, place: str, status: int
) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text(given)
    (tmp_path / "script.lua").write_text("return redis.call('SET', at, now)")
    assert main(["lint", str(tmp_path)]) == status
    if "/" not in place:
        assert main(["lint", str(tmp_path / "script.lua")]) == status
    for before in ("do local now = 1 end\n", "#!lua\n"):
        (tmp_path / "script.lua").write_text(f"{before}return redis.call('SET', KEYS[1], now)")
        assert main(["lint", str(tmp_path / "script.lua")]) == FAILED


def test_a_name_that_a_part_declares_may_be_a_parameter_too(tmp_path: Path) -> None:
    (tmp_path / "_head.lua").write_text("local id = ARGV[1]\nlocal key = KEYS[1]\n")
    (tmp_path / "script.lua").write_text("local function f(id) return redis.call('GET', id) end\nreturn f(id)")
    assert main(["lint", str(tmp_path)]) == OK
    (tmp_path / "script.lua").write_text("do local id = 1 end\nreturn redis.call('GET', id)")
    assert main(["lint", str(tmp_path)]) == FAILED


@pytest.mark.host
def test_a_program_is_a_test_by_the_folder_it_stands_in(tmp_path: Path) -> None:
    for folder in ("test", "main"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.py").write_text("s = \"return redis.call('GET', 'k')\"\n")
    assert main(["lint", str(tmp_path / "test")]) == OK
    assert main(["lint", str(tmp_path / "main")]) == FAILED
