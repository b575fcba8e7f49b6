-- keys: missing  argv:
-- expect reply: 1) "boolean"
-- expect reply: 2) (integer) 1
-- expect reply: 3) "nil"
-- expect reply: 4) (nil)
local reply = redis.call('GET', KEYS[1])
redis.setresp(3)
local reply3 = redis.call('GET', KEYS[1])
redis.setresp(2)
return { type(reply), reply == false, type(reply3), reply }
