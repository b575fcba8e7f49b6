local function endless() return 1 + endless() end
local ok, message = pcall(endless)
print(ok, message) -- expect: false	script:1: stack overflow
local depth = 0
local function deep(n) depth = n if n < 15000 then return 1 + deep(n + 1) end return 0 end
print(deep(1), depth) -- expect: 14999	15000
