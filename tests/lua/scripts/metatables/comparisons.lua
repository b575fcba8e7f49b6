local mt = {__eq = function() return 1 end, __lt = function(a, b) return a.n < b.n end}
local function make(n) return setmetatable({n = n}, mt) end
print(make(1) == make(2), make(1) ~= make(2), make(1) == 1) -- expect: true	false	false
print(make(1) < make(2), make(1) > make(2), make(2) <= make(1), make(1) >= make(1)) -- expect: true	false	false	true
mt.__le = function() return nil end
print(make(1) <= make(2)) -- expect: false
if make(1) < make(2) then print('less') else print('not less') end -- expect: less
print(rawequal(make(1), make(1))) -- expect: false
local other = setmetatable({n = 0}, {__lt = mt.__lt})
print(pcall(function() return other < setmetatable({n = 1}, {__lt = function() return true end}) end)) -- expect: false	script:10: attempt to compare two table values
