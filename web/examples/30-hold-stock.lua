-- Hold articles for a basket for a while; holds that ran out go back first.
-- KEYS: the stock, deadlines of holds, sizes of holds; ARGV: the basket, how many, seconds
-- Returns: 1 if held, what is left in stock
local basket, wanted, seconds = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(redis.call('TIME')[1])
local function give_back(one)
  redis.call('INCRBY', KEYS[1], redis.call('HGET', KEYS[3], one) or 0)
  redis.call('HDEL', KEYS[3], one)
  redis.call('ZREM', KEYS[2], one)
end
for _, late in ipairs(redis.call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE', 'LIMIT', 0, 100)) do
  give_back(late)
end
give_back(basket)

local stock = tonumber(redis.call('GET', KEYS[1]) or 0)
if stock < wanted then
  return { 0, stock }
end
redis.call('ZADD', KEYS[2], now + seconds, basket)
redis.call('HSET', KEYS[3], basket, wanted)
return { 1, redis.call('DECRBY', KEYS[1], wanted) }
