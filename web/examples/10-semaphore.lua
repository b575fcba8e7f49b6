-- Take one of a limited number of places, for a limited time.
-- KEYS[1] the holders, ARGV: places, length of the lease in seconds, who asks
-- Returns: 1 if the place was taken or renewed, places that are left
local places, lease, holder = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local now = tonumber(redis.call('TIME')[1])

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local taken = redis.call('ZCARD', KEYS[1])
if not redis.call('ZSCORE', KEYS[1], holder) then
  if taken >= places then
    return { 0, 0 }
  end
  taken = taken + 1
end
redis.call('ZADD', KEYS[1], now + lease, holder)
return { 1, places - taken }
