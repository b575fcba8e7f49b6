local function read() return x end
x = 'global'
print(read(), getfenv(read) == _G, getfenv(1) == _G, getfenv(0) == _G) -- expect: global	true	true	true
print(setfenv(read, {x = 'own'}) == read, read(), getfenv(read).x) -- expect: true	own	own
local function inner() setfenv(1, {print = print}) print(x) return function() return x end end -- expect: nil
print(inner()()) -- expect: nil
print(pcall(setfenv, string.rep, {})) -- expect: false	'setfenv' cannot change environment of given object
print(pcall(getfenv, 100), pcall(getfenv, -1)) -- expect: false	false	bad argument #1 to '?' (level must be non-negative)
print(loadstring('return x')(), setfenv(loadstring('return x'), {x = 'loaded'})()) -- expect: global	loaded
