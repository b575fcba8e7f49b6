-- Put a finished build in the place of the live one, if its version is greater.
-- KEYS: the build, the live one, the one before; Returns: 1 published, 0 dropped as older
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '')
if not version then
  return redis.error_reply('INCOMPLETE the build has no version')
end
local live = tonumber(redis.call('HGET', KEYS[2], 'version') or 0)
if version <= live then
  redis.call('UNLINK', KEYS[1])
  return 0
end
if live > 0 then
  redis.call('RENAME', KEYS[2], KEYS[3])
end
redis.call('RENAME', KEYS[1], KEYS[2])
return 1
