local co = coroutine.create(function() local x = nil; return x.y end)
print(coroutine.resume(co)) -- expect: false	script:1: attempt to index local 'x' (a nil value)
print(coroutine.status(co), coroutine.resume(co)) -- expect: dead	false	cannot resume dead coroutine
local wrapped = coroutine.wrap(function() error('oops') end)
print(pcall(wrapped)) -- expect: false	script:4: oops
print(pcall(wrapped)) -- expect: false	cannot resume dead coroutine
print(pcall(function() local w = coroutine.wrap(function() error('twice positioned') end) w() end)) -- expect: false	script:7: script:7: twice positioned
print(pcall(function() local w = coroutine.wrap(function() error({}) end) w() end) == false) -- expect: true
