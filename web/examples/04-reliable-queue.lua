-- Take a job from a queue and lease it: if the worker dies, the lease runs out and the job can be given again.
-- KEYS: waiting list, list of jobs in progress, sorted set of leases by deadline
-- ARGV[1] length of the lease in seconds
-- Returns the job and its deadline, or nothing
local time = redis.call('TIME')
local now = tonumber(time[1])

-- Jobs whose lease has run out go back to the head of the queue.
for _, job in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now)) do
  redis.call('ZREM', KEYS[3], job)
  redis.call('LREM', KEYS[2], 1, job)
  redis.call('RPUSH', KEYS[1], job)
  redis.log(redis.LOG_NOTICE, 'lease ran out: ' .. job)
end

local job = redis.call('LMOVE', KEYS[1], KEYS[2], 'RIGHT', 'LEFT')
if not job then
  return false
end
local deadline = now + ARGV[1]
redis.call('ZADD', KEYS[3], deadline, job)
return { job, deadline }
