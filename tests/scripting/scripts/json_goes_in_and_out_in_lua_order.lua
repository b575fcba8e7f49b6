-- keys:  argv: '{"name":"x","age":1,"tags":["a","b"],"none":null}'
-- expect reply: "{\"name\":\"x\",\"age\":1,\"tags\":[\"a\",\"b\"]}"
local value = cjson.decode(ARGV[1])
if value.none == cjson.null then value.none = nil end
return cjson.encode(value)
