-- Read a session and keep it alive, but never longer than its absolute end. KEYS[1]; ARGV[1] idle seconds
local session = redis.call('HMGET', KEYS[1], 'user', 'ends_at')
if not session[1] then
  return false
end
local now = tonumber(redis.call('TIME')[1])
local left = tonumber(session[2]) - now
redis.call('EXPIRE', KEYS[1], math.min(tonumber(ARGV[1]), left))
redis.call('HSET', KEYS[1], 'seen_at', now)
return { session[1], math.min(tonumber(ARGV[1]), left) }
