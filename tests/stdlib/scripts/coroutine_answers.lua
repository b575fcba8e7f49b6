local function try(f) print(select(2, pcall(f))) end
try(function() return coroutine.create() end) -- expect: script:2: bad argument #1 to 'create' (Lua function expected)
try(function() return coroutine.create(1) end) -- expect: script:3: bad argument #1 to 'create' (Lua function expected)
try(function() return coroutine.create(print) end) -- expect: script:4: bad argument #1 to 'create' (Lua function expected)
try(function() return coroutine.resume() end) -- expect: script:5: bad argument #1 to 'resume' (coroutine expected)
try(function() return coroutine.resume(1) end) -- expect: script:6: bad argument #1 to 'resume' (coroutine expected)
try(function() return coroutine.status() end) -- expect: script:7: bad argument #1 to 'status' (coroutine expected)
try(function() return coroutine.status({}) end) -- expect: script:8: bad argument #1 to 'status' (coroutine expected)
try(function() return coroutine.wrap() end) -- expect: script:9: bad argument #1 to 'wrap' (Lua function expected)
try(function() return coroutine.wrap(print) end) -- expect: script:10: bad argument #1 to 'wrap' (Lua function expected)
try(function() return coroutine.running() end) -- expect: nil
try(function() return coroutine.yield() end) -- expect: attempt to yield across metamethod/C-call boundary
try(function() return coroutine.resume(coroutine.create(function(...) return select("#", ...), ... end), 1, nil) end) -- expect: true	2	1	nil
try(function() return coroutine.resume(coroutine.create(function() error("x") end)) end) -- expect: false	script:14: x
try(function() return coroutine.resume(coroutine.create(function() error({}) end)) == false end) -- expect: true
try(function() return (function() local co = coroutine.create(function() end) coroutine.resume(co) return coroutine.status(co), coroutine.resume(co) end)() end) -- expect: dead	false	cannot resume dead coroutine
try(function() return (function() local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return a + b end) return select(2, coroutine.resume(co, 1)), select(2, coroutine.resume(co, 5)) end)() end) -- expect: 2	6
try(function() return coroutine.wrap(function() error("y") end)() end) -- expect: script:18: script:18: y
try(function() return coroutine.wrap(function() error(12) end)() end) -- expect: script:19: script:19: 12
try(function() return (function() local w = coroutine.wrap(function() end) w() return w() end)() end) -- expect: script:20: cannot resume dead coroutine
try(function() return (function() local w w = coroutine.wrap(function() return w() end) return w() end)() end) -- expect: script:21: script:21: cannot resume running coroutine
try(function() return (function() local co co = coroutine.create(function() return coroutine.status(co), coroutine.resume(co) end) return coroutine.resume(co) end)() end) -- expect: true	running	false	cannot resume running coroutine
try(function() return (function() local a a = coroutine.create(function() local b = coroutine.create(function() return coroutine.status(a), coroutine.resume(a) end) return coroutine.resume(b) end) return coroutine.resume(a) end)() end) -- expect: true	true	normal	false	cannot resume normal coroutine
try(function() return (function() local co = coroutine.create(function() coroutine.yield(1, 2, nil) end) return select("#", coroutine.resume(co)), select("#", coroutine.resume(co)), select("#", coroutine.resume(co)) end)() end) -- expect: 4	1	2
try(function() return (function() local co = coroutine.wrap(function() return type(coroutine.running()) end) return co() end)() end) -- expect: thread
try(function() return (function() local w = coroutine.wrap(function() table.sort({3, 2, 1}, function(a, b) coroutine.yield(a) end) end) return w() end)() end) -- expect: script:26: attempt to yield across metamethod/C-call boundary
try(function() return (function() local w = coroutine.wrap(function() pcall(coroutine.yield, 1) end) return w() end)() end) -- expect: 
