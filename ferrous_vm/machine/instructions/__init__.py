"""One small function per opcode, in a module by what it works on; `linking` checks that every opcode has one."""
