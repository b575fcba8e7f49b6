print(pcall(function() local t = {} t[nil] = 1 end)) -- expect: false	script:1: table index is nil
print(pcall(function() local t = {} t[0/0] = 1 end)) -- expect: false	script:2: table index is NaN
print(pcall(function() rawset({}, nil, 1) end)) -- expect: false	table index is nil
print(({})[nil], rawget({}, 0/0)) -- expect: nil	nil
print(pcall(next, {}, 'missing')) -- expect: false	invalid key to 'next'
