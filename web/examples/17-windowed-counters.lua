-- Count an event in several windows at once.
-- KEYS: one counter a window; ARGV: how much, then the seconds each window is kept
-- Returns: the counters
local counters = {}
for i, key in ipairs(KEYS) do
  counters[i] = redis.call('INCRBY', key, ARGV[1])
  redis.call('EXPIRE', key, ARGV[i + 1], 'NX')
end
return counters
