-- Forget everything cached under a tag. KEYS[1] set of the keys that carry the tag
local members = redis.call('SMEMBERS', KEYS[1])
local removed = 0
for _, key in ipairs(members) do
  -- ferrous: allow computed-key, undeclared-key
  removed = removed + redis.call('UNLINK', key)
end
redis.call('DEL', KEYS[1])
return removed
