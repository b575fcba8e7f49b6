local function two() return 'x', 'y' end
local t = {1, two(), two(), [10] = 'ten', n = 5; 'last'}
print(#t, t[1], t[2], t[3], t[4], t[10], t.n) -- expect: 4	1	x	x	last	ten	5
local u = {two(), (two())}
print(#u) -- expect: 2
local many = {}
for i = 1, 120 do many[#many + 1] = i end
local source = 'return {' .. table.concat(many, ',') .. '}'
print(#loadstring(source)(), loadstring(source)()[101]) -- expect: 120	101
print(#{two(), two()}, #{(two())}) -- expect: 3	1
