-- Count visitors of today, and tell how many different ones there were on all the days.
-- KEYS: today, then the other days; ARGV: visitors
-- Returns: 1 if today's estimate changed, today, all days together
if #ARGV > 1000 then
  return redis.error_reply('at most 1000 visitors at a time')
end
local changed = redis.call('PFADD', KEYS[1], unpack(ARGV))
return { changed, redis.call('PFCOUNT', KEYS[1]), redis.call('PFCOUNT', unpack(KEYS)) }
