local t, s = {}, 0
for i = 1, 50000 do t['k' .. i % 1000] = i end
for turn = 1, 50 do
  for k, v in pairs(t) do s = s + v end
end
local list = {}
for i = 1, 1000 do list[i] = i end
for turn = 1, 100 do
  for i, v in ipairs(list) do s = s + v end
end
return s
