-- An operand that is a local of the function stays in its register until the instruction runs.
local a = 1
local function g() a = a + 5 return 'v' end
local t = {}
t[a] = g()
print(t[1], t[6]) -- expect: nil	v

local function add() a = a + 5 return 1 end
print(a + add(), (a) + add(), (nil or a) + add()) -- expect: 12	17	22
print(a > add(), a) -- expect: true	26
print(add() > a, a) -- expect: false	31
print(a, add(), a) -- expect: 31	1	36
print(a .. add()) -- expect: 361

local first, second = {'first'}, {'second'}
local list = first
local function other() list = second return 1 end
print(list[other()]) -- expect: second
list = first
list[other()] = 'stored'
print(first[1], second[1]) -- expect: first	stored

local key = 1
local function next_key() key = key + 1 return 'v' end
local made = {[key] = next_key()}
print(made[1], made[2]) -- expect: nil	v

list, key = first, 1
first[1] = nil
list[key], list = 'kept', 5 -- a local that is also a target is copied before
print(first[1], list) -- expect: kept	5

local object = {name = 'old'}
local meta = {__index = function() object = {name = 'new'} return function(self) return self.name end end}
setmetatable(object, meta)
print(object:method(), object.name) -- expect: old	new
