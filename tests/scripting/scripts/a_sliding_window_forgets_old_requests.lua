-- keys: window  argv: 100 2 1000 a
-- expect reply: (integer) 1
-- keys: window  argv: 100 2 1050 b
-- expect reply: (integer) 2
-- keys: window  argv: 100 2 1099 c
-- expect reply: (integer) -1
-- keys: window  argv: 100 2 1101 d
-- expect reply: (integer) 2
-- expect key window: 1) "b"
-- expect key window: 2) "1050"
-- expect key window: 3) "d"
-- expect key window: 4) "1101"
local span, limit, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - span)
local count = redis.call('ZCARD', KEYS[1])
if count >= limit then return -1 end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('PEXPIRE', KEYS[1], span)
return count + 1
