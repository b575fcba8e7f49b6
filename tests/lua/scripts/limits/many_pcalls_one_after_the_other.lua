local failures = 0
for i = 1, 50000 do if not pcall(error, 'x') then failures = failures + 1 end end
print(failures) -- expect: 50000
