-- Take a lock once more, or give it back once.
-- KEYS[1] the lock, ARGV: 'lock' or 'unlock', the owner, milliseconds until it expires
-- Returns: how often the owner holds it now; -1 if somebody else does
local action, owner = ARGV[1], ARGV[2]
local held = redis.call('HGET', KEYS[1], owner)
if not held and redis.call('EXISTS', KEYS[1]) == 1 then
  return -1
end

if action == 'lock' then
  local depth = redis.call('HINCRBY', KEYS[1], owner, 1)
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return depth
end
if not held then
  return -1
end
local depth = redis.call('HINCRBY', KEYS[1], owner, -1)
if depth < 1 then
  redis.call('DEL', KEYS[1])
end
return depth
