local t = {5, 2, 8, 1}
table.sort(t)
print(table.concat(t, ','))
table.sort(t, function(a, b) return a > b end)
print(table.concat(t, ','))
table.insert(t, 9) table.insert(t, 1, 0)
print(table.concat(t, ','), table.remove(t), table.remove(t, 1), #t)
print(table.getn(t), table.maxn({[10] = 1}), pcall(table.setn, t, 1))
print(table.foreach({a = 1}, function(k, v) return k, v end))
table.foreachi({7, 8}, function(i, v) print(i, v) end)
print(unpack({1, 2, 3}, 2), unpack({1, 2}, 1, 3))
-- expect: 1,2,5,8
-- expect: 8,5,2,1
-- expect: 0,8,5,2,1,9	9	0	4
-- expect: 4	10	false	'setn' is obsolete
-- expect: a
-- expect: 1	7
-- expect: 2	8
-- expect: 2	1	2	nil
