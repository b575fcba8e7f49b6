-- Extend a lock, but only if it is still ours: one that has expired may be somebody else's by now.
-- KEYS[1] lock; ARGV: token, milliseconds
-- Returns: 1 extended, 0 not ours any more
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
