local functions = {}
for i = 1, 3 do functions[i] = function() i = i + 10 return i end end
print(functions[1](), functions[1](), functions[2]()) -- expect: 11	21	12
local others = {}
for _, v in ipairs({'a', 'b'}) do others[#others + 1] = function() return v end end
print(others[1](), others[2]()) -- expect: a	b
