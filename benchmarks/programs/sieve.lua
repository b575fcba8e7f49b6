local n, p, c = 100000, {}, 0
for i = 2, n do p[i] = true end
for i = 2, math.sqrt(n) do
  if p[i] then for j = i * i, n, i do p[j] = false end end
end
for i = 2, n do if p[i] then c = c + 1 end end
return c
