local keep
print(pcall(function() local v = 5 keep = function() v = v + 1 return v end error('out') end)) -- expect: false	script:2: out
print(keep(), keep()) -- expect: 6	7
