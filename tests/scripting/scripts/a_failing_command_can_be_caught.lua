-- given: SET text abc
-- keys: text  argv:
-- expect reply: 1) "ERR value is not an integer or out of range"
-- expect reply: 2) "WRONGTYPE Operation against a key holding the wrong kind of value"
-- expect reply: 3) (error) ERR value is not an integer or out of range
local answered = redis.pcall('INCR', KEYS[1])
local ok, caught = pcall(redis.call, 'LPUSH', KEYS[1], 1)
return { answered.err, caught, answered }
