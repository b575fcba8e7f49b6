-- Put a job into the queue, or take the one whose turn it is.
-- KEYS: the queue, its counter; ARGV: 'put', priority 0 (urgent) to 999, the job  |  'take'
-- Returns: jobs in the queue after 'put'; the job, or nothing, after 'take'
if ARGV[1] == 'take' then
  local first = redis.call('ZPOPMIN', KEYS[1])
  return first[1] or false
end
local priority = tonumber(ARGV[2])
if not priority or priority < 0 or priority > 999 then
  return redis.error_reply('ERR the priority must be a number from 0 to 999')
end
local turn = redis.call('INCR', KEYS[2]) % 1e12
redis.call('ZADD', KEYS[1], string.format('%.0f', priority * 1e12 + turn), ARGV[3])
return redis.call('ZCARD', KEYS[1])
