-- given: SET lock token-1
-- keys: lock  argv: token-2
-- expect reply: (integer) 0
-- expect key lock: "token-1"
-- keys: lock  argv: token-1
-- expect reply: (integer) 1
-- expect key lock: (nil)
if redis.call("get", KEYS[1]) == ARGV[1] then
    return redis.call("del", KEYS[1])
else
    return 0
end
