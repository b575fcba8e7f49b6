local function try(f) print(select(2, pcall(f))) end
try(function() return table.concat() end) -- expect: script:2: bad argument #1 to 'concat' (table expected, got no value)
try(function() return table.concat({1, {}, 3}) end) -- expect: script:3: invalid value (table) at index 2 in table for 'concat'
try(function() return table.concat({1, 2}, ",", 1, 3) end) -- expect: script:4: invalid value (nil) at index 3 in table for 'concat'
try(function() return table.concat({}, "x", 1, {}) end) -- expect: script:5: bad argument #4 to 'concat' (number expected, got table)
try(function() return table.concat({true}) end) -- expect: script:6: invalid value (boolean) at index 1 in table for 'concat'
try(function() return table.concat({}, ",", 1, 1) end) -- expect: script:7: invalid value (nil) at index 1 in table for 'concat'
try(function() return table.concat({1, nil, 3}, ",", 1, 3) end) -- expect: script:8: invalid value (nil) at index 2 in table for 'concat'
try(function() return table.concat({}, {}) end) -- expect: script:9: bad argument #2 to 'concat' (string expected, got table)
try(function() return table.concat(1, {}) end) -- expect: script:10: bad argument #2 to 'concat' (string expected, got table)
try(function() return table.foreach() end) -- expect: script:11: bad argument #1 to 'foreach' (table expected, got no value)
try(function() return table.foreach({}) end) -- expect: script:12: bad argument #2 to 'foreach' (function expected, got no value)
try(function() return table.foreach({1}, 5) end) -- expect: script:13: bad argument #2 to 'foreach' (function expected, got number)
try(function() return table.foreachi({}) end) -- expect: script:14: bad argument #2 to 'foreachi' (function expected, got no value)
try(function() return table.foreachi(1) end) -- expect: script:15: bad argument #1 to 'foreachi' (table expected, got number)
try(function() return table.foreachi({1}, function() error("inside") end) end) -- expect: script:16: inside
try(function() return table.getn() end) -- expect: script:17: bad argument #1 to 'getn' (table expected, got no value)
try(function() return table.getn(1) end) -- expect: script:18: bad argument #1 to 'getn' (table expected, got number)
try(function() return table.insert() end) -- expect: script:19: bad argument #1 to 'insert' (table expected, got no value)
try(function() return table.insert({}) end) -- expect: script:20: wrong number of arguments to 'insert'
try(function() return table.insert({}, 1, 2, 3) end) -- expect: script:21: wrong number of arguments to 'insert'
try(function() return table.insert({}, "a", 1) end) -- expect: script:22: bad argument #2 to 'insert' (number expected, got string)
try(function() return table.insert({}, nil, 1) end) -- expect: script:23: bad argument #2 to 'insert' (number expected, got nil)
try(function() return table.insert(1, 2) end) -- expect: script:24: bad argument #1 to 'insert' (table expected, got number)
try(function() return table.insert(nil, 2) end) -- expect: script:25: bad argument #1 to 'insert' (table expected, got nil)
try(function() return table.maxn() end) -- expect: script:26: bad argument #1 to 'maxn' (table expected, got no value)
try(function() return table.remove() end) -- expect: script:27: bad argument #1 to 'remove' (table expected, got no value)
try(function() return table.remove({}, {}) end) -- expect: script:28: bad argument #2 to 'remove' (number expected, got table)
try(function() return table.setn({}, 1) end) -- expect: script:29: 'setn' is obsolete
try(function() return table.setn() end) -- expect: script:30: bad argument #1 to 'setn' (table expected, got no value)
try(function() return table.setn(1) end) -- expect: script:31: bad argument #1 to 'setn' (table expected, got number)
try(function() return table.sort() end) -- expect: script:32: bad argument #1 to 'sort' (table expected, got no value)
try(function() return table.sort({}, 1) end) -- expect: script:33: bad argument #2 to 'sort' (function expected, got number)
try(function() return table.sort({1, 2, "x"}) end) -- expect: attempt to compare string with number
try(function() return table.sort({1, nil, 3}) end) -- expect: attempt to compare nil with number
try(function() return table.sort({1, 2, 3, nil, 5}) end) -- expect: attempt to compare nil with number
try(function() return table.sort({{}, {}}) end) -- expect: attempt to compare two table values
try(function() return table.sort({print, print}) end) -- expect: attempt to compare two function values
try(function() return table.sort({true, false}) end) -- expect: attempt to compare two boolean values
try(function() return table.sort({"a", coroutine.create(function() end)}) end) -- expect: attempt to compare two thread values
try(function() return table.sort({3, 2, 1, 4, 5, 6, 7, 8}, function() return true end) end) -- expect: script:41: invalid order function for sorting
try(function() return table.sort({3, 1, 2}, function(a, b) error("boo") end) end) -- expect: script:42: boo
try(function() return table.sort({3, 1, 2}, function(a, b) return a.x < b.x end) end) -- expect: script:43: attempt to index local 'a' (a number value)
