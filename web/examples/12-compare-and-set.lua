-- Set a value if it still is what we read. KEYS[1]; ARGV: expected, new
local value = redis.call('GET', KEYS[1])
if value ~= ARGV[1] then
  return {0, value}
end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return {1, ARGV[2]}
