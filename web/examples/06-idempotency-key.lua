-- Idempotency: the first request with a key does the work, the others get its result.
-- KEYS[1] the idempotency key, ARGV: fingerprint of the request, seconds it may take
-- Returns: {'start'} go ahead · {'wait'} it is under way · {'done', result} · an error if the request differs
local seen = redis.call('HMGET', KEYS[1], 'fingerprint', 'state', 'result')
if not seen[1] then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'state', 'started')
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  return { 'start' }
end
if seen[1] ~= ARGV[1] then
  return redis.error_reply('CONFLICT this key was used for another request')
end
if seen[2] == 'done' then
  return { 'done', seen[3] }
end
return { 'wait' }
