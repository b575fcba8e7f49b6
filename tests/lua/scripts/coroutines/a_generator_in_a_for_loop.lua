local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, i * i) end end) end
for i, square in range(3) do print(i, square) end
local function permute(list, n)
  if n == 0 then coroutine.yield(table.concat(list)) end
  for i = 1, n do
    list[n], list[i] = list[i], list[n]
    permute(list, n - 1)
    list[n], list[i] = list[i], list[n]
  end
end
for p in coroutine.wrap(function() permute({'a', 'b', 'c'}, 3) end) do print(p) end
-- expect: 1	1
-- expect: 2	4
-- expect: 3	9
-- expect: bca
-- expect: cba
-- expect: cab
-- expect: acb
-- expect: bac
-- expect: abc
