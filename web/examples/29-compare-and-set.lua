-- Set a key if it still has the value we read; its expiry stays.
-- KEYS[1] the key, ARGV: the value expected, the new one; no expected value at all means the key must not exist
-- Returns: 1 and the new value, or 0 and the present one
local expected, wanted = ARGV[1], ARGV[2]
if #ARGV == 1 then
  expected, wanted = false, ARGV[1]
end
local present = redis.call('GET', KEYS[1])
if present ~= expected then
  return { 0, present }
end
redis.call('SET', KEYS[1], wanted, 'KEEPTTL')
return { 1, wanted }
