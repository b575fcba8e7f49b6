print(pcall(error, true)) -- expect: false	true
print(pcall(error, 1.5)) -- expect: false	1.5
print(select(2, pcall(error, {1, 2}))[2]) -- expect: 2
print(pcall(assert, false)) -- expect: false	assertion failed!
print(pcall(assert, nil, 'reason')) -- expect: false	reason
print(pcall(assert, 1, 2, 3)) -- expect: true	1	2	3
print(pcall(assert)) -- expect: false	bad argument #1 to '?' (value expected)
