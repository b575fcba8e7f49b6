local before = collectgarbage('count')
local held = {}
for i = 1, 1000 do held[i] = {i} end
local grown = collectgarbage('count')
print(grown - before > 50) -- expect: true
local kept = held
local get = function() return kept end
held, kept = nil, {('x'):rep(1000000), get}
print(collectgarbage('count') - before > 900) -- expect: true
kept = nil
collectgarbage()
print(collectgarbage('count') < grown) -- expect: true
local suspended = coroutine.wrap(function() local mine = {} for i = 1, 1000 do mine[i] = {i} end coroutine.yield() return mine end)
suspended()
print(collectgarbage('count') - before > 50) -- expect: true
