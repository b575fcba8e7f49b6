"""What short sources compile to, one line each: the register and constant choices of Lua 5.1's own compiler."""

from __future__ import annotations

import pytest

from ferrous_vm.analysis.scopes import resolve
from ferrous_vm.bytecode.disassembler import instruction_text
from ferrous_vm.bytecode.module import CompiledModule
from ferrous_vm.compiler import compile_chunk
from ferrous_vm.syntax.parser import parse


def compiled(source: bytes) -> CompiledModule:
    return compile_chunk(resolve(parse(source, b"=x")))


def one_line(source: bytes) -> str:
    """The instructions of the main function but its last RETURN."""
    main = compiled(source).main
    return "; ".join(instruction_text(main, pc) for pc in range(len(main.code) - 1))


LISTINGS = [
    # Locals and nil
    (b"local a", ""),
    (b"local a = 1 local b", "LOADK r0 1; LOADNIL r1 r1"),
    (b"x = 1 local a local b, c", 'LOADK r0 1; SETGLOBAL "x" r0; LOADNIL r0 r2'),
    (b"local a, b = 1", "LOADK r0 1; LOADNIL r1 r1"),
    (b"local a, b = f()", 'GETGLOBAL r0 "f"; CALL r0 0 2'),
    (b"local a, b = ...", "VARARG r0 2"),
    (b"local a = 1, f(), 2", 'LOADK r0 1; GETGLOBAL r1 "f"; CALL r1 0 1; LOADK r2 2'),
    (b"local a = (f())", 'GETGLOBAL r0 "f"; CALL r0 0 1'),
    (b"local a = (...)", "VARARG r0 1"),
    # Assignment: values first, then targets from the last
    (b"local a, b a, b = b, a", "MOVE r2 r1; MOVE r1 r0; MOVE r0 r2"),
    (b"local t, i t[i], i = 1, 2", "MOVE r2 r1; LOADK r3 1; LOADK r1 2; SETTABLE r0 r2 r3"),
    (b"local t t.x, t = 1", 'MOVE r1 r0; LOADK r2 1; LOADNIL r3 r3; MOVE r0 r3; SETTABLE_KR r1 "x" r2'),
    (b"a, b = f()", 'GETGLOBAL r0 "f"; CALL r0 0 2; SETGLOBAL "b" r1; SETGLOBAL "a" r0'),
    (b"local t t.x = nil t[1] = true", 'SETTABLE_KK r0 "x" nil; SETTABLE_KK r0 1 true'),
    # Arithmetic and folding
    (b"x = 1 + 2 * 3 ^ 2", 'LOADK r0 19; SETGLOBAL "x" r0'),
    (b"x = 1 / 0", 'DIV_KK r0 1 0; SETGLOBAL "x" r0'),
    (b"x = 1 % 0", 'MOD_KK r0 1 0; SETGLOBAL "x" r0'),
    (b"x = -5 % 3", 'LOADK r0 1; SETGLOBAL "x" r0'),
    (b"x = '1' + 1", 'ADD_KK r0 "1" 1; SETGLOBAL "x" r0'),
    (b"x = -'2'", 'LOADK r0 "2"; UNM r0 r0; SETGLOBAL "x" r0'),
    (b"x = 1e308 * 10", 'LOADK r0 inf; SETGLOBAL "x" r0'),
    (b"x = 1e999 - 1e999", 'SUB_KK r0 inf inf; SETGLOBAL "x" r0'),
    (b"x = #'abc'", 'LOADK r0 "abc"; LEN r0 r0; SETGLOBAL "x" r0'),
    (b"x = not 1", 'LOADBOOL r0 false; SETGLOBAL "x" r0'),
    (b"local a = 0 local b = -0", "LOADK r0 0; LOADK r1 0"),  # minus zero shares the place of zero
    (b"local a, b return a - 1, 2 / a, a * b", "SUB_RK r2 r0 1; DIV_KR r3 2 r0; MUL r4 r0 r1; RETURN r2 3"),
    # Concatenation is one instruction, with brackets or without
    (
        b"local a, b, c = a .. b .. c .. 1",
        'GETGLOBAL r0 "a"; GETGLOBAL r1 "b"; GETGLOBAL r2 "c"; LOADK r3 1; CONCAT r0 r0 r3; LOADNIL r1 r2',
    ),
    (b"local a a = a .. (a .. 1)", "MOVE r1 r0; MOVE r2 r0; LOADK r3 1; CONCAT r0 r1 r3"),
    (b"local a a = (a .. a) .. 1", "MOVE r1 r0; MOVE r2 r0; CONCAT r1 r1 r2; LOADK r2 1; CONCAT r0 r1 r2"),
    # Comparisons and jumps
    (b"local a if a then f() end", 'JUMP_IF_NOT r0 ->3; GETGLOBAL r1 "f"; CALL r1 0 0'),
    (b"local a if not a then f() end", 'JUMP_IF r0 ->3; GETGLOBAL r1 "f"; CALL r1 0 0'),
    (b"local a while a > 1 do end", "JUMP_NOT_LT_KR 1 r0 ->2; JUMP ->0"),
    (b"local a repeat until a == nil", "JUMP_NOT_EQ_RK r0 nil ->0"),
    (b"local a, b = 1 < 2", "JUMP_LT_KK 1 2 ->2; LOADBOOL_JUMP r0 false ->3; LOADBOOL r0 true; LOADNIL r1 r1"),
    (
        b"local a = a ~= b",
        'GETGLOBAL r0 "a"; GETGLOBAL r1 "b"; JUMP_NOT_EQ r0 r1 ->4; LOADBOOL_JUMP r0 false ->5; LOADBOOL r0 true',
    ),
    (b"local a, b a = a and b", "JUMP_IF_NOT r0 ->2; MOVE r0 r1"),
    (b"local a, b, c = 1 c = a or b", "LOADK r0 1; LOADNIL r1 r2; SET_JUMP_IF r2 r0 ->4; MOVE r2 r1"),
    (b"local a = true and x", 'GETGLOBAL r0 "x"'),
    (b"local a = nil or x", 'GETGLOBAL r0 "x"'),
    (b"local a, b local c = a or b", "SET_JUMP_IF r2 r0 ->2; MOVE r2 r1"),
    (b"for i = 1, 2 do break end", "LOADK r0 1; LOADK r1 2; LOADK r2 1; FORPREP r0 ->5; JUMP ->6; FORLOOP r0 ->4"),
    (b"for k in f do end", 'GETGLOBAL r0 "f"; LOADNIL r1 r2; JUMP ->3; TFORLOOP r0 1 ->3'),
    # Calls
    (b"f(1, ...)", 'GETGLOBAL r0 "f"; LOADK r1 1; VARARG r2 *; CALL r0 * 0'),
    (b"f(g())", 'GETGLOBAL r0 "f"; GETGLOBAL r1 "g"; CALL r1 0 *; CALL r0 * 0'),
    (b"f((g()))", 'GETGLOBAL r0 "f"; GETGLOBAL r1 "g"; CALL r1 0 1; CALL r0 1 0'),
    (b"a.b:c 'x'", 'GETGLOBAL r0 "a"; GETTABLE_RK r0 r0 "b"; SELF_RK r0 r0 "c"; LOADK r2 "x"; CALL r0 2 0'),
    (b"return f(1)", 'GETGLOBAL r0 "f"; LOADK r1 1; TAILCALL r0 1; RETURN r0 *'),
    (b"return (f(1))", 'GETGLOBAL r0 "f"; LOADK r1 1; CALL r0 1 1; RETURN r0 1'),
    (b"return f(), 1", 'GETGLOBAL r0 "f"; CALL r0 0 1; LOADK r1 1; RETURN r0 2'),
    (b"local a return a", "RETURN r0 1"),
    # Tables: sizes are rounded as Lua rounds them
    (b"x = {}", 'NEWTABLE r0 0 0; SETGLOBAL "x" r0'),
    (b"local t = {1, x = 2, 3}", 'NEWTABLE r0 2 1; LOADK r1 1; SETTABLE_KK r0 "x" 2; LOADK r2 3; SETLIST r0 2 1'),
    (b"local t = {f()}", 'NEWTABLE r0 0 0; GETGLOBAL r1 "f"; CALL r1 0 *; SETLIST r0 * 1'),
    (b"local t = {f(), nil}", 'NEWTABLE r0 2 0; GETGLOBAL r1 "f"; CALL r1 0 1; LOADNIL r2 r2; SETLIST r0 2 1'),
    (
        b"local t = {[1] = 2, [x] = y}",
        'NEWTABLE r0 0 2; SETTABLE_KK r0 1 2; GETGLOBAL r1 "x"; GETGLOBAL r2 "y"; SETTABLE r0 r1 r2',
    ),
    # Upvalues
    (b"local a f = function() a = 1 end", 'CLOSURE r1 p0; SETGLOBAL "f" r1'),
    (b"do local a f = function() return a end end", 'CLOSURE r1 p0; SETGLOBAL "f" r1; CLOSE r0'),
    (
        b"while x do local a f = function() return a end if a then break end end",
        'GETGLOBAL r0 "x"; JUMP_IF_NOT r0 ->10; LOADNIL r0 r0; CLOSURE r1 p0; SETGLOBAL "f" r1; JUMP_IF_NOT r0 ->8; '
        "CLOSE r0; JUMP ->10; CLOSE r0; JUMP ->0",
    ),
]


@pytest.mark.parametrize(("source", "expected"), LISTINGS)
def test_compiles_to(source: bytes, expected: str) -> None:
    assert one_line(source) == expected
