"""Resolved tree to CompiledModule; knows no heap and no machine."""
