local x, i = 0, 0
while i < 300000 do
  i = i + 1
  if i % 2 == 0 then x = x + i end
end
return x
