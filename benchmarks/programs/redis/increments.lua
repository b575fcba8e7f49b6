local last
for i = 1, 20000 do last = redis.call('INCR', 'counter') end
return last > 0 and 1
