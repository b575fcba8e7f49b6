-- Find free drivers near a passenger and reserve the nearest one. KEYS: positions, free drivers; ARGV: longitude, latitude, km
local near = redis.call('GEOSEARCH', KEYS[1], 'FROMLONLAT', ARGV[1], ARGV[2], 'BYRADIUS', ARGV[3], 'km', 'ASC', 'COUNT', 20)
for _, driver in ipairs(near) do
  if redis.call('SREM', KEYS[2], driver) == 1 then
    return driver
  end
end
return false
