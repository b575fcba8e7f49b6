local co
co = coroutine.create(function() return coroutine.resume(co) end)
print(coroutine.resume(co)) -- expect: true	false	cannot resume running coroutine
local w
w = coroutine.wrap(function() return w() end)
print(pcall(w)) -- expect: false	script:5: cannot resume running coroutine
local outer
outer = coroutine.create(function() return coroutine.resume(coroutine.create(function() return coroutine.resume(outer) end)) end)
print(coroutine.resume(outer)) -- expect: true	true	false	cannot resume normal coroutine
print(pcall(coroutine.create, string.rep)) -- expect: false	bad argument #1 to '?' (Lua function expected)
