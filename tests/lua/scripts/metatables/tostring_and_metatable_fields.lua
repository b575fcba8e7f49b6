print(tostring(setmetatable({}, {__tostring = function() return 'shown' end}))) -- expect: shown
print(setmetatable({}, {__tostring = function() return 'shown' end})) -- expect: shown
print(getmetatable(setmetatable({}, {__metatable = 'locked'}))) -- expect: locked
print(pcall(setmetatable, setmetatable({}, {__metatable = 'locked'}), {})) -- expect: false	cannot change a protected metatable
print(getmetatable('').__index == string) -- expect: true
print(#setmetatable({1, 2}, {__len = function() return 99 end})) -- expect: 2
