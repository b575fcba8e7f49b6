#!lua name=stock
-- A library of two functions, called with FCALL; they share what is local here.

local function available(key)
  return tonumber(redis.call('HGET', key, 'units') or 0)
end

-- FCALL reserve 1 item units: takes units off, if there are so many.
local function reserve(keys, args)
  local units = tonumber(args[1])
  if not units or units < 1 then
    return redis.error_reply('BADUNITS units must be a positive number')
  end
  if available(keys[1]) < units then
    return 0
  end
  redis.call('HINCRBY', keys[1], 'units', -units)
  redis.call('HINCRBY', keys[1], 'reserved', units)
  return 1
end

-- FCALL_RO in_stock 1 item
local function in_stock(keys)
  return available(keys[1])
end

redis.register_function('reserve', reserve)
redis.register_function({
  function_name = 'in_stock',
  callback = in_stock,
  flags = { 'no-writes' },
  description = 'how many units can be reserved',
})
