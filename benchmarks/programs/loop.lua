local x = 0
for i = 1, 1000000 do x = x + i * 2 end
return x
