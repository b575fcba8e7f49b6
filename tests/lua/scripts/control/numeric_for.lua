for i = 1, 3 do print(i) end
for i = 3, 1, -1 do print(i) end
for i = 1, 0 do print('never') end
for i = 0, 1, 0.25 do print(i) end
for i = 1, 3 do local j = i i = 10 print(j, i) end
-- expect: 1
-- expect: 2
-- expect: 3
-- expect: 3
-- expect: 2
-- expect: 1
-- expect: 0
-- expect: 0.25
-- expect: 0.5
-- expect: 0.75
-- expect: 1
-- expect: 1	10
-- expect: 2	10
-- expect: 3	10
