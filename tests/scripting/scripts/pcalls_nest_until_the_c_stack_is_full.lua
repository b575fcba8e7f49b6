-- keys:  argv:
-- expect reply: 1) (integer) 198
-- expect reply: 2) (integer) 199
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
return { calls, coroutines }
