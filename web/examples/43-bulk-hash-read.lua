-- Read some fields of many hashes in one round trip. KEYS: hashes; ARGV: fields
local rows = {}
for i, key in ipairs(KEYS) do
  rows[i] = redis.call('HMGET', key, unpack(ARGV))
end
return rows
