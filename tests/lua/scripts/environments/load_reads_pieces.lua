local pieces = {'return ', '1 + ', '2'}
local n = 0
print(load(function() n = n + 1 return pieces[n] end)()) -- expect: 3
print(loadstring('x =')) -- expect: nil	[string "x ="]:1: unexpected symbol near '<eof>'
print(loadstring('return ...', '=name')(7)) -- expect: 7
print(pcall(loadstring('error("z")', '@file.lua'))) -- expect: false	file.lua:1: z
print(pcall(loadstring('error("z")', 'first line\nsecond'))) -- expect: false	[string "first line..."]:1: z
