collectgarbage()
local before = gcinfo()
repeat local a = {} until gcinfo() > before + 10
print(gcinfo() < before + 100) -- expect: true
local last = 0
while true do
  local bytes = collectgarbage('count')
  if bytes < last then break end
  last = bytes
  local a = {}
end
repeat local a = {} until gcinfo() > before + 20
collectgarbage()
print(gcinfo() <= before + 2) -- expect: true
