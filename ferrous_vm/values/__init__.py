"""What a Lua value is: numbers, strings, tables, functions, coercions, metatables."""
