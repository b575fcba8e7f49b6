"""One small function per opcode, by what it works on; importing this checks that every opcode has one."""

from ferrous_vm.machine.instructions import arithmetic, calls, comparison, control, data, tables
from ferrous_vm.machine.instructions.registry import require_complete

require_complete()

__all__ = ["arithmetic", "calls", "comparison", "control", "data", "tables"]
