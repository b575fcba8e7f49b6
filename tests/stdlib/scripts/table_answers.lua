local function try(f) print(select(2, pcall(f))) end
try(function() return table.concat({1, 2, 3}, 1), table.concat({1, 2, 3}, ", ", 2, 3), table.concat({}, "x"), table.concat({1.5, "a", 1e100}, 0) end) -- expect: 11213	2, 3		1.50a01e+100
try(function() return table.concat({1, 2, 3}, "", 3, 2), table.concat({"a", "b"}, nil, nil, nil), table.concat({"a\0", "b"}, "\0") == "a\0\0b" end) -- expect: 	ab	true
try(function() return table.foreach({1, 2, 3}, function(k, v) if k == 2 then return v, 7 end end) end) -- expect: 2
try(function() return table.foreachi({1, 2, 3}, function(k, v) if k == 2 then return v, 7 end end) end) -- expect: 2
try(function() return select("#", table.foreach({}, print)), select("#", table.foreachi({}, print)) end) -- expect: 0	0
try(function() return table.getn({1, 2, n = 7}), table.getn({}), table.getn({nil, nil, 3}), #{1, 2, 3, nil, 5}, #{1, 2, 3, nil, 5, nil} end) -- expect: 2	0	3	5	3
try(function() return (function() local t = {1, 2, 3} table.insert(t, 7, 9) return #t, t[4], t[7] end)() end) -- expect: 3	nil	9
try(function() return (function() local t = {1, 2, 3} table.insert(t, -3, 9) return #t, t[-3], t[1], t[4] end)() end) -- expect: 4	9	nil	3
try(function() return (function() local t = {1, 2, 3} table.insert(t, 1, 9) return unpack(t) end)() end) -- expect: 9	1	2	3
try(function() return (function() local t = {1, 2, 3} table.insert(t, 2.9, 9) return unpack(t) end)() end) -- expect: 1	9	2	3
try(function() return (function() local t = {1, 2, 3} return select("#", table.insert(t, 4)), #t end)() end) -- expect: 0	4
try(function() return (function() local t = {1, 2, 3} table.insert(t, nil) return #t end)() end) -- expect: 3
try(function() return table.maxn({1, 2, nil, 4, [7.5] = 1, [-1] = 1, x = 1}), table.maxn({}), table.maxn({[-5] = 1}), table.maxn({[1e300] = 1}) end) -- expect: 7.5	0	0	1e+300
try(function() return table.remove({1, 2, 3}), table.remove({1, 2, 3}, 1), table.remove({1, 2, 3}, 3) end) -- expect: 3	1	3
try(function() return select("#", table.remove({})), select("#", table.remove({1, 2}, 3)), select("#", table.remove({1, 2}, 0)), table.remove({5}, 1.5) end) -- expect: 0	0	0	5
try(function() return (function() local t = {1, 2, 3, 4} table.remove(t, 2) return unpack(t) end)() end) -- expect: 1	3	4
try(function() return (function() local t = {5, 2, 8, 1} table.sort(t) return unpack(t) end)() end) -- expect: 1	2	5	8
try(function() return (function() local t = {5, 2, 8, 1} table.sort(t, nil) return unpack(t) end)() end) -- expect: 1	2	5	8
try(function() return (function() local t = {"b", "a", "B", "ab", ""} table.sort(t) return table.concat(t, ",") end)() end) -- expect: ,B,a,ab,b
try(function() return (function() local t = {5, 2, 8, 1} table.sort(t, function(a, b) return a > b end) return unpack(t) end)() end) -- expect: 8	5	2	1
try(function() return (function() local t = {3, 0/0, 1, 2} table.sort(t) return unpack(t) end)() end) -- expect: 1	2	-nan	3
try(function() return (function() local calls = {} local t = {5, 3, 9, 1, 7, 2, 8} table.sort(t, function(a, b) calls[#calls + 1] = a .. "<" .. b return a < b end) return table.concat(calls, " ") end)() end) -- expect: 8<5 1<5 3<5 9<5 5<7 5<2 9<5 5<2 8<7 9<7 8<9 2<1 3<1 2<3
try(function() return (function() local calls = {} local t = {} for i = 1, 20 do t[i] = (i * 7) % 11 end table.sort(t, function(a, b) calls[#calls + 1] = a .. b return a > b end) return #calls, table.concat(calls, " "), table.concat(t, " ") end)() end) -- expect: 75	87 48 74 37 75 79 107 67 72 76 710 27 73 77 97 57 70 71 78 17 71 78 88 108 98 108 98 78 87 89 87 910 910 99 109 99 910 1010 45 65 15 55 05 53 52 56 25 51 53 52 56 66 56 65 43 24 32 13 31 33 03 32 30 33 34 22 12 21 12 20 21 22 10 11 01	10 10 9 9 8 8 7 7 6 6 5 5 4 3 3 2 2 1 1 0
try(function() return (function() local mt = {__lt = function(a, b) return a.n < b.n end} local t = {} for i = 1, 9 do t[i] = setmetatable({n = i * 5 % 9}, mt) end table.sort(t) local o = {} for i = 1, 9 do o[i] = t[i].n end return table.concat(o, " ") end)() end) -- expect: 0 1 2 3 4 5 6 7 8
try(function() return (function() local t = {4, 3, 2, 1} local ok = pcall(table.sort, t, function(a, b) if a == 2 then error("x") end return a < b end) return ok, unpack(t) end)() end) -- expect: false	1	2	3	4
try(function() return (function() local t = {1, 2, 3} t[2] = nil return #t, t[3] end)() end) -- expect: 3	3
try(function() return (function() local o = {} for k in pairs(table) do o[#o + 1] = k end return table.concat(o, " ") end)() end) -- expect: setn insert getn foreachi maxn foreach concat sort remove
try(function() return (function() local o = {} for k in pairs(math) do o[#o + 1] = k end return table.concat(o, " ") end)() end) -- expect: log max acos huge ldexp pi cos tanh pow deg tan cosh sinh random randomseed frexp ceil floor rad abs sqrt modf asin min mod fmod log10 atan2 exp sin atan
try(function() return (function() local o = {} for k in pairs(coroutine) do o[#o + 1] = k end return table.concat(o, " ") end)() end) -- expect: resume yield status wrap create running
