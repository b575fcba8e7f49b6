-- Add to a packed record of a player: plays, best score, last score.
-- KEYS[1] the hash of players, ARGV: the player, the score
-- Returns: plays, best, last
local score = tonumber(ARGV[2])
local packed = redis.call('HGET', KEYS[1], ARGV[1])
local plays, best = 0, score
if packed then
  local record = cmsgpack.unpack(packed)
  plays, best = record[1], math.max(record[2], score)
end
redis.call('HSET', KEYS[1], ARGV[1], cmsgpack.pack({ plays + 1, best, score }))
return { plays + 1, best, score }
