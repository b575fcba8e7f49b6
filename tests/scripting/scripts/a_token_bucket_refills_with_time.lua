-- keys: bucket  argv: 2 1 0
-- expect reply: 1) (integer) 1
-- expect reply: 2) "1"
-- keys: bucket  argv: 2 1 0
-- expect reply: 1) (integer) 1
-- expect reply: 2) "0"
-- keys: bucket  argv: 2 1 0
-- expect reply: 1) (nil)
-- expect reply: 2) "0"
-- keys: bucket  argv: 2 1 1500
-- expect reply: 1) (integer) 1
-- expect reply: 2) "0.5"
-- expect key bucket: 1) "tokens"
-- expect key bucket: 2) "0.5"
-- expect key bucket: 3) "at"
-- expect key bucket: 4) "1500"
local capacity, rate, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(bucket[1] or capacity)
local at = tonumber(bucket[2] or now)
tokens = math.min(capacity, tokens + (now - at) / 1000 * rate)
local allowed = tokens >= 1
if allowed then tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / rate * 1000))
return { allowed, tostring(tokens) }
