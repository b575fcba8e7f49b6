-- Move the jobs that are due from the schedule to the queue.
-- KEYS: the schedule, the queue; ARGV[1] how many at most
-- Returns: how many were moved, and seconds until the next is due, or nothing if none waits
local now = tonumber(redis.call('TIME')[1])
local due = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])
for _, job in ipairs(due) do
  redis.call('ZREM', KEYS[1], job)
  redis.call('LPUSH', KEYS[2], job)
end
local following = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if #following == 0 then
  return { #due, false }
end
return { #due, math.max(0, following[2] - now) }
