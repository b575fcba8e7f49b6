-- Generic cell rate algorithm: one key holds the theoretical arrival time of the next request.
-- KEYS[1] the client, ARGV: milliseconds between requests, how many may come at once
-- Returns: 1 if allowed, milliseconds to wait otherwise 0, requests left in the burst
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local due = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local earliest = due + interval - burst * interval
if now < earliest then
  return { 0, earliest - now, 0 }
end
due = due + interval
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', string.format('%.0f', due - now))
return { 1, 0, math.floor((now + burst * interval - due) / interval) }
