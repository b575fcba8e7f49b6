local base = {greet = function() return 'hello' end}
local middle = setmetatable({}, {__index = base})
local object = setmetatable({}, {__index = middle})
print(object.greet(), rawget(object, 'greet')) -- expect: hello	nil
local log = {}
local proxy = setmetatable({}, {__newindex = function(t, k, v) log[#log + 1] = k rawset(t, k, v) end})
proxy.a = 1 proxy.a = 2 proxy.b = 3
print(#log, proxy.a, proxy.b) -- expect: 2	2	3
local store = {}
local redirect = setmetatable({}, {__newindex = store})
redirect.x = 5
print(rawget(redirect, 'x'), store.x) -- expect: nil	5
print(setmetatable({}, {__index = function(t, k) return k .. '!' end}).name) -- expect: name!
