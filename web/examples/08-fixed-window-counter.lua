-- Count a request; the first one of a window sets its end.
-- KEYS[1] counter, ARGV: limit, length of the window in seconds
-- Returns: allowed, left, milliseconds until the window ends
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  left = ARGV[2] * 1000
end
local limit = tonumber(ARGV[1])
return { count <= limit and 1 or 0, math.max(0, limit - count), left }
