-- Merge fields into a JSON object (one level), unless somebody changed it meanwhile.
-- KEYS[1] the document, ARGV: the version it was read at, the patch as a JSON object
-- Returns: the new version, or an error with the present one
local document = cjson.decode(redis.call('GET', KEYS[1]) or '{"version":0}')
if document.version ~= tonumber(ARGV[1]) then
  return redis.error_reply('STALE the document is at version ' .. document.version)
end
for field, value in pairs(cjson.decode(ARGV[2])) do
  if value == cjson.null then
    value = nil
  end
  document[field] = value
end
document.version = document.version + 1
redis.call('SET', KEYS[1], cjson.encode(document), 'KEEPTTL')
return document.version
