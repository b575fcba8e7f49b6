-- A 63-bit identifier that grows with time.
-- KEYS[1] the last millisecond and counter of this node, ARGV: the node 0 to 1023, the epoch in Unix milliseconds
-- Returns: the identifier as text: a Lua number would round it above 2^53
local node = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[2]

local last = redis.call('HMGET', KEYS[1], 'at', 'counter')
local at, counter = tonumber(last[1] or -1), tonumber(last[2] or 0)
if now > at then
  at, counter = now, 0
else
  counter = counter + 1
  if counter == 4096 then
    at, counter = at + 1, 0
  end
end
redis.call('HSET', KEYS[1], 'at', string.format('%.0f', at), 'counter', counter)

-- at * 2^22 + node * 2^12 + counter, in millions so that each part stays exact
local low = (at % 1e6) * 4194304 + node * 4096 + counter
local high = math.floor(at / 1e6) * 4194304 + math.floor(low / 1e6)
return (string.format('%.0f%06.0f', high, low % 1e6):gsub('^0+(%d)', '%1'))
