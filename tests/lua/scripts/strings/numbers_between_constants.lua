-- A chain of constants and one number, in a loop and out of it.
local big = 99999999999998
for i = big, big + 3 do print('<' .. i .. '%>') end
for i = -big - 2, -big do print('100% ' .. i) end
for i = -1, 1 do print(i * -1 .. '%d') end
for i = -0.5, 0.5, 0.5 do print('%' .. i .. '%s%') end
for i = 1, 2 do local n = i * 1e308 * 10 print('n' .. n .. -n) print('n' .. n - n .. '') end
print('a' .. 1 .. '%' .. 2, 'b' .. -0 .. 'c')
local t = {}
for i = 1, 3 do t['k' .. i] = i t['k' .. i] = nil t['%' .. i] = i end
print(t.k1, t['%1'], t['%3'])
-- expect: <99999999999998%>
-- expect: <99999999999999%>
-- expect: <1e+14%>
-- expect: <1e+14%>
-- expect: 100% -1e+14
-- expect: 100% -99999999999999
-- expect: 100% -99999999999998
-- expect: 1%d
-- expect: -0%d
-- expect: -1%d
-- expect: %-0.5%s%
-- expect: %0%s%
-- expect: %0.5%s%
-- expect: ninf-inf
-- expect: n-nan
-- expect: ninf-inf
-- expect: n-nan
-- expect: a1%2	b-0c
-- expect: nil	1	3
