-- Add a value to a Bloom filter, and tell whether it was there: no is certain, yes is probable.
-- KEYS[1] the bitmap, ARGV: the value, bits of the filter, hashes
-- Returns: 1 if it was (probably) there, 0 if it certainly was not
local bits, hashes = tonumber(ARGV[2]), tonumber(ARGV[3])
local digest = redis.sha1hex(ARGV[1])
local first, second = tonumber(digest:sub(1, 8), 16), tonumber(digest:sub(9, 16), 16)
local present = 1
for i = 0, hashes - 1 do
  local position = (first + i * second) % bits
  if redis.call('SETBIT', KEYS[1], string.format('%.0f', position), 1) == 0 then
    present = 0
  end
end
return present
