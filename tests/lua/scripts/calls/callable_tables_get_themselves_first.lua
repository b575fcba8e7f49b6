local t = setmetatable({}, {__call = function(self, ...) return type(self), ... end})
print(t(1, 2)) -- expect: table	1	2
print(pcall(t, 3)) -- expect: true	table	3
local function tail() return t(4) end
print(tail()) -- expect: table	4
for a in setmetatable({}, {__call = function(self, s, c) if not c then return 'once' end end}) do print(a) end -- expect: once
