local nothing
print(pcall(function() return nothing.x end)) -- expect: false	script:2: attempt to index upvalue 'nothing' (a nil value)
print(pcall(function() local l; return l.x end)) -- expect: false	script:3: attempt to index local 'l' (a nil value)
print(pcall(function() return global.x end)) -- expect: false	script:4: attempt to index global 'global' (a nil value)
print(pcall(function() local t = {} return t.a.b end)) -- expect: false	script:5: attempt to index field 'a' (a nil value)
print(pcall(function() local t = {} t.a.b = 1 end)) -- expect: false	script:6: attempt to index field 'a' (a nil value)
print(pcall(function() local t = {} t.method() end)) -- expect: false	script:7: attempt to call field 'method' (a nil value)
print(pcall(function() local t = {} t:method() end)) -- expect: false	script:8: attempt to call method 'method' (a nil value)
print(pcall(function() global() end)) -- expect: false	script:9: attempt to call global 'global' (a nil value)
print(pcall(function() local l = 5; l() end)) -- expect: false	script:10: attempt to call local 'l' (a number value)
print(pcall(function() local l = {}; return l + 1 end)) -- expect: false	script:11: attempt to perform arithmetic on local 'l' (a table value)
print(pcall(function() local l = {}; return 1 .. l end)) -- expect: false	script:12: attempt to concatenate local 'l' (a table value)
print(pcall(function() local a, b = 'x', nil; return a .. b .. 'y' end)) -- expect: false	script:13: attempt to concatenate local 'b' (a nil value)
print(pcall(function() return #nothing end)) -- expect: false	script:14: attempt to get length of upvalue 'nothing' (a nil value)
print(pcall(function() return -nothing end)) -- expect: false	script:15: attempt to perform arithmetic on upvalue 'nothing' (a nil value)
print(pcall(function() local t = {} return t[1][2] end)) -- expect: false	script:16: attempt to index field '?' (a nil value)
print(pcall(function() return ({}).x.y end)) -- expect: false	script:17: attempt to index field 'x' (a nil value)
print(pcall(function() return (1)() end)) -- expect: false	script:18: attempt to call a number value
print(pcall(function() return ('x')() end)) -- expect: false	script:19: attempt to call a string value
