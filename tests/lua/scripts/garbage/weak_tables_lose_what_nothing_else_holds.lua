-- engine: machine
local by_key = setmetatable({}, {__mode = 'k'})
by_key[{}] = 1 by_key.name = 2
local kept = {}
by_key[kept] = 3
collectgarbage()
local count = 0
for k in pairs(by_key) do count = count + 1 end
print(count, by_key.name, by_key[kept]) -- expect: 2	2	3
local by_value = setmetatable({{}, 'text', kept}, {__mode = 'v'})
collectgarbage()
print(by_value[1], by_value[2], by_value[3] == kept) -- expect: nil	text	true
