-- A lock its holder may take again. KEYS[1] lock; ARGV: holder, milliseconds
-- Returns how often the holder has it now, or the milliseconds until it is free, as a negative number
local lock, holder = KEYS[1], ARGV[1]
if redis.call('EXISTS', lock) == 0 or redis.call('HEXISTS', lock, holder) == 1 then
  local times = redis.call('HINCRBY', lock, holder, 1)
  redis.call('PEXPIRE', lock, ARGV[2])
  return times
end
return -redis.call('PTTL', lock)
