-- Read some fields of many hashes in one round trip. KEYS: hashes; ARGV: fields
if #ARGV > 1000 then
  return redis.error_reply('at most 1000 fields at a time')
end
local rows = {}
for i, key in ipairs(KEYS) do
  rows[i] = redis.call('HMGET', key, unpack(ARGV))
end
return rows
