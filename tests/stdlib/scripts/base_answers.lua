local function try(f) print(select(2, pcall(f))) end
try(function() return assert(1, 2, nil) end) -- expect: 1	2	nil
try(function() return type(nil), type(1), type(""), type({}), type(print), type(true) end) -- expect: nil	number	string	table	function	boolean
try(function() return type(coroutine.create(function() end)), type(newproxy()) end) -- expect: thread	userdata
try(function() return tostring(nil), tostring(true), tostring(false), tostring(-1.5), tostring("x") end) -- expect: nil	true	false	-1.5	x
try(function() return tostring(1e15), tostring(123456789012345), tostring(0.1), tostring(1e100), tostring(-0.0 * 1) end) -- expect: 1e+15	1.2345678901234e+14	0.1	1e+100	-0
try(function() return tostring(1/0), tostring(-1/0), tostring(0/0), tostring(-(0/0)) end) -- expect: inf	-inf	-nan	nan
try(function() return tostring(setmetatable({}, {__tostring = function() return 5 end})) end) -- expect: 5
try(function() return #tostring({}), tostring({}):match("^table: 0x%x+$") ~= nil end) -- expect: 21	true
try(function() return tostring(print):match("^function: 0x%x+$") ~= nil end) -- expect: true
try(function() return tonumber("0x10"), tonumber("10", 16), tonumber("zz", 36), tonumber("8", 8), tonumber(nil), tonumber({}) end) -- expect: 16	16	1295	nil	nil	nil
try(function() return tonumber("1e1"), tonumber(" 10 ", 2), tonumber("-ff", 16), tonumber("1", 10), tonumber(10, 16) end) -- expect: 10	2	1.844674407371e+19	1	16
try(function() return tonumber(""), tonumber("", 16), tonumber("0x", 16), tonumber("0xg", 16), tonumber("0x"), tonumber("x") end) -- expect: nil	nil	nil	nil	nil	nil
try(function() return tonumber("99999999999999999999", 11), tonumber("+5", 16), tonumber("- 5", 16), tonumber("--5", 16) end) -- expect: 1.844674407371e+19	5	nil	nil
try(function() return tonumber("1\0", 16), tonumber("1\0"), tonumber("1\0junk"), tonumber(" \t\n12\v\f\r ") end) -- expect: 1	1	1	12
try(function() return tonumber("0x1p4"), tonumber("0x.8"), tonumber("-0x10"), tonumber("inf"), tonumber("-infinity"), tonumber("nan") end) -- expect: 16	0.5	-16	inf	-inf	nan
try(function() return tonumber("1_000"), tonumber("1e"), tonumber("1e+"), tonumber("."), tonumber(".5"), tonumber("5."), tonumber("0b1") end) -- expect: nil	nil	nil	nil	0.5	5	nil
try(function() return tonumber("1e400"), tonumber("-1e400"), tonumber("1e-400"), tonumber("nan(1)"), tonumber("-nan(x_1)") end) -- expect: inf	-inf	0	nan	-nan
try(function() return "10" + 5, "0x10" * "2", " 3 " - 1, 2 ^ "3", "7" % 4, -"2", "9" / "3" end) -- expect: 15	32	2	8	3	-2	3
try(function() return 5 % 3, -5 % 3, 5 % -3, -5 % -3, 5.5 % 2, 5 % (1/0), -5 % (1/0), (1/0) % 5, 5 % 0 end) -- expect: 2	1	-1	-2	1.5	-nan	-nan	-nan	-nan
try(function() return 1e308 * 10, -1e308 * 10, 0/0, -(0/0), 1/0, -1/0, 0 * (1/0), (1/0) - (1/0) end) -- expect: inf	-inf	-nan	nan	inf	-inf	-nan	-nan
try(function() return 2 ^ 1024, (-8) ^ (1/3), 0 ^ -1, (-2) ^ 3, (-2) ^ 1025, 2 ^ 0.5, 0 ^ 0 end) -- expect: inf	-nan	inf	-8	-inf	1.4142135623731	1
try(function() return select("#", 1, nil), select("#"), select("#x", 1), select("2", 1, 2), select(2.9, 1, 2, 3) end) -- expect: 2	0	1	2	2	3
try(function() return select(-1, 1, 2, 3) end) -- expect: 3
try(function() return select(2, 1, 2, 3) end) -- expect: 2	3
try(function() return select("#", select(4, 1, 2, 3)) end) -- expect: 0
try(function() return unpack({1, 2, 3}, 2) end) -- expect: 2	3
try(function() return unpack({1, 2}, "1", 2.9) end) -- expect: 1	2
try(function() return select("#", unpack({}, 3, 1)), select("#", unpack({}, 1, 7900)), select("#", unpack({n = 3}, 1, 3)) end) -- expect: 0	7900	3
try(function() return rawequal(1, 1), rawequal("a", "a"), rawequal({}, {}), rawequal(1, "1"), rawequal(0/0, 0/0) end) -- expect: true	true	false	false	false
try(function() return rawget(setmetatable({}, {__index = function() return 1 end}), "x"), rawset({}, 1, 2)[1] end) -- expect: nil	2
try(function() return getmetatable(1), getmetatable("").__index == string, getmetatable(setmetatable({}, {__metatable = "no"})) end) -- expect: nil	true	no
try(function() return type(getmetatable(newproxy(true))), getmetatable(newproxy()), newproxy(true) == newproxy(true) end) -- expect: table	nil	false
try(function() return next({}), next({10}), next({10}, 1) end) -- expect: nil	1	nil
try(function() return pcall(error), pcall(error, nil) end) -- expect: false	false	nil
try(function() return pcall(error, {1}) == false, select("#", pcall(function() end)), pcall(function() return 1, nil end) end) -- expect: true	1	true	1	nil
try(function() return xpcall(function() error("x", 0) end, function(m) return "handled " .. m, 2 end) end) -- expect: false	handled x
try(function() return xpcall(function() return 1, 2 end, print) end) -- expect: true	1	2
try(function() return xpcall(function() error() end, 1) end) -- expect: false	error in error handling
try(function() return loadstring("return ...")(1, 2) end) -- expect: 1	2
try(function() return loadstring("x =", "=(n)") end) -- expect: nil	(n):1: unexpected symbol near '<eof>'
try(function() return load(function() end) ~= nil end) -- expect: true
try(function() return collectgarbage("count") > 0, collectgarbage(), collectgarbage("stop"), collectgarbage("restart"), type(gcinfo()) end) -- expect: true	0	0	0	number
try(function() return collectgarbage("setpause", 150), collectgarbage("setpause"), collectgarbage("setstepmul", 300), collectgarbage("setstepmul") end) -- expect: 200	150	200	300
try(function() return _VERSION, _G._G == _G end) -- expect: Lua 5.1	true
try(function() return pairs({}) == next, select("#", pairs({})), ipairs({}) == ipairs({}), pairs({}) == pairs({}) end) -- expect: false	3	true	true
