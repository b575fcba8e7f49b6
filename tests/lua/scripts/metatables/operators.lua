local mt = {}
for _, name in ipairs({'add', 'sub', 'mul', 'div', 'mod', 'pow', 'concat'}) do
  mt['__' .. name] = function(a, b) return name .. ' ' .. type(a) .. ' ' .. type(b) end
end
mt.__unm = function(a, b) return 'unm ' .. tostring(rawequal(a, b)) end
local o = setmetatable({}, mt)
print(o + 1, 1 - o, o * o) -- expect: add table number	sub number table	mul table table
print(o / 'x', '2' % o, o ^ 2) -- expect: div table string	mod string table	pow table number
print(o .. 'x', 'x' .. o, 1 .. o) -- expect: concat table string	concat string table	concat number table
print(-o) -- expect: unm true
print(pcall(function() return o < o end)) -- expect: false	script:11: attempt to compare two table values
print('a' .. 'b' .. o .. 'c' .. 'd') -- expect: abconcat table string
