print(nil and 1, false or 2, 1 and 2, nil or false, false and nil)
print(not nil, not 0, not '', not false)
local function side(v) print('side', v) return v end
print(side(nil) and side(1), side(1) or side(2))
print(1 == 1.0, '1' == 1, 0 == -0, 1 < 2 == true, not (1 == 2))
local x = nil
local y = x and x.z or 'default'
print(y)
-- expect: nil	2	2	false	false
-- expect: true	false	false	true
-- expect: side	nil
-- expect: side	1
-- expect: nil	1
-- expect: true	false	true	true	true
-- expect: default
