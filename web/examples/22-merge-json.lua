-- Change fields of a JSON document without reading it first. KEYS[1] document; ARGV[1] JSON object of changes
local document = cjson.decode(redis.call('GET', KEYS[1]) or '{}')
for name, value in pairs(cjson.decode(ARGV[1])) do
  if value == cjson.null then value = nil end
  document[name] = value
end
local names = {}
for name in pairs(document) do names[#names + 1] = name end
redis.call('SET', KEYS[1], cjson.encode(document))
return #names
