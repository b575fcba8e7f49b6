local outer
outer = coroutine.create(function()
  print(coroutine.status(outer))
  local inner = coroutine.create(function() print(coroutine.status(outer)) end)
  print(coroutine.status(inner))
  coroutine.resume(inner)
  print(coroutine.status(inner))
end)
coroutine.resume(outer)
print(coroutine.status(outer), coroutine.running())
-- expect: running
-- expect: suspended
-- expect: normal
-- expect: dead
-- expect: dead	nil
