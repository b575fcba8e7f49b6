local next_letter = string.gmatch('ab', '.')
print(next_letter(), next_letter(), next_letter()) -- expect: a	b
print(select('#', next_letter())) -- expect: 0
print(select('#', (next_letter()))) -- expect: 1
for letter in string.gmatch('ab', '%a') do print(letter) end
-- expect: a
-- expect: b
