-- The variable is counted on from a step before the start, and a loop's own copy of it may be assigned.
for i = 1, 3 do local was = i i = i * 10 print(was, i) end
for i = 3, 1 do print('never') end
for i = 1, 2.5 do print(i) end
for i = 1, 0.1, -0.25 do print(i) end
for i = -0, 0 do print(1 / i) end
for i = 1, 1 / 0, 1e308 do print(i) if i > 1e308 then break end end
for i = 0 / 0, 1 do print('never') end
for i = 1, 0 / 0 do print('never') end
for i = 2 ^ 53 - 1, 2 ^ 53 - 0.5 do print(i == 2 ^ 53 - 1) if i == 2 ^ 53 then break end end
for i = '2', '3' do print(i + 0) end
local limit = 2
for i = 1, limit do limit = 5 print(i, limit) end
local step = 2
for i = 1, 6, step do step = 1 print(i) end
for i = 5, -5, -step * 5 do print(i) end
local made = {}
for i = 1, 3 do made[i] = function() i = i + 10 return i end end
print(made[1](), made[1](), made[2](), made[3]())
for i = 1, 2 do for i = i, 2 do print(i) end print(i) end
print(pcall(function() for i = {}, 1 do end end))
print(pcall(function() for i = 1, 'x' do end end))
print(pcall(function() for i = 1, 1, print do end end))
local co = coroutine.wrap(function() for i = 1, coroutine.yield('limit') do coroutine.yield(i) end return 'end' end)
print(co(), co(2), co(), co())
-- expect: 1	10
-- expect: 2	20
-- expect: 3	30
-- expect: 1
-- expect: 2
-- expect: 1
-- expect: 0.75
-- expect: 0.5
-- expect: 0.25
-- expect: inf
-- expect: true
-- expect: false
-- expect: 2
-- expect: 3
-- expect: 1	5
-- expect: 2	5
-- expect: 1
-- expect: 3
-- expect: 5
-- expect: 5
-- expect: 0
-- expect: -5
-- expect: 11	21	12	13
-- expect: 1
-- expect: 2
-- expect: 1
-- expect: 2
-- expect: 2
-- expect: false	script:21: 'for' initial value must be a number
-- expect: false	script:22: 'for' limit must be a number
-- expect: false	script:23: 'for' step must be a number
-- expect: limit	1	2	end
