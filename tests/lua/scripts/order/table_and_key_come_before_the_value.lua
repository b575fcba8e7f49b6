-- What a store needs is evaluated from left to right: a global, an upvalue or a field before what the value's call does.
i = 1
function inc() i = i + 1 return 'v' end
local t = {}
t[i] = inc()
print(t[1], t[2]) -- expect: v	nil

T, other = {}, {}
function swap() T, other = other, T return 'v' end
T.x = swap()
print(T.x, other.x) -- expect: nil	v
T[#T + 1] = swap()
print(#T, #other) -- expect: 0	1

local u, k = {}, 1
local w = u
local function run()
  local function change() u, k = {}, k + 1 return 'v' end
  u[k] = change()
  u[#u + 1] = change()
end
run()
print(w[1], w[2], #u, k) -- expect: v	nil	0	3

local holder = {key = 1}
local function move() holder.key = holder.key + 1 return 'v' end
t[holder.key] = move()
print(t[1], t[2]) -- expect: v	nil

local v = 1
local function raise() v = 5 return 2 end
local function compared() return v > raise(), v < raise(), v + raise() end
print(compared()) -- expect: false	false	7
