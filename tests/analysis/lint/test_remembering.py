"""A linter that has seen the script before finds what a new one finds."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from ferrous_vm.analysis.lint.linter import Linter
from ferrous_vm.analysis.lint.table import RULES
from ferrous_vm.scripting.lint_facts import script_facts
from ferrous_vm.workbench.linting import lint_script, new_linter
from tests.syntax.changed_sources import changed

EXAMPLES = sorted(Path("web/examples").glob("*.lua"))
WRONG = "\n".join(f"local function of_{number}()\n{rule.wrong}\nend" for number, rule in enumerate(RULES.values()))


def check(sources: list[bytes]) -> None:
    """Each is linted by one linter as by a new one."""
    linter = new_linter()
    for source in sources:
        assert linter.lint(source) == lint_script(source)


def changes_of(source: bytes, count: int, seed: str) -> list[bytes]:
    """What becomes of a source, change by change; now and then it is as it was."""
    chance = random.Random(seed)
    sources = [source]
    for _ in range(count):
        sources.append(changed(sources[-1], chance) if chance.random() < 0.6 else source)
    return sources


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_findings_in_a_changed_example(path: Path) -> None:
    check(changes_of(path.read_bytes(), 15, path.stem))


def test_findings_in_a_script_that_is_all_wrong() -> None:
    check(changes_of(WRONG.encode(), 60, "wrong"))


@pytest.mark.parametrize(
    ("script", "old", "new"),
    [
        ("local v = redis.call('GET', 'k')\nif not v then return 1 end\nreturn v + 1", "not v", "v"),
        ("local v = redis.call('GET', 'k')\nlocal w = v\nif not v then w = 1 end\nreturn w + 1", "w = 1", "w = v"),
        ("local function f(p) return p > 5 end\nlocal x = 1\nreturn f(x)", "f(x)", "f(ARGV[1])"),
        ("local function f(p) return p > 5 end\nlocal x = 1\nreturn f(x)", "x = 1", "x = ARGV[1]"),
        ("local function f() return 1 end\nlocal x = f()\nreturn x > 5", "return 1", "return ARGV[1]"),
        ("local t = {}\nt.a = 1\nlocal x = t.a\nreturn x > 5", "t.a = 1", "t.a = ARGV[1]"),
        ("local t = {}\nlocal a = 1\ntable.insert(t, a)\nlocal x = t[1]\nreturn x == '5'", "a = 1", "a = '1'"),
        ("local t = {a = 1}\nlocal x = t.a\nlocal y = 1\nreturn x == '5'", "y = 1", "y = f(t)"),
        ("local x = {}\nlocal y = x\nif y == nil then return 1 end", "{}", "redis.call('GET', 'k')"),
        ("local x\nlocal function f()\n  x = 1\nend\nf()\nreturn x == '1'", "x = 1", "x = '1'"),
        ("local a = 1\nlocal b = a\nlocal c = b\nreturn c == '1'", "a = 1", "a = '1'"),
        ("local a, b = 1\nlocal function f() a = b end\nlocal function g() b = a end\nreturn a == 'x'", "= 1", "= 'y'"),
        (
            "-- x\nlocal function f() return redis.call('GET', KEYS[1]) == nil end\nreturn f()",
            "-- x",
            "local redis = {}",
        ),
        (
            "-- x\nlocal function f() return redis.call('GET', KEYS[1]) == nil end\nreturn f()",
            "x",
            "\nredis.setresp(3)",
        ),
        ("-- x\nlocal x = 1 + ARGV[1]\nreturn x == '1'", "-- x", "setmetatable({}, {})"),
        ("#!lua\nlocal x = KEYS[1]\nreturn x", "#!lua", "#!lua name=x"),
        ("local t = {}\nfor i, v in ipairs(t) do redis.call('SET', v, 1) end", "{}", "KEYS"),
        ("local x = 1\n" + "x = 2\n" * 14 + "-- more\nif x == '1' then return 1 end", "-- more", "x = 3 x = 4"),
        ("redis.call('SET', KEYS[1], 1) -- ferrous: allow\nreturn x", "allow", "allow undefined-global"),
    ],
)
def test_what_hangs_on_a_change_elsewhere(script: str, old: str, new: str) -> None:
    other = script.replace(old, new, 1)
    assert other != script
    check([text.encode() for text in (script, other, script, other.replace(new, "", 1), other)])


class Interrupt(BaseException):
    """What may come between any two lines."""


def interrupted(linter: Linter, source: bytes, lines: int) -> bool:
    """Lints until so many lines of what keeps and moves were run; whether it came to that."""
    left = lines

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left == 0:
                raise Interrupt
        kept = ("reparsing.py", "remembering.py", "linter.py")
        return trace if frame.f_code.co_filename.endswith(kept) else None

    sys.settrace(trace)
    try:
        linter.lint(source)
    except Interrupt:
        return True
    finally:
        sys.settrace(None)
    return False


def test_an_interrupt_at_any_line_leaves_a_linter_that_finds_what_a_new_one_finds() -> None:
    script = b"local a = 1\nlocal function f() return a == '1' end\n-- here\nlocal b = nop\nreturn f(b)\n"
    other = script.replace(b"-- here", b"local c = redis.call('GET', 'k') == nil\n")
    lines = 1
    linter = new_linter()
    linter.lint(script)
    while interrupted(linter, other, lines):
        assert linter.lint(other) == lint_script(other)
        linter.lint(script)
        lines += 1
    assert lines > 100


def test_only_what_hangs_on_a_change_is_looked_at_again() -> None:
    function = "local function f{0}(key)\n  local x = redis.call('GET', key) or {0}\n  return x == 1\nend\n"
    script = "".join(function.format(number) for number in range(20))
    linter = Linter(script_facts())
    linter.lint(script.encode())
    linter.lint(script.replace("or 7\n", "or 7 + 8\n").encode())
    assert linter.before is not None
    flow = linter.before.flow
    assert len(flow.open) * 15 < len(flow.nodes)
