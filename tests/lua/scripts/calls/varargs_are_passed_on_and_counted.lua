local function count(...) return select('#', ...) end
print(count(), count(nil), count(nil, nil), count(count())) -- expect: 0	1	2	1
local function tail(...) local first = ... return first, select(2, ...) end
print(tail(1, 2, 3)) -- expect: 1	2	3
print((tail(1, 2, 3))) -- expect: 1
local packed = {tail(7, 8, 9), tail(7, 8, 9)}
print(#packed, packed[1], packed[2]) -- expect: 4	7	7
