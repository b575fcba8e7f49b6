local function counter()
  local n = 0
  return function() n = n + 1 return n end, function() return n end
end
local up, look = counter()
up() up()
print(look()) -- expect: 2
local _, other = counter()
print(other()) -- expect: 0
