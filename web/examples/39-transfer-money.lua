-- Move an amount in cents from one account to another. KEYS: from, to; ARGV[1] amount
local amount = tonumber(ARGV[1])
if not amount or amount <= 0 or amount ~= math.floor(amount) then
  return redis.error_reply('AMOUNT must be a whole number above 0')
end
local balance = tonumber(redis.call('HGET', KEYS[1], 'balance') or 0)
if balance < amount then
  return redis.error_reply('FUNDS ' .. balance .. ' are not enough')
end
return {
  redis.call('HINCRBY', KEYS[1], 'balance', -amount),
  redis.call('HINCRBY', KEYS[2], 'balance', amount),
}
