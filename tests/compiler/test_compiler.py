"""Modules are self-contained and equal for equal sources; limits are Lua's; instructions know their nodes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.analysis.scopes import resolve
from ferrous_vm.bytecode.module import CompiledModule, Description, LocalName, Prototype, UpvalueSource
from ferrous_vm.bytecode.opcodes import OPCODES, Opcode, Operand
from ferrous_vm.compiler import compile_chunk
from ferrous_vm.compiler.operators import fold
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.parser import parse
from ferrous_vm.syntax.tree import BinaryOperator
from tests.syntax.generated_programs import correct_program


def compiled(source: bytes) -> CompiledModule:
    return compile_chunk(resolve(parse(source, b"=x")))


def prototypes(module: CompiledModule) -> Iterator[Prototype]:
    waiting = [module.main]
    while waiting:
        prototype = waiting.pop()
        yield prototype
        waiting.extend(prototype.prototypes)


LOCALS_190 = b"local a " * 190

LIMITS = [
    (b"return f(" + b"a," * 248 + b"a)", b"x:1: function or expression too complex near '<eof>'"),
    (b"return " + b"a,\n" * 249 + b"a", b"x:250: function or expression too complex near '<eof>'"),
    (LOCALS_190 + b"return f(" + b"1,\n" * 58 + b"1)", b"x:59: function or expression too complex near '<eof>'"),
    (b"while x do x={" + b"1," * 129_000 + b"} end y=1", b"x:1: control structure too long near 'end'"),
    (b"for i=1,2 do x={" + b"1," * 129_000 + b"}\nend y=1", b"x:2: control structure too long near 'end'"),
]


@pytest.mark.parametrize(("source", "message"), LIMITS, ids=range(len(LIMITS)))
def test_limits(source: bytes, message: bytes) -> None:
    with pytest.raises(LuaSyntaxError) as refusal:
        compiled(source)
    assert refusal.value.message == message


def test_just_within_the_limits() -> None:
    assert compiled(b"return f(" + b"a," * 247 + b"a)").main.register_count == 249
    compiled(b"while x do x={" + b"1," * 126_400 + b"} end y=1")


def test_constants_have_a_limit_without_a_position(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ferrous_vm.compiler.code.MOST_CONSTANTS", 100)
    source = b"x={" + b",".join(b"%d" % number for number in range(101)) + b"}"
    with pytest.raises(LuaSyntaxError) as refusal:
        compiled(source)
    assert refusal.value.message == b"constant table overflow"


@pytest.mark.parametrize(
    "source", [b"x=1" + b"+a" * 9_000, b"x=a" + b".a" * 9_000, b"x=f" + b"()" * 9_000, b"x=a" + b" or b and c" * 9_000]
)
def test_long_chains_compile(source: bytes) -> None:
    assert len(compiled(source).main.code) > 9_000


def test_a_prototype_describes_its_function() -> None:
    module = compiled(b"local u\nlocal function f(a, ...)\n local b = u\n do local c end\nend")
    assert module.chunk_name == b"=x"
    function = module.main.prototypes[0]
    assert (function.defined_line, function.end_line) == (2, 5)
    assert (function.parameter_count, function.is_vararg, function.needs_arg) == (1, True, True)
    assert function.upvalues == (UpvalueSource(True, 0),)
    assert function.upvalue_names == (b"u",)
    assert function.locals == (
        LocalName(b"a", 0, 0, 2),
        LocalName(b"arg", 1, 0, 2),
        LocalName(b"b", 2, 1, 2),
        LocalName(b"c", 3, 2, 2),
    )
    assert [local.name for local in function.local_names(1)] == [b"a", b"arg", b"b"]


DESCRIBED = [
    (b"x.y.z = 1", Opcode.SETTABLE_KK, (("field", b"y"),)),
    (b"local a return a + x", Opcode.ADD, (("local", b"a"), ("global", b"x"))),
    (b"local a return a .. x .. 'y'", Opcode.CONCAT, (("local", b"a"), ("global", b"x"), None)),
    (b"return -x", Opcode.UNM, (("global", b"x"),)),
    (b"return #x.y", Opcode.LEN, (("field", b"y"),)),
    (b"x:y()", Opcode.SELF_RK, (("global", b"x"),)),
    (b"x:y()", Opcode.CALL, (("method", b"y"),)),
    (b"return x()", Opcode.TAILCALL, (("global", b"x"),)),
    (b"return x[1]", Opcode.GETTABLE_RK, (("global", b"x"),)),
]


@pytest.mark.parametrize(("source", "opcode", "names"), DESCRIBED)
def test_what_can_fail_knows_its_names(
    source: bytes, opcode: Opcode, names: tuple[tuple[str, bytes] | None, ...]
) -> None:
    main = compiled(source).main
    pc = next(pc for pc, instruction in enumerate(main.code) if instruction[0] == opcode)
    assert main.descriptions[pc] == tuple(Description(*name) if name else None for name in names)


FOLDED = [
    (BinaryOperator.ADD, 1.0, 2.0, 3.0),
    (BinaryOperator.MODULO, -5.0, 3.0, 1.0),
    (BinaryOperator.POWER, 0.0, -1.0, float("inf")),
    (BinaryOperator.POWER, -8.0, 1 / 3, None),
    (BinaryOperator.DIVIDE, 1.0, 0.0, None),
    (BinaryOperator.MODULO, 1.0, -0.0, None),
    (BinaryOperator.SUBTRACT, float("inf"), float("inf"), None),
]


@pytest.mark.parametrize(("operator", "left", "right", "result"), FOLDED)
def test_constants_fold_unless_lua_leaves_them(
    operator: BinaryOperator, left: float, right: float, result: float | None
) -> None:
    assert fold(operator, left, right) == result


NOT_WHERE_THE_NODE_IS = frozenset(
    name for name in Opcode.__members__ if name.startswith(("LOAD", "MOVE", "JUMP_IF", "SET_JUMP", "SETLIST"))
)


@given(st.integers(0, 2**32))
def test_generated_programs_make_sound_modules(seed: int) -> None:
    try:
        chunk = parse(correct_program(Random(seed)), b"=x")
    except LuaSyntaxError:
        return
    module = compile_chunk(resolve(chunk))
    assert module == compile_chunk(resolve(chunk))
    for prototype in prototypes(module):
        check_operands(prototype)
        for pc, instruction in enumerate(prototype.code):
            name = OPCODES[instruction[0]].name
            number = prototype.nodes[pc]
            if number >= 0 and name not in NOT_WHERE_THE_NODE_IS and name not in ("RETURN", "CLOSURE"):
                node = chunk.nodes[number]
                line = node.line
                if isinstance(node, tree.NumericFor) and name == "FORPREP":
                    line = node.check_line
                elif isinstance(node, tree.GenericFor):
                    line = node.iterator_line
                assert prototype.lines[pc] == line


def check_operands(prototype: Prototype) -> None:
    """Every operand of every instruction names something there is."""
    sizes = {
        Operand.REGISTER: prototype.register_count,
        Operand.CONSTANT: len(prototype.constants),
        Operand.UPVALUE: len(prototype.upvalues),
        Operand.PROTOTYPE: len(prototype.prototypes),
        Operand.TARGET: len(prototype.code),
    }
    columns = (prototype.lines, prototype.nodes, prototype.descriptions)
    assert all(len(column) == len(prototype.code) for column in columns)
    for number, *operands in prototype.code:
        for kind, operand in zip(OPCODES[number].operands, operands, strict=False):
            if kind in sizes:
                assert 0 <= operand < sizes[kind]
