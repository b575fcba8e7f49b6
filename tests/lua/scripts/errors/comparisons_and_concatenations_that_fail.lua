print(pcall(function() return {} < {} end)) -- expect: false	script:1: attempt to compare two table values
print(pcall(function() return {} < 1 end)) -- expect: false	script:2: attempt to compare table with number
print(pcall(function() return 'a' < 1 end)) -- expect: false	script:3: attempt to compare string with number
print(pcall(function() return nil <= nil end)) -- expect: false	script:4: attempt to compare two nil values
print(pcall(function() return print > print end)) -- expect: false	script:5: attempt to compare two function values
print(pcall(function() return nil .. 'x' end)) -- expect: false	script:6: attempt to concatenate a nil value
print(pcall(function() return 1 .. true end)) -- expect: false	script:7: attempt to concatenate a boolean value
print(pcall(table.sort, {1, 'x'})) -- expect: false	attempt to compare string with number
print(pcall(function() table.sort({1, 2, 3, 4, 5, 6}, function() return true end) end)) -- expect: false	script:9: invalid order function for sorting
