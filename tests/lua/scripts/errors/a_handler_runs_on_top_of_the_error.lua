local calls = 0
print(xpcall(error, function() calls = calls + 1 error() end)) -- expect: false	error in error handling
print(calls) -- expect: 220
local deepest, levels = nil, 0
local function down()
  levels = levels + 1
  local ok, problem = xpcall(down, function(message) return message end)
  if not ok then deepest = deepest or problem end
end
down()
print(deepest, levels) -- expect: C stack overflow	198
deepest, levels = nil, 0
print(pcall(coroutine.wrap(function() down() return 'end' end))) -- expect: true	end
print(deepest, levels) -- expect: C stack overflow	196

-- beyond the full C stack the handler has an eighth of it to itself
local ends = {}
local function fill(level)
  local ok, problem = xpcall(function() fill(level + 1) end, function(message)
    local function nest(inner)
      local ok, problem = pcall(function() return (nest(inner + 1)) end)
      if not ok then ends[#ends + 1] = inner .. ' ' .. problem end
    end
    nest(1)
    return 'handled ' .. message
  end)
  if not ok then ends[#ends + 1] = problem end
end
fill(1)
print(#ends, ends[1], ends[2]) -- expect: 2	24 error in error handling	handled C stack overflow

local tries = 0
print(xpcall(function() error("a", 0) end, function(message) -- expect: false	a1234
  tries = tries + 1
  if tries < 5 then error(message .. tries, 0) end
  return message
end))
