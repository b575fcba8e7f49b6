local function try(f) print(select(2, pcall(f))) end
try(function() return assert() end) -- expect: script:2: bad argument #1 to 'assert' (value expected)
try(function() return assert(nil) end) -- expect: script:3: assertion failed!
try(function() return assert(false, "message") end) -- expect: script:4: message
try(function() return assert(false, 12) end) -- expect: script:5: 12
try(function() return assert(nil, {}) end) -- expect: script:6: bad argument #2 to 'assert' (string expected, got table)
try(function() return collectgarbage("x") end) -- expect: script:7: bad argument #1 to 'collectgarbage' (invalid option 'x')
try(function() return collectgarbage({}) end) -- expect: script:8: bad argument #1 to 'collectgarbage' (string expected, got table)
try(function() return error() end) -- expect: nil
try(function() return error("x") end) -- expect: script:10: x
try(function() return error("x", 2) end) -- expect: x
try(function() return error("x", 0) end) -- expect: x
try(function() return error(12) end) -- expect: script:13: 12
try(function() return error("x", "y") end) -- expect: script:14: bad argument #2 to 'error' (number expected, got string)
try(function() return getmetatable() end) -- expect: script:15: bad argument #1 to 'getmetatable' (value expected)
try(function() return setmetatable() end) -- expect: script:16: bad argument #1 to 'setmetatable' (table expected, got no value)
try(function() return setmetatable(1) end) -- expect: script:17: bad argument #1 to 'setmetatable' (table expected, got number)
try(function() return setmetatable({}) end) -- expect: script:18: bad argument #2 to 'setmetatable' (nil or table expected)
try(function() return setmetatable({}, 1) end) -- expect: script:19: bad argument #2 to 'setmetatable' (nil or table expected)
try(function() return setmetatable(setmetatable({}, {__metatable = 1}), {}) end) -- expect: script:20: cannot change a protected metatable
try(function() return ipairs() end) -- expect: script:21: bad argument #1 to 'ipairs' (table expected, got no value)
try(function() return ipairs(1) end) -- expect: script:22: bad argument #1 to 'ipairs' (table expected, got number)
try(function() return load() end) -- expect: script:23: bad argument #1 to 'load' (function expected, got no value)
try(function() return load(1) end) -- expect: script:24: bad argument #1 to 'load' (function expected, got number)
try(function() return load(function() return {} end) end) -- expect: nil	script:25: reader function must return a string
try(function() return load(function() error("in the reader") end) end) -- expect: nil	script:26: in the reader
try(function() return loadstring() end) -- expect: script:27: bad argument #1 to 'loadstring' (string expected, got no value)
try(function() return loadstring({}) end) -- expect: script:28: bad argument #1 to 'loadstring' (string expected, got table)
try(function() return loadstring("x x") end) -- expect: nil	[string "x x"]:1: '=' expected near 'x'
try(function() return loadstring("x x", "=name") end) -- expect: nil	name:1: '=' expected near 'x'
try(function() return loadstring("x x", "@name") end) -- expect: nil	name:1: '=' expected near 'x'
try(function() return loadstring("x x\nb") end) -- expect: nil	[string "x x..."]:1: '=' expected near 'x'
try(function() return next() end) -- expect: script:33: bad argument #1 to 'next' (table expected, got no value)
try(function() return next(1) end) -- expect: script:34: bad argument #1 to 'next' (table expected, got number)
try(function() return next({}, 1) end) -- expect: invalid key to 'next'
try(function() return next({}, {}) end) -- expect: invalid key to 'next'
try(function() return next({1, 2}, 3) end) -- expect: invalid key to 'next'
try(function() return next({1, 2}, 0) end) -- expect: invalid key to 'next'
try(function() return next({1, 2}, 1.5) end) -- expect: invalid key to 'next'
try(function() return pairs() end) -- expect: script:40: bad argument #1 to 'pairs' (table expected, got no value)
try(function() return pairs(nil) end) -- expect: script:41: bad argument #1 to 'pairs' (table expected, got nil)
try(function() return pcall() end) -- expect: script:42: bad argument #1 to 'pcall' (value expected)
try(function() return xpcall() end) -- expect: script:43: bad argument #2 to 'xpcall' (value expected)
try(function() return xpcall(1) end) -- expect: script:44: bad argument #2 to 'xpcall' (value expected)
try(function() return rawequal() end) -- expect: script:45: bad argument #1 to 'rawequal' (value expected)
try(function() return rawequal(1) end) -- expect: script:46: bad argument #2 to 'rawequal' (value expected)
try(function() return rawget() end) -- expect: script:47: bad argument #1 to 'rawget' (table expected, got no value)
try(function() return rawget({}) end) -- expect: script:48: bad argument #2 to 'rawget' (value expected)
try(function() return rawget(1, 1) end) -- expect: script:49: bad argument #1 to 'rawget' (table expected, got number)
try(function() return rawset({}) end) -- expect: script:50: bad argument #2 to 'rawset' (value expected)
try(function() return rawset({}, 1) end) -- expect: script:51: bad argument #3 to 'rawset' (value expected)
try(function() return rawset({}, nil, 1) end) -- expect: table index is nil
try(function() return rawset({}, 0/0, 1) end) -- expect: table index is NaN
try(function() return rawset(1, 1, 1) end) -- expect: script:54: bad argument #1 to 'rawset' (table expected, got number)
try(function() return select() end) -- expect: script:55: bad argument #1 to 'select' (number expected, got no value)
try(function() return select(0) end) -- expect: script:56: bad argument #1 to 'select' (index out of range)
try(function() return select(-1) end) -- expect: script:57: bad argument #1 to 'select' (index out of range)
try(function() return select(-2, 1) end) -- expect: script:58: bad argument #1 to 'select' (index out of range)
try(function() return select({}) end) -- expect: script:59: bad argument #1 to 'select' (number expected, got table)
try(function() return tonumber() end) -- expect: script:60: bad argument #1 to 'tonumber' (value expected)
try(function() return tonumber("1", 1) end) -- expect: script:61: bad argument #2 to 'tonumber' (base out of range)
try(function() return tonumber("1", 37) end) -- expect: script:62: bad argument #2 to 'tonumber' (base out of range)
try(function() return tonumber({}, 2) end) -- expect: script:63: bad argument #1 to 'tonumber' (string expected, got table)
try(function() return tonumber(1, {}) end) -- expect: script:64: bad argument #2 to 'tonumber' (number expected, got table)
try(function() return tonumber(nil, 2) end) -- expect: script:65: bad argument #1 to 'tonumber' (string expected, got nil)
try(function() return tostring() end) -- expect: script:66: bad argument #1 to 'tostring' (value expected)
try(function() return tostring(setmetatable({}, {__tostring = 5})) end) -- expect: attempt to call a number value
try(function() return print(setmetatable({}, {__tostring = function() return {} end})) end) -- expect: script:68: 'tostring' must return a string to 'print'
try(function() return type() end) -- expect: script:69: bad argument #1 to 'type' (value expected)
try(function() return unpack() end) -- expect: script:70: bad argument #1 to 'unpack' (table expected, got no value)
try(function() return unpack(1) end) -- expect: script:71: bad argument #1 to 'unpack' (table expected, got number)
try(function() return unpack({}, 1, 8000) end) -- expect: script:72: too many results to unpack
try(function() return unpack({}, 1, {}) end) -- expect: script:73: bad argument #3 to 'unpack' (number expected, got table)
try(function() return unpack({}, 0, 1e6) end) -- expect: script:74: too many results to unpack
try(function() return newproxy(1) end) -- expect: script:75: bad argument #1 to 'newproxy' (boolean or proxy expected)
try(function() return newproxy({}) end) -- expect: script:76: bad argument #1 to 'newproxy' (boolean or proxy expected)
try(function() return newproxy(newproxy()) end) -- expect: script:77: bad argument #1 to 'newproxy' (boolean or proxy expected)
