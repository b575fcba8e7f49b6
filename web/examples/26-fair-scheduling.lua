-- Take a job of the customer whose turn it is.
-- KEYS: the circle of customers, one queue for each customer that may be in it; ARGV: the customers of the queues
-- Returns: the customer and the job, or nothing
local queues = {}
for i, customer in ipairs(ARGV) do
  queues[customer] = KEYS[i + 1]
end

for _ = 1, redis.call('LLEN', KEYS[1]) do
  local customer = redis.call('LPOP', KEYS[1])
  local queue = queues[customer]
  local job = queue and redis.call('RPOP', queue)
  if job then
    if redis.call('EXISTS', queue) == 1 then
      redis.call('RPUSH', KEYS[1], customer)
    end
    return { customer, job }
  end
end
return false
