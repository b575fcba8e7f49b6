-- Take entries from the head of a list, up to a number and a total size.
-- KEYS[1] the list, ARGV: entries at most, bytes at most
-- Returns: the entries; the first one even if it alone is larger
local entries = redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)
local most, bytes, count = tonumber(ARGV[2]), 0, 0
for i, entry in ipairs(entries) do
  bytes = bytes + #entry
  if i > 1 and bytes > most then
    break
  end
  count = i
end
return redis.call('LPOP', KEYS[1], count) or {}
