local function f(x) print(x) return x end
local t = {f(1), [f(2)] = f(3), f(4), x = f(5), f(6)}
-- expect: 1
-- expect: 2
-- expect: 3
-- expect: 4
-- expect: 5
-- expect: 6
print(t[1], t[2], t[3], t.x) -- expect: 1	4	6	5
local n = 0
local function count() n = n + 1 return n end
t = {count(), a = count(), count(), b = count(), count(), count()}
print(t[1], t.a, t[2], t.b, t[3], t[4]) -- expect: 1	2	3	4	5	6
t = {a = count(), count(), b = count(), (function() return count(), count() end)()}
print(t.a, t[1], t.b, t[2], t[3]) -- expect: 7	8	9	10	11
local text, values = {}, {}
for i = 1, 120 do text[i] = i % 40 == 0 and 'k' .. i .. ' = count()' or 'count()' end
n = 0
t = loadstring('local count = ... return {' .. table.concat(text, ', ') .. '}')(count)
print(#t, t[39], t[40], t[50], t[51], t[117], t.k40, t.k80, t.k120) -- expect: 117	39	41	51	52	119	40	80	120
