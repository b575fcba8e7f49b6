-- Take a lock for a while, or renew it if it is ours already. KEYS[1] lock; ARGV: token, milliseconds
-- Returns: 1 taken, 2 renewed, 0 held by somebody else
local holder = redis.call('GET', KEYS[1])
if not holder then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
if holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 2
end
return 0
