-- engine: machine
local seen = setmetatable({}, {__mode = 'k'})
local function new(name) local t = {} seen[t] = name return t end
local function left() local names = {} for _, name in pairs(seen) do names[#names + 1] = name end table.sort(names) return table.concat(names, ' ') end

do local gone = new 'block' end
collectgarbage() print(left()) -- expect: 
local kept = new 'kept'
for i = 1, 2 do local gone = new('loop' .. i) end
collectgarbage() print(left()) -- expect: kept
local function inner() collectgarbage() return left() end
local function outer(...) local mine = new 'mine' do local a, b, c = new 'a', new 'b', new 'c' end return inner(), mine end
print((outer(new 'vararg'))) -- expect: kept mine vararg
local thread = coroutine.wrap(function() local held = new 'held' do local gone = new 'gone' end coroutine.yield() return held end)
thread() collectgarbage() print(left()) -- expect: held kept
for name in (function(s, c) if not c then collectgarbage() return left() end end), new 'state' do print(name) end -- expect: held kept state
local object = setmetatable({}, {__index = function() collectgarbage() return left() end})
do local a, b, c, d = 1, 2, 3, new 'above' end
print(object.field) -- expect: above held kept
