local function adder(n) return function(x) return x + n end end
local s = 0
for i = 1, 200000 do s = adder(i)(s) end
return s
