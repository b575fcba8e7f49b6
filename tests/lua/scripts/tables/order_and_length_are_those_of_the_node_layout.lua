local t = {name = 'x', age = 1, email = 'e', id = 7}
for k, v in pairs(t) do print(k, v) end
print(#{1, 2, 3, nil, 5}, #{1, 2, 3, nil, 5, nil}, #{nil, nil, 3})
local u = {}
for i = 1, 10 do u[i] = i end
u[5] = nil
print(#u)
u[10] = nil
print(#u)
for k in pairs(u) do u[k] = nil end
print(next(u), #u)
-- expect: id	7
-- expect: age	1
-- expect: name	x
-- expect: email	e
-- expect: 5	3	3
-- expect: 10
-- expect: 9
-- expect: nil	0
