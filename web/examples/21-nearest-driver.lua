-- The nearest free driver within a radius, taken off the map.
-- KEYS: the map of free drivers, the rides; ARGV: longitude, latitude, kilometres, the passenger
-- Returns: the driver and the distance in kilometres, or nothing
local found = redis.call(
  'GEOSEARCH',
  KEYS[1],
  'FROMLONLAT',
  ARGV[1],
  ARGV[2],
  'BYRADIUS',
  ARGV[3],
  'km',
  'ASC',
  'COUNT',
  1,
  'WITHDIST'
)
if #found == 0 then
  return false
end
local driver, distance = found[1][1], found[1][2]
redis.call('ZREM', KEYS[1], driver)
redis.call('HSET', KEYS[2], driver, ARGV[4])
return { driver, distance }
