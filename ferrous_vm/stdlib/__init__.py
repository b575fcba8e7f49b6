"""Lua's and Redis's libraries; one definition of each native serves both engines."""
