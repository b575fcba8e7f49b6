"""Functions and chunks of the resolved tree to prototypes and a module."""

from __future__ import annotations

from ferrous_vm.analysis.scopes import ResolvedChunk
from ferrous_vm.bytecode.module import CompiledModule, Prototype
from ferrous_vm.bytecode.opcodes import Opcode
from ferrous_vm.compiler.code import FunctionCode
from ferrous_vm.compiler.statements import statements
from ferrous_vm.syntax.tree import Function


def compile_chunk(resolved: ResolvedChunk) -> CompiledModule:
    """The module of a chunk: the same chunk gives an equal module.

    Raises LuaSyntaxError where Lua 5.1's compiler meets a limit of its own: registers, constants, jump length.
    """
    code = FunctionCode(resolved, resolved.main, None, _function)
    return CompiledModule(resolved.chunk.chunk_name, _body(code, resolved.chunk.main))


def _function(outer: FunctionCode, node: Function) -> Prototype:
    scope = outer.resolved.scopes[node.number]
    assert scope is not None
    code = FunctionCode(outer.resolved, scope, outer, outer.compile_function)
    return _body(code, node)


def _body(code: FunctionCode, node: Function) -> Prototype:
    """Parameters in the first registers, then the statements and a last RETURN for where no other was met."""
    scope = code.scope
    code.enter_block(False)
    for variable in scope.parameters:
        code.activate_local(variable.name, variable)
    if scope.arg is not None:
        code.activate_local(scope.arg.name, scope.arg)
    code.at = node.body.first - 1
    code.reserve(len(code.active))
    statements(code, node.body)
    code.at = node.last
    code.deactivate_locals(0)
    code.emit(Opcode.RETURN, 0, 0, 0)
    return code.prototype()
