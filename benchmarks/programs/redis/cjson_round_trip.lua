local order = {id = 1, customer = 'somebody', paid = true, lines = {}}
for i = 1, 20 do order.lines[i] = {article = 'article ' .. i, count = i, price = i * 1.25} end
local total = 0
for turn = 1, 200 do
  local text = cjson.encode(order)
  total = total + #text + cjson.decode(text).lines[20].count
end
return total
