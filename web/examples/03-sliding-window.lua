-- Sliding-window rate limiter: at most ARGV[1] requests in the last ARGV[2] milliseconds.
-- KEYS[1] a sorted set of the requests; ARGV[3] a unique name of this request
-- Returns: allowed, requests in the window, milliseconds until the next one is allowed
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local count = redis.call('ZCARD', KEYS[1])
if count >= limit then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return { 0, count, oldest[2] + window - now }
end

redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], window)
return { 1, count + 1, 0 }
