"""Resolved tree to CompiledModule; knows no heap and no machine."""

from ferrous_vm.compiler.functions import compile_chunk

__all__ = ["compile_chunk"]
