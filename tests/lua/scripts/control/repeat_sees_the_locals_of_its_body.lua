local n = 0
repeat local done = n >= 2 n = n + 1 until done
print(n) -- expect: 3
while true do n = n + 1 if n > 5 then break end end
print(n) -- expect: 6
