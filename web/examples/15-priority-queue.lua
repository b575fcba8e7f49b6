-- Take the most urgent job; among equals the oldest. KEYS[1] sorted set of jobs
local popped = redis.call('ZPOPMIN', KEYS[1])
if #popped == 0 then return false end
return {popped[1], tonumber(popped[2])}
