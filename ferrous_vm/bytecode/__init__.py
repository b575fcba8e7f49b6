"""The contract between compiler and machine: opcode table, CompiledModule, disassembler."""
