"""What becomes of a script: bytecode, tree and Python, each line with its line of the script."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from ferrous_vm.workbench.python_text import _BLOCKS, _EXPRESSIONS, _SIMPLE
from tests.scripting.generated_scripts import Generator
from tests.workbench.test_debugging import Visitor

SCRIPT = """local t = {1, x = 2}
local function f(a, ...)
  for i = 1, a do
    if i % 2 == 0 and t.x then t[i] = redis.call('GET', 'k' .. i) end
  end
  return t, ...
end
for k, v in pairs(t) do f(v) end
return f(3)"""


def _inside(script: str, **fields: Any) -> Any:
    return Visitor().ask("Inside", script=script, **fields)


def _texts(lines: Any) -> list[tuple[int | None, str]]:
    return [(line["line"], "  " * line["depth"] + line["text"]) for line in lines]


def test_the_code_of_the_machine() -> None:
    functions = _inside(SCRIPT)["functions"]
    assert [one["title"] for one in functions] == [
        "main function: 0 parameters, 9 registers",
        "function at lines 2\u20137: 1 parameters, 11 registers",
    ]
    assert (4, '   7 GETTABLE_RK r6 r6 "x"  ; upvalue t') in _texts(functions[1]["instructions"])


def test_the_python_of_the_translator() -> None:
    shown = _inside(SCRIPT)
    lines = _texts(shown["python"])
    assert (6, "    return (l0, *rest)") in lines
    assert (None, "# l0 is t, l8 is f, l45 is k, l46 is v") in lines
    text = "\n".join(text for _, text in lines)
    ast.parse(text)
    assert shown["problem"] == ""


def test_the_tree() -> None:
    lines = _texts(_inside("local a = 1 + x[2]\nreturn {n = -a}")["tree"])
    assert (1, "        left: Number value 1") in lines
    assert any(line == 2 and text.strip() == 'operand: Name name "a"' for line, text in lines)


def test_what_does_not_compile_or_is_not_translated_is_told() -> None:
    assert _inside("return =")["problem"] == "user_script:1: unexpected symbol near '='"
    shown = _inside("setfenv(1, {})")
    assert (shown["python"], shown["problem"][:14]) == ([], "The translator")
    assert shown["functions"]


def test_a_large_script_is_cut_and_a_deep_one_is_shown() -> None:
    shown = _inside("local a = 1\n" * 100 + "a = a + 1\n" * 5_000)
    assert shown["omitted"] > 0
    assert len(shown["tree"]) == 3_000
    assert _inside("return " + " + ".join(["x"] * 3_000))["tree"]
    assert _inside("return " + "(" * 150 + "1" + ")" * 150)["tree"]


def test_a_library() -> None:
    shown = _inside("#!lua name=l\nredis.register_function('f', function(k) return k end)", is_library=True)
    assert (shown["problem"], len(shown["functions"])) == ("", 2)


def test_every_form_of_python_is_written_as_python() -> None:
    written = _BLOCKS.keys() | _SIMPLE.keys() | _EXPRESSIONS.keys()
    generator = Generator(5)
    for _ in range(20):
        text = "\n".join(text for _, text in _texts(_inside(generator.script().decode("latin-1"))["python"]))
        found = {type(node) for node in ast.walk(ast.parse(text))}
        assert {kind for kind in found if issubclass(kind, ast.stmt | ast.expr)} <= written


def test_where_the_machine_stands() -> None:
    visitor = Visitor()
    visitor.debug(SCRIPT)
    visitor.move("continue", breakpoints=(4,))
    shown = visitor.ask("DebugRegisters", level=0)
    assert (shown["function"], shown["pc"]) == (1, 4)
    registers = {one["name"]: one["value"]["text"] for one in shown["registers"]}
    assert (registers["r0 a"], registers["r5 i"], registers["r6"]) == ("1", "1", "nil")
    assert visitor.ask("DebugRegisters", level=1)["function"] == 0
    visitor.move("continue")
    assert visitor.ask("DebugRegisters", level=0)["function"] == -1


@pytest.mark.parametrize("kind", ["DebugRegisters"])
def test_nobody_stands_anywhere_where_nothing_is_debugged(kind: str) -> None:
    assert Visitor().ask(kind, level=0)["type"] == "Failure"
