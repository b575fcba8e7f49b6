"""Listings read as intended."""

from __future__ import annotations

from ferrous_vm.analysis.scopes import resolve
from ferrous_vm.bytecode.disassembler import constant_text, listing
from ferrous_vm.compiler import compile_chunk
from ferrous_vm.syntax.parser import parse

SOURCE = b"""local total = 0
for i = 1, 10 do
  total = total + redis.call('get', i)
end
local function show(...)
  return total, ...
end
return show()
"""

LISTING = """\
main function: 0 or more parameters, 8 registers, 0 upvalues
    0  [1]  LOADK r0 0
    1  [2]  LOADK r1 1
    2  [2]  LOADK r2 10
    3  [2]  LOADK r3 1
    4  [2]  FORPREP r1 ->11
    5  [3]  GETGLOBAL r5 "redis"
    6  [3]  GETTABLE_RK r5 r5 "call"             ; global redis
    7  [3]  LOADK r6 "get"
    8  [3]  MOVE r7 r4
    9  [3]  CALL r5 2 1                          ; field call
   10  [3]  ADD r0 r0 r5                         ; local total
   11  [2]  FORLOOP r1 ->5
   12  [7]  CLOSURE r1 p0
   13  [8]  MOVE r2 r1
   14  [8]  TAILCALL r2 0                        ; local show
   15  [8]  RETURN r2 *
   16  [8]  RETURN r0 0

function at lines 5-7: 0 or more parameters, 3 registers, 1 upvalues
  u0 total is r0 outside
    0  [6]  GETUPVAL r1 u0
    1  [6]  VARARG r2 *
    2  [6]  RETURN r1 *
    3  [7]  RETURN r0 0
"""


def test_a_listing() -> None:
    assert listing(compile_chunk(resolve(parse(SOURCE, b"=x")))) == LISTING


def test_constants_look_as_in_source() -> None:
    shown = [constant_text(constant) for constant in (None, True, False, 0.5, 1e300, b'a"\\\n\0\xff')]
    assert shown == ["nil", "true", "false", "0.5", "1e+300", '"a\\"\\\\\\n\\000\\255"']
