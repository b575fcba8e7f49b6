-- Take a lock, and with it a number greater than that of every owner before.
-- KEYS: the lock, the counter; ARGV: who asks, milliseconds until the lock expires
-- Returns: the fencing token, or nothing while somebody else holds the lock
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return false
end
return redis.call('INCR', KEYS[2])
