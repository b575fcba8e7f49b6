-- Count running requests; refuse above the limit. KEYS[1]; ARGV: +1 or -1, limit
local running = tonumber(redis.call('GET', KEYS[1]) or 0)
local change = tonumber(ARGV[1])
if change > 0 and running >= tonumber(ARGV[2]) then
  return redis.error_reply('BUSY ' .. running .. ' requests are running')
end
running = math.max(0, running + change)
redis.call('SET', KEYS[1], running, 'EX', 300)
return running
