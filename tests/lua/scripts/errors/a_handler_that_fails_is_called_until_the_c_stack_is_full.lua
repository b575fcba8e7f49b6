local calls
local function fail(e) calls = calls + 1 error(e, 0) end
local function count(f) calls = 0 xpcall(f, fail) return calls end
local look = function(t, k) if k > 50 then error('deep') end return t[k + 1] end
local deep = setmetatable({}, {__index = look})

print(count(function() error('x') end)) -- expect: 220
print(count(function() return deep[1] end)) -- expect: 169
print(count(function() pcall(error, 'x') return deep[1] end)) -- expect: 169
print(count(function() table.sort({3, 2, 1}, function() return deep[1] end) end)) -- expect: 168
print(count(function() for x in function() return deep[1] end do end end)) -- expect: 168
print(count(function() ('x'):gsub('.', function() return deep[1] end) end)) -- expect: 168
print(count(function() coroutine.wrap(function() return deep[1] end)() end)) -- expect: 220
print(coroutine.wrap(function() return count(function() return deep[1] end) end)()) -- expect: 168
