local function fail(level) error('message', level) end
print(pcall(function() fail(0) end)) -- expect: false	message
print(pcall(function() fail(1) end)) -- expect: false	script:1: message
print(pcall(function() fail(2) end)) -- expect: false	script:4: message
print(pcall(function() fail(3) end)) -- expect: false	message
print(pcall(function() return fail(1) end)) -- expect: false	script:1: message
print(pcall(function() return fail(2) end)) -- expect: false	message
print(pcall(error, 'message')) -- expect: false	message
print(pcall(error, 'message', 2)) -- expect: false	script:9: message
print(pcall(error)) -- expect: false	nil
print(pcall(error, nil), pcall(error, 12)) -- expect: false	false	12
