local function try(f) print(select(2, pcall(f))) end
try(function() return getfenv(-1) end) -- expect: script:2: bad argument #1 to 'getfenv' (level must be non-negative)
try(function() return getfenv({}) end) -- expect: script:3: bad argument #1 to 'getfenv' (number expected, got table)
try(function() return setfenv() end) -- expect: script:4: bad argument #2 to 'setfenv' (table expected, got no value)
try(function() return setfenv(1) end) -- expect: script:5: bad argument #2 to 'setfenv' (table expected, got no value)
try(function() return setfenv(1, 1) end) -- expect: script:6: bad argument #2 to 'setfenv' (table expected, got number)
try(function() return setfenv(print, {}) end) -- expect: script:7: 'setfenv' cannot change environment of given object
try(function() return setfenv({}, {}) end) -- expect: script:8: bad argument #1 to 'setfenv' (number expected, got table)
try(function() return setfenv(-1, {}) end) -- expect: script:9: bad argument #1 to 'setfenv' (level must be non-negative)
try(function() return getfenv() == _G, getfenv(1) == _G, getfenv(0) == _G, getfenv(print) == _G, getfenv(nil) == _G end) -- expect: true	true	true	true	true
try(function() return setfenv(function() return x end, {x = 5})() end) -- expect: 5
