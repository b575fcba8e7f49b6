-- Take jobs until their time is over; count them too, for time may stand still.
-- KEYS[1] the list of jobs, ARGV: microseconds at most, jobs at most
-- Returns: how many were taken
local function microseconds()
  local now = redis.call('TIME')
  return tonumber(now[1]) * 1000000 + tonumber(now[2])
end

local stop = microseconds() + tonumber(ARGV[1])
local most = tonumber(ARGV[2])
local taken = 0
while taken < most and microseconds() < stop do
  if not redis.call('LPOP', KEYS[1]) then
    break
  end
  taken = taken + 1
end
return taken
