-- Reserve several articles or none. KEYS: stock counters; ARGV: how many of each
-- Returns 1, or the number of the first article that is short
for i, key in ipairs(KEYS) do
  local stock = tonumber(redis.call('GET', key) or 0)
  if stock < tonumber(ARGV[i]) then
    return redis.error_reply('SHORT ' .. key .. ' has ' .. stock .. ', wanted ' .. ARGV[i])
  end
end
for i, key in ipairs(KEYS) do
  redis.call('DECRBY', key, ARGV[i])
end
return 1
