-- Ask whether a request may go out, or report how one went.
-- KEYS[1] the breaker, ARGV: 'ask' | 'success' | 'failure', failures that open it, seconds it stays open
-- Returns: 'closed' go ahead · 'probe' go ahead, you are the test · 'open' do not
local event, limit, pause = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(redis.call('TIME')[1])
local state = redis.call('HMGET', KEYS[1], 'failures', 'retry')
local failures, retry = tonumber(state[1] or 0), tonumber(state[2] or 0)

if event == 'success' then
  redis.call('DEL', KEYS[1])
  return 'closed'
end
if event == 'failure' then
  failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
  redis.call('EXPIRE', KEYS[1], pause * 10)
  if failures < limit then
    return 'closed'
  end
  redis.call('HSET', KEYS[1], 'retry', now + pause)
  return 'open'
end
if failures < limit then
  return 'closed'
end
if now < retry then
  return 'open'
end
redis.call('HSET', KEYS[1], 'retry', now + pause)
return 'probe'
