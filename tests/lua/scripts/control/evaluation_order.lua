local function say(v) print('say', v) return v end
local t = {}
t[say(1)], t[say(2)] = say('a'), say('b')
print(t[1], t[2])
local i = 1
i, t[i] = i + 1, 'assigned'
print(i, t[1], t[2])
local a, b = 1, 2
a, b = b, a
print(a, b)
-- expect: say	1
-- expect: say	2
-- expect: say	a
-- expect: say	b
-- expect: a	b
-- expect: 2	assigned	b
-- expect: 2	1
