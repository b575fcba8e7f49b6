-- given: SET here 0
-- keys: here  argv:
-- expect reply: 1) "0"
-- expect reply: 2) (nil)
-- expect key here: "0"
local before = redis.call('GET', KEYS[1])
redis.call('SELECT', 5)
return { before, redis.call('GET', KEYS[1]) }
