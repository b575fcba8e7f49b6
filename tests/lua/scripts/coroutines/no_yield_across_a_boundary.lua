local function try(f) return coroutine.resume(coroutine.create(f)) end
print(try(function() return pcall(coroutine.yield, 1) end)) -- expect: true	false	attempt to yield across metamethod/C-call boundary
print(try(function() return pcall(function() coroutine.yield(1) end) end)) -- expect: true	false	attempt to yield across metamethod/C-call boundary
print(try(function() return setmetatable({}, {__index = coroutine.yield}).x end)) -- expect: false	attempt to yield across metamethod/C-call boundary
print(try(function() return setmetatable({}, {__index = function() coroutine.yield(1) end}).x end)) -- expect: false	attempt to yield across metamethod/C-call boundary
print(try(function() return setmetatable({}, {__add = function() coroutine.yield(1) end}) + 1 end)) -- expect: false	attempt to yield across metamethod/C-call boundary
print(try(function() for _ in function() coroutine.yield(1) end do end end)) -- expect: false	attempt to yield across metamethod/C-call boundary
print(try(function() table.sort({3, 2, 1}, function() coroutine.yield(1) end) end)) -- expect: false	attempt to yield across metamethod/C-call boundary
print(try(function() return string.gsub('a', 'a', function() coroutine.yield(1) end) end)) -- expect: false	attempt to yield across metamethod/C-call boundary
print(pcall(coroutine.yield, 1)) -- expect: false	attempt to yield across metamethod/C-call boundary
print(try(function() return setmetatable({}, {__call = function(_, x) return coroutine.yield(x) end})(5) end)) -- expect: true	5

-- A yield takes no C call: where only one is left, it is refused for the pcall around it.
local deepest
local function down()
  pcall(down)
  local room = pcall(type, 1)
  if room and not deepest then deepest = select(2, pcall(coroutine.yield, 1)) end
end
down()
print(deepest) -- expect: attempt to yield across metamethod/C-call boundary
