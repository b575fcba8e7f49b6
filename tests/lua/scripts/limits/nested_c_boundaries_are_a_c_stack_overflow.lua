local function nest() return pcall(nest) end
print(select(200, nest())) -- expect: 
local depth = 0
local function down() depth = depth + 1 local ok, e = pcall(down) if not ok then error(e, 0) end end
print(pcall(down))  -- expect: false	C stack overflow
print(depth) -- expect: 197
local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end})
print(pcall(function() return t[1] end)) -- expect: false	script:7: C stack overflow
print(pcall(string.rep, 'x', -1)) -- expect: true	

-- The call of an iterator is counted before Lua looks at what it is.
local sentences = {}
local function descend()
  pcall(descend)
  local _, sentence = pcall(function() for _ in 0 do end end)
  if sentences[#sentences] ~= sentence then sentences[#sentences + 1] = sentence end
end
descend()
print(table.concat(sentences, ", ")) -- expect: C stack overflow, script:15: C stack overflow, script:15: attempt to call a number value
