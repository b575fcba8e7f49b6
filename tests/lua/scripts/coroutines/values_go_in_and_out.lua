local co = coroutine.create(function(a, b)
  print('start', a, b)
  local c = coroutine.yield(a + b)
  print('then', c)
  local d, e = coroutine.yield(c * 2)
  return d, e
end)
print(coroutine.resume(co, 1, 2))
print(coroutine.status(co))
print(coroutine.resume(co, 10))
print(coroutine.resume(co, 'x', 'y'))
print(coroutine.status(co))
print(coroutine.resume(co))
-- expect: start	1	2
-- expect: true	3
-- expect: suspended
-- expect: then	10
-- expect: true	20
-- expect: true	x	y
-- expect: dead
-- expect: false	cannot resume dead coroutine
