-- Keep the mean of ratings, as the server writes it and with a fixed number of digits.
-- KEYS[1] the hash, ARGV: the rating
-- Returns: the mean as the server wrote it, and as every server writes it
local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
local sum = tonumber(redis.call('HINCRBYFLOAT', KEYS[1], 'sum', ARGV[1]))
redis.call('HSET', KEYS[1], 'mean', sum / count)
redis.call('HSET', KEYS[1], 'shown', string.format('%.3f', sum / count))
return redis.call('HMGET', KEYS[1], 'mean', 'shown')
