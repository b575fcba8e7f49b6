"""Ferrous: Redis Lua scripts, run and explained in pure Python."""

from ferrous_vm.lua import Lua

__all__ = ["Lua"]
