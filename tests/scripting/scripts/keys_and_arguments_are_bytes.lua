-- keys: "a\x00\xff"  argv: "\r\n" ""
-- expect reply: 1) (integer) 3
-- expect reply: 2) "\r\n"
-- expect reply: 3) (integer) 0
-- expect key "a\x00\xff": "\r\n"
redis.call('SET', KEYS[1], ARGV[1])
return { #KEYS[1], redis.call('GET', KEYS[1]), #ARGV[2] }
