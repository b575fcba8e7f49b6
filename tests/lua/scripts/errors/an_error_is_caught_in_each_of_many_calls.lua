-- What was caught must not cost more, the deeper the stack is.
local caught = 0

local function descend(depth)
  local ok, message = pcall(error, 'at the bottom', 2)
  if not ok then caught = caught + 1 end
  if depth == 0 then return message end
  local inner = descend(depth - 1)
  return inner
end

print(descend(12000)) -- expect: script:5: at the bottom
print(caught) -- expect: 12001

local function place(depth, level)
  if depth == 0 then return select(2, pcall(function() error('placed', level) end)) end
  local found = place(depth - 1, level)
  return found
end

print(place(1000, 900)) -- expect: script:17: placed
print(place(1000, 2000)) -- expect: placed
