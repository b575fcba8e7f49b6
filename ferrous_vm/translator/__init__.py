"""Resolved tree to Python functions: the fast engine."""
