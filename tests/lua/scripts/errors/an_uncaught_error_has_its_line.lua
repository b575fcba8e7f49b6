local t = {}
print('before') -- expect: before
t.x.y = 1 -- expect error: attempt to index field 'x' (a nil value)
