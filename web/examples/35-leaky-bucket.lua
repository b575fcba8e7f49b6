-- Leaky bucket: requests flow out at a steady rate. KEYS[1]; ARGV: a second, how many may wait
-- Returns: milliseconds to wait before going ahead, or -1 if too many wait already
local rate, capacity = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local next_free = math.max(now, tonumber(redis.call('GET', KEYS[1]) or now))
local wait = next_free - now
if wait > capacity * 1000 / rate then
  return -1
end
redis.call('SET', KEYS[1], string.format('%.0f', next_free + 1000 / rate), 'PX', math.ceil(wait + 1000 / rate) + 1000)
return math.floor(wait)
