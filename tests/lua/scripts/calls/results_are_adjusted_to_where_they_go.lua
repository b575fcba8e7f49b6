local function three() return 1, 2, 3 end
local a, b, c, d = three()
print(a, b, c, d) -- expect: 1	2	3	nil
a, b, c, d = three(), 10
print(a, b, c, d) -- expect: 1	10	nil	nil
print(three(), three()) -- expect: 1	1	2	3
print(({three(), three()})[4], #{three(), (three())}) -- expect: 3	2
