-- Append a message to a stream unless it was seen before.
-- KEYS: the stream, the memory of this message; ARGV: the body, seconds to remember, entries to keep
-- Returns: 1 if it is new, the ID of its entry
local seen = redis.call('GET', KEYS[2])
if seen then
  return { 0, seen }
end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[3], '*', 'body', ARGV[1])
redis.call('SET', KEYS[2], id, 'EX', ARGV[2])
return { 1, id }
