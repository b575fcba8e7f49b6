-- server: redis>=7.4 valkey>=9
-- Mark somebody as here for some seconds and answer who is. KEYS[1] hash of a room; ARGV: name, seconds
redis.call('HSET', KEYS[1], ARGV[1], redis.call('TIME')[1])
redis.call('HEXPIRE', KEYS[1], ARGV[2], 'FIELDS', 1, ARGV[1])
local present = redis.call('HKEYS', KEYS[1])
table.sort(present)
return present
