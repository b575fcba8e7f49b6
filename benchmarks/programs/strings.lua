local t = {}
for i = 1, 50000 do t[#t + 1] = 'item' .. i .. ',' end
return #table.concat(t)
