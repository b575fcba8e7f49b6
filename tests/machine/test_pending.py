"""Pending operations: each priority where it is used, and the closed sets."""

import ferrous_vm
from ferrous_vm.machine import pending
from ferrous_vm.machine.delivery import DELIVERIES
from ferrous_vm.machine.pending import Priority
from ferrous_vm.machine.performing import PERFORMERS
from ferrous_vm.values import addresses, functions, strings


def _steps(source):
    """What is pending after each step of a program, and whether the step ran an instruction."""
    lua = ferrous_vm.Lua("machine")
    machine = lua.runtime.machine
    machine.begin(lua.runtime.load(source, b"=script"), (), lua.limits)
    state = (strings.current_metatable, addresses.current, functions.invoke)
    lua.runtime.install()
    seen = []
    try:
        while machine.results is None and machine.failure is None:
            before = machine.executed
            machine.step()
            waiting = type(machine.pending).__name__ if machine.pending is not None else None
            seen.append((waiting, machine.executed - before))
    finally:
        strings.current_metatable, addresses.current, functions.invoke = state
        results = machine.results
        machine.reset()
    return seen, results


def test_every_operation_has_a_priority_and_one_performer():
    assert set(PERFORMERS) == set(pending.OPERATIONS)
    assert {operation.priority for operation in pending.OPERATIONS} == set(Priority)


def test_every_context_has_one_delivery():
    assert set(DELIVERIES) == set(pending.CONTEXTS)


def test_a_call_is_deferred_until_its_instruction_is_complete():
    seen, results = _steps(b"local function f() return 5 end local x = f() return x")
    assert results == (5.0,)
    assert ("FunctionCall", 1) in seen  # the CALL is complete, the call is still to come
    assert ("Return", 1) in seen


def test_metamethods_and_iterators_are_deferred():
    seen, _ = _steps(b"local x = setmetatable({}, {__add = function() return 1 end}) + 1")
    assert ("MetamethodCall", 1) in seen
    seen, _ = _steps(b"for i in function() end do end")
    assert ("IteratorCall", 1) in seen


def test_what_a_native_needs_is_immediate():
    seen, _ = _steps(b"pcall(function() end)")
    assert not {"NativeCall", "NativeStart", "Delivery"} & {waiting for waiting, _ in seen}


def test_the_rest_of_a_concatenation_is_ordered_after_the_metamethod():
    seen, results = _steps(
        b"local t = setmetatable({}, {__concat = function(a, b) return 'm' end}) return 'a' .. t .. 'b' .. t .. 'c'"
    )
    assert results == (b"am",)
    waiting = [name for name, _ in seen if name]
    assert waiting.count("MetamethodCall") == 2
    assert "Concatenation" not in waiting
