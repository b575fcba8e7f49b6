local t, seed = {}, 42
for i = 1, 20000 do
  seed = (seed * 16807) % 2147483647
  t[i] = seed
end
table.sort(t, function(a, b) return a > b end)
return t[1]
