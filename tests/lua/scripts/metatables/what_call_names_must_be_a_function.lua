local function called(handler) local t = setmetatable({}, {__call = handler}) return t(1) end
print(pcall(called, 's')) -- expect: false	script:1: attempt to call local 't' (a table value)
print(pcall(called, 1)) -- expect: false	script:1: attempt to call local 't' (a table value)
print(pcall(called, {})) -- expect: false	script:1: attempt to call local 't' (a table value)
print(pcall(called, setmetatable({}, {__call = print}))) -- expect: false	script:1: attempt to call local 't' (a table value)
print(pcall(setmetatable({}, {__call = 1}))) -- expect: false	attempt to call a table value
print(pcall(function() for x in setmetatable({}, {__call = 1}) do end end)) -- expect: false	script:7: attempt to call a table value
print(pcall(function() return setmetatable({}, {__add = setmetatable({}, {__call = 1})}) + 1 end)) -- expect: false	script:8: attempt to call a table value
getmetatable('').__call = 8
print(pcall(function() ('')() end)) -- expect: false	script:10: attempt to call a string value
getmetatable('').__call = function(...) return ... end
print(('s')(1)) -- expect: s	1
