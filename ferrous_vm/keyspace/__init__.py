"""Redis data and commands; knows no Lua."""
