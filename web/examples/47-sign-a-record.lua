-- A digest over the fields of a record: sorted, for the order of pairs is the server's own.
-- KEYS[1] the hash, ARGV: the secret
-- Returns: the names as pairs brings them, sorted ones, and the digest of the sorted record
local record = redis.call('HGETALL', KEYS[1])
local fields = {}
for index = 1, #record, 2 do
  fields[record[index]] = record[index + 1]
end
local names = {}
for name in pairs(fields) do
  names[#names + 1] = name
end
local found = table.concat(names, ' ')
table.sort(names)
local parts = {}
for index, name in ipairs(names) do
  parts[index] = name .. '=' .. fields[name]
end
return { found, table.concat(names, ' '), redis.sha1hex(table.concat(parts, '&') .. ARGV[1]) }
