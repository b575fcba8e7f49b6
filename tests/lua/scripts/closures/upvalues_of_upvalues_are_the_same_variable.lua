local x = 1
local function outer() return function() x = x + 1 return x end end
local a, b = outer(), outer()
print(a(), b(), x) -- expect: 2	3	3
