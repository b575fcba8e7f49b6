"""Ferrous: Redis Lua scripts, run and explained in pure Python."""
