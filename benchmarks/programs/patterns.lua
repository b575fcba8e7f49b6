local text, words = ('hello brave new world '):rep(2000), 0
for word in text:gmatch('%a+') do words = words + 1 end
local replaced, count = text:gsub('(%a)o', '%1 0')
return words + count + #replaced
