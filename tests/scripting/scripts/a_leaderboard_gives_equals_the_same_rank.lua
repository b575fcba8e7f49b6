-- given: ZADD board 30 ann 20 bob 20 cid 10 dan
-- keys: board  argv: cid
-- expect reply: 1) (integer) 2
-- expect reply: 2) "20"
-- keys: board  argv: dan
-- expect reply: 1) (integer) 4
-- expect reply: 2) "10"
-- keys: board  argv: eve
-- expect reply: (nil)
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score then return false end
return { redis.call('ZCOUNT', KEYS[1], '(' .. score, '+inf') + 1, score }
