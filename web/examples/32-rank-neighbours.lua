-- A player's surroundings in a leaderboard.
-- KEYS[1] the leaderboard, ARGV: the player, how many above and below
-- Returns: rows of rank, player and score; an empty list for somebody who is not in it
local rank = redis.call('ZREVRANK', KEYS[1], ARGV[1])
if not rank then
  return {}
end
local first = math.max(0, rank - ARGV[2])
local found = redis.call('ZRANGE', KEYS[1], first, rank + ARGV[2], 'REV', 'WITHSCORES')
local rows = {}
for i = 1, #found, 2 do
  rows[#rows + 1] = { first + (i + 1) / 2, found[i], found[i + 1] }
end
return rows
