-- keys:  argv:
-- expect reply: 1) (integer) 198
-- expect reply: 2) (integer) 199
-- expect reply: 3) (integer) 394
local calls = 0
local function down()
  calls = calls + 1
  local ok, message = pcall(down)
  if not ok then error(message, 0) end
end
pcall(down)
local coroutines = 0
local function create()
  coroutines = coroutines + 1
  coroutine.wrap(create)()
end
pcall(create)
local look_ups = 0
local endless = setmetatable({}, { __index = function(t, key) look_ups = look_ups + 1 return t[key] end })
pcall(function() return endless.x end)
pcall(function() return endless.x end)
return { calls, coroutines, look_ups }
