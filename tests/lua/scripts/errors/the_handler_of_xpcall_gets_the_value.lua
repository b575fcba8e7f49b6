print(xpcall(function() error('x') end, function(e) return 'handled: ' .. e end)) -- expect: false	handled: script:1: x
print(xpcall(function() error({code = 7}) end, function(e) return e.code, 'dropped' end)) -- expect: false	7
print(xpcall(function() return 1, 2 end, print)) -- expect: true	1	2
print(xpcall(function() error('x') end, function(e) error('again') end)) -- expect: false	error in error handling
print(xpcall(function() error('x') end, nil)) -- expect: false	error in error handling
local tries = 0
print(xpcall(function() error('x') end, function(e) tries = tries + 1 if tries < 3 then error('again') end return e end)) -- expect: false	script:7: again
