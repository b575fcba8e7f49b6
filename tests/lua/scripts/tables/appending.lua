-- The length is taken before the value is computed, the table after it.
local t = {}
local function push(value) t[#t + 1] = 'inner' return value end
t[#t + 1] = push('outer')
print(#t, t[1], t[2]) -- expect: 1	outer	nil
local first = t
local function replace() t = {} return 'late' end
t[#t + 1] = replace()
print(#first, #t, t[1], t[2]) -- expect: 1	0	nil	late
for i = 1, 3 do first[#first + 1] = push(i) end
print(table.concat(first, ' '), table.concat(t, ' ')) -- expect: outer 1 2 3	inner late inner inner
-- nil appends nothing; a hole is filled where the border is
local holes = {1, 2, nil, 4}
for i = 1, 2 do holes[#holes + 1] = nil holes[#holes + 1] = i end
print(#holes, holes[3], holes[5], holes[6]) -- expect: 6	nil	1	2
-- a list that lost its last item, one that has fields, one with metamethods
local list = {}
for i = 1, 5 do list[#list + 1] = i list[#list] = nil list[#list + 1] = -i end
list.x = 1
for i = 1, 2 do list[#list + 1] = i end
print(#list, table.concat(list, ' ')) -- expect: 7	-1 -2 -3 -4 -5 1 2
local log = {}
local proxy = setmetatable({}, {__newindex = function(_, key, value) log[#log + 1] = key .. '=' .. value end})
for i = 1, 3 do proxy[#proxy + 1] = i end
print(#proxy, table.concat(log, ' ')) -- expect: 0	1=1 1=2 1=3
local long = {}
for i = 1, 3000 do long[#long + 1] = -i end
for key, value in pairs(long) do assert(key == -value) end
print(#long, long[257], long[3000]) -- expect: 3000	-257	-3000
for _, value in ipairs({5, 'text', false}) do
  print(pcall(function() for i = 1, 2 do value[#value + 1] = i end end))
end
-- expect: false	script:31: attempt to get length of upvalue 'value' (a number value)
-- expect: false	script:31: attempt to index upvalue 'value' (a string value)
-- expect: false	script:31: attempt to get length of upvalue 'value' (a boolean value)
