-- given: RPUSH jobs one two
-- keys: jobs leased  argv: 5000
-- expect reply: "one"
-- expect key jobs: 1) "two"
-- expect key leased: 1) "one"
-- expect key leased: 2) "5000"
-- keys: jobs leased  argv: 6000
-- expect reply: "two"
-- keys: jobs leased  argv: 7000
-- expect reply: (nil)
-- expect key jobs: (nil)
local job = redis.call('LPOP', KEYS[1])
if job then redis.call('ZADD', KEYS[2], ARGV[1], job) end
return job
