-- engine: machine
local model, log = newproxy(true), {}
local names = setmetatable({[model] = 'model'}, {__mode = 'k'})
getmetatable(model).__gc = function(proxy) log[#log + 1] = names[proxy] end
for i = 1, 3 do names[newproxy(model)] = 'p' .. i end
collectgarbage()
print(table.concat(log, ' ')) -- expect: p3 p2 p1
model = nil
collectgarbage()
collectgarbage()
print(table.concat(log, ' '), next(names)) -- expect: p3 p2 p1 model	nil

-- A weak value is gone before its finalizer runs, a weak key only in the next cycle.
local u = newproxy(true)
local both = setmetatable({[u] = 1, u}, {__mode = 'kv'})
getmetatable(u).__gc = function(proxy) print(both[proxy], both[1]) saved = proxy end -- expect: 1	nil
u = nil
collectgarbage()
both[2] = saved
collectgarbage()
print(both[saved], both[2]) -- expect: 1	nil
saved = nil
collectgarbage()
print(next(both)) -- expect: nil

-- What only a finalizer reaches is there for it; what only a weak metatable held is not.
local v = newproxy(true)
local m = getmetatable(v)
m.x = setmetatable({[{}] = 1, [0] = {}}, {__mode = 'kv'})
m.y = {'kept'}
m.__gc = function(proxy) local meta = getmetatable(proxy) print(next(meta.x), meta.y[1]) end -- expect: nil	kept
v, m = nil
collectgarbage()
local w = newproxy(true)
setmetatable(getmetatable(w), {__mode = 'v'}).__gc = function() print('called') end
collectgarbage()
w = nil
collectgarbage()

-- An error is the collecting function's, and the others' turn comes with the next collection.
for i = 1, 3 do getmetatable(newproxy(true)).__gc = function() print('turn', i) error('in ' .. i, 0) end end
print(pcall(collectgarbage)) -- expect: turn	3
-- expect: false	in 3
print(pcall(collectgarbage, 'step', 100000)) -- expect: turn	2
-- expect: false	in 2
print(pcall(collectgarbage)) -- expect: turn	1
-- expect: false	in 1
print(pcall(collectgarbage)) -- expect: true	0

local thread = coroutine.create(function() collectgarbage() return 'collected' end)
getmetatable(newproxy(true)).__gc = function() coroutine.yield() end
print(coroutine.resume(thread)) -- expect: false	attempt to yield across metamethod/C-call boundary
getmetatable(newproxy(true)).__gc = 'no function'
print(pcall(collectgarbage)) -- expect: false	attempt to call a string value
