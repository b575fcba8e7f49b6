local function f(...) return arg.n, arg[1], arg[2] end
print(f(5, 6)) -- expect: 2	5	6
local function g(...) local a = ... return arg end
print(g(5)) -- expect: nil
