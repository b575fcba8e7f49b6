local function count(n) if n == 0 then return 'done' end return count(n - 1) end
print(count(100000)) -- expect: done
