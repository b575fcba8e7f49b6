for k, v in pairs({10, 20, x = 'y'}) do print(k, v) end
for i, v in ipairs({1, 2, nil, 4}) do print(i, v) end
for a, b, c in (function(s, c) if c < 2 then return c + 1, s end end), 'state', 0 do print(a, b, c) end
print(pcall(function() for k in 5 do end end))
-- expect: 1	10
-- expect: 2	20
-- expect: x	y
-- expect: 1	1
-- expect: 2	2
-- expect: 1	state	nil
-- expect: 2	state	nil
-- expect: false	script:4: attempt to call a number value
