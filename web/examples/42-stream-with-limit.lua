-- Append an event to a stream that keeps the newest ones. KEYS[1] stream; ARGV: id, most, kind, value
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], ARGV[1], 'kind', ARGV[3], 'value', ARGV[4])
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
return { id, redis.call('XLEN', KEYS[1]), first[1] }
