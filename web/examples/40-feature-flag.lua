-- Is a feature on for this user? KEYS[1] hash: percent, allow, deny; ARGV[1] user
local flag = redis.call('HMGET', KEYS[1], 'percent', 'allow', 'deny')
local user = ',' .. ARGV[1] .. ','
if flag[3] and string.find(',' .. flag[3] .. ',', user, 1, true) then
  return 0
end
if flag[2] and string.find(',' .. flag[2] .. ',', user, 1, true) then
  return 1
end
-- The same user always falls into the same hundredth.
local bucket = tonumber(string.sub(redis.sha1hex(KEYS[1] .. ARGV[1]), 1, 6), 16) % 100
return bucket < tonumber(flag[1] or 0) and 1 or 0
