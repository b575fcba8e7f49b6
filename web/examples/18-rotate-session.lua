-- Give a session a new token.
-- KEYS: the old session, the new one, where the old token leads for a while
-- ARGV: the new token, seconds a session lives, seconds the old token is still understood
-- Returns: OK, or an error if there is no such session or the new token is taken
if redis.call('EXISTS', KEYS[1]) == 0 then
  return redis.error_reply('NOSESSION the session has ended')
end
if redis.call('RENAMENX', KEYS[1], KEYS[2]) == 0 then
  return redis.error_reply('TAKEN choose another token')
end
redis.call('HINCRBY', KEYS[2], 'rotations', 1)
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[3])
return redis.status_reply('OK')
