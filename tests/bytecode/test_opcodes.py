"""The opcode table is complete and consistent."""

from __future__ import annotations

import pytest

from ferrous_vm.bytecode.opcodes import OPCODES, Opcode, Operand


def test_an_opcode_is_its_position_in_the_table() -> None:
    assert [int(opcode) for opcode in OPCODES] == list(range(len(Opcode)))


@pytest.mark.parametrize("opcode", OPCODES, ids=lambda opcode: opcode.name)
def test_every_row_says_what_it_takes_and_does(opcode: Opcode) -> None:
    assert 1 <= len(opcode.operands) <= 3
    assert opcode.effect
    assert opcode.operands.count(Operand.TARGET) == (1 if "go to" in opcode.effect else 0)


@pytest.mark.parametrize("opcode", [opcode for opcode in OPCODES if opcode.name.endswith(("_RK", "_KR", "_KK"))])
def test_the_ending_of_a_name_tells_registers_from_constants(opcode: Opcode) -> None:
    kinds = {"R": Operand.REGISTER, "K": Operand.CONSTANT}
    expected = [kinds[letter] for letter in opcode.name[-2:]]
    operands = [operand for operand in opcode.operands if operand is not Operand.TARGET]
    assert operands[-2:] == expected
    assert Opcode[opcode.name[:-3]].operands.count(Operand.CONSTANT) == 0
