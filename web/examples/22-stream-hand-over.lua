-- Claim entries that were pending too long; park those that failed too often.
-- KEYS: the stream, the dead letters; ARGV: group, consumer, idle milliseconds, attempts, entries at most
-- Returns: IDs of entries the consumer has now, IDs of entries that were parked
local group, consumer = ARGV[1], ARGV[2]
local pending = redis.call('XPENDING', KEYS[1], group, 'IDLE', ARGV[3], '-', '+', ARGV[5])
local claimed, parked = {}, {}
for _, entry in ipairs(pending) do
  local id, attempts = entry[1], entry[4]
  if attempts >= tonumber(ARGV[4]) then
    local body = redis.call('XRANGE', KEYS[1], id, id)
    if body[1] then
      redis.call('XADD', KEYS[2], id, 'attempts', attempts, unpack(body[1][2]))
    end
    redis.call('XACK', KEYS[1], group, id)
    parked[#parked + 1] = id
  elseif #redis.call('XCLAIM', KEYS[1], group, consumer, ARGV[3], id) > 0 then
    claimed[#claimed + 1] = id
  end
end
return { claimed, parked }
