"""Values and whole keyspaces as bytes, as Redis writes them: RDB, listpacks, LZF, CRC-64, long doubles, lines."""
