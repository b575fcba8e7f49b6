"""CompiledModule to steps: arena, heap, transaction, pending operations, frames, the loop."""
