-- Add points and tell the rank; players with equal scores share it (1, 2, 2, 4).
-- KEYS[1] leaderboard, ARGV: player, points
-- Returns: rank, score, players with the same score, the next score above
local score = redis.call('ZINCRBY', KEYS[1], ARGV[2], ARGV[1])
local better = redis.call('ZCOUNT', KEYS[1], '(' .. score, '+inf')
local ties = redis.call('ZCOUNT', KEYS[1], score, score)
local above = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. score, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
return { better + 1, score, ties, above[2] or false }
