-- keys: request-1  argv: created 60
-- expect reply: 1) "created"
-- expect reply: 2) (integer) 1
-- keys: request-1  argv: again 60
-- expect reply: 1) "created"
-- expect reply: 2) (nil)
-- expect key request-1: "created"
local fresh = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2])
return { redis.call('GET', KEYS[1]), fresh and true }
