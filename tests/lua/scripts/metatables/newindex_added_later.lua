-- Objects are written before and after their metatable gets a __newindex, and again when it has lost it.
local class = {}
class.__index = class
local function new() return setmetatable({}, class) end
local a, b, c = new(), new(), new()
a.x = 1
a.y = 2
b.x = 1
print(a.x, a.y, b.x)
-- expect: 1	2	1
class.helper = function() end -- other fields of the metatable change nothing
a.z = 3
class.__newindex = function(t, k, v) rawset(t, k, v * 10) end
a.w = 1
b.y = 1
c.x = 1
a.x = 5 -- there already: no __newindex
print(a.w, b.y, c.x, a.x)
-- expect: 10	10	10	5
class.__newindex = nil
a.v = 7
c.y = 8
print(a.v, c.y)
-- expect: 7	8
rawset(class, "__newindex", function(t, k, v) rawset(t, k, -v) end)
a.u = 7
c.z = 8
print(a.u, c.z)
-- expect: -7	-8

-- another metatable, none, and one that is its own
local other = {__newindex = function(t, k, v) rawset(t, k, "other " .. v) end}
local d = setmetatable({}, {})
d.a = 1
setmetatable(d, other)
d.b = 2
setmetatable(d, nil)
d.c = 3
print(d.a, d.b, d.c)
-- expect: 1	other 2	3
local own = {}
setmetatable(own, own)
own.a = 1
own.b = 2
own.__newindex = function(t, k, v) rawset(t, k, "own " .. v) end
own.c = 3
print(own.a, own.b, own.c)
-- expect: 1	2	own 3

-- a metatable that is an object itself, and one that loses its own metatable
local base = {}
local derived = setmetatable({}, base)
derived.p = 1
derived.q = 2
local instance = setmetatable({}, derived)
instance.p = 1
instance.q = 2
derived.__newindex = function(t, k, v) rawset(t, k, "derived " .. v) end
instance.r = 3
print(instance.q, instance.r)
-- expect: 2	derived 3
local free = setmetatable({}, {})
local follower = setmetatable({}, free)
follower.a = 1
follower.b = 2
setmetatable(free, nil)
free.x = 1
free.__newindex = function(t, k, v) rawset(t, k, "free " .. v) end
follower.c = 3
print(follower.b, follower.c)
-- expect: 2	free 3

-- a metatable that has lost a field
local poor = {__index = {}, gone = 1}
local e = setmetatable({}, poor)
e.a = 1
e.b = 2
poor.gone = nil
poor.__newindex = function(t, k, v) rawset(t, k, "poor " .. v) end
e.c = 3
e.a = nil
e.a = 4
print(e.a, e.b, e.c)
-- expect: poor 4	2	poor 3
local ok, message = pcall(function() e[nil] = 1 end)
print(ok, message)
-- expect: false	script:85: table index is nil
local f = setmetatable({}, {})
f.a = 1
print(pcall(function() f[nil] = 1 end))
-- expect: false	script:90: table index is nil
print(pcall(function() f[0/0] = 1 end))
-- expect: false	script:92: table index is NaN
