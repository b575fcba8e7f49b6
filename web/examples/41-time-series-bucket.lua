-- Count an event in its minute and forget old minutes. KEYS[1] hash by minute; ARGV: how many, minutes to keep
local now = tonumber(redis.call('TIME')[1])
local minute = now - now % 60
local count = redis.call('HINCRBY', KEYS[1], minute, ARGV[1])
local forgotten = 0
for _, old in ipairs(redis.call('HKEYS', KEYS[1])) do
  if tonumber(old) <= minute - ARGV[2] * 60 then
    forgotten = forgotten + redis.call('HDEL', KEYS[1], old)
  end
end
return { minute, count, forgotten }
