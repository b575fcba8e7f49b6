-- Vote for a candidate; an earlier vote is taken back.
-- KEYS: the ballots, the standings; ARGV: the voter, the candidate
-- Returns: votes of the candidate, and who had the vote before, or nothing
local voter, candidate = ARGV[1], ARGV[2]
local before = redis.call('HGET', KEYS[1], voter)
if before == candidate then
  return { tonumber(redis.call('ZSCORE', KEYS[2], candidate) or 0), before }
end
if before then
  if tonumber(redis.call('ZINCRBY', KEYS[2], -1, before)) <= 0 then
    redis.call('ZREM', KEYS[2], before)
  end
end
redis.call('HSET', KEYS[1], voter, candidate)
return { tonumber(redis.call('ZINCRBY', KEYS[2], 1, candidate)), before }
