-- Put a job on a queue unless it is waiting there already. KEYS: queue, set of waiting jobs; ARGV[1] job
if redis.call('SADD', KEYS[2], ARGV[1]) == 0 then
  return 0
end
return redis.call('LPUSH', KEYS[1], ARGV[1])
