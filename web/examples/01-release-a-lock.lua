-- Release a lock, but only if it is still ours (the Redlock article).
-- KEYS[1] the lock, ARGV[1] the token we took it with
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
