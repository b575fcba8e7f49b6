-- Calls every function of the libraries named in `libraries` with arguments of every kind, and what it answers again,
-- if that is a function. `lines` says of each call how many values it gave, and which.
local lines = {}

local function results(...)
  local shown = {select('#', ...) .. ':'}
  for index = 1, select('#', ...) do
    local value = select(index, ...)
    local kind = type(value)
    if kind == 'number' or kind == 'boolean' or (kind == 'string' and not value:find('0x')) then kind = tostring(value) end
    shown[index + 1] = kind
  end
  return table.concat(shown, ' ')
end

local function values()
  return {
    {'nothing'}, {'nil', nil}, {'0', 0}, {'2', 2}, {'-1', -1}, {'1.5', 1.5}, {"''", ''}, {"'a'", 'a'}, {"'12'", '12'},
    {"'%a'", '%a'}, {"'(a)()'", '(a)()'}, {'{}', {}}, {'{1, 2, 3}', {1, 2, 3}}, {'{x = 1}', {x = 1}}, {'true', true},
    {'false', false}, {'identity', function(...) return ... end}, {'silent', function() end},
    {'failing', function() error('e') end},
  }
end

local function call(name, called, first, second)
  local pool = values()
  local arguments, count = {}, 0
  for _, index in ipairs{first, second} do
    if index == 1 then break end
    count = count + 1
    arguments[count] = pool[index][2]
  end
  local ok, answer
  local function keep(...) ok, answer = ... return results(...) end
  local line = {name .. '(' .. pool[first][1] .. ', ' .. pool[second][1] .. ')', keep(pcall(called, unpack(arguments, 1, count)))}
  if ok and type(answer) == 'function' then
    for turn = 1, 3 do line[#line + 1] = results(pcall(answer, unpack(arguments, 1, count))) end
    for turn = 1, 2 do line[#line + 1] = results(pcall(answer)) end
  end
  lines[#lines + 1] = table.concat(line, ' / ')
end

for _, library in ipairs(libraries) do
  local functions = library == '_G' and _G or _G[library]
  local names = {}
  for name, value in pairs(functions) do
    if type(value) == 'function' and not left_out[name] then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    for first = 1, #values() do
      for second = 1, first == 1 and 1 or #values() do call(library .. '.' .. name, functions[name], first, second) end
    end
  end
end
