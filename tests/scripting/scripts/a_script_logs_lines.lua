-- keys:  argv:
-- expect log: 2 first 1
-- expect log: 3 second
-- expect reply: (nil)
redis.log(redis.LOG_NOTICE, 'first', 1, nil, {})
redis.log(redis.LOG_WARNING, 'second')
