local fs, i = {}, 0
while i < 3 do i = i + 1 local j = i fs[i] = function() j = j * 2 return j end end
print(fs[1](), fs[2](), fs[1]()) -- expect: 2	4	4
local gs = {}
repeat local k = #gs + 1 gs[k] = function() return k end until k == 2
print(gs[1](), gs[2]()) -- expect: 1	2
