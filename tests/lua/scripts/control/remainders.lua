-- A remainder is that of a - floor(a / b) * b, also where a number that never falls below 0 has grown out of exactness.
local even, odd, i = 0, 0, 0
while i < 10 do
  i = i + 1
  if i % 2 == 0 then even = even + i else odd = odd + i end
end
print(even, odd, i % 3, -i % 3, i % 2.5) -- expect: 30	25	1	2	0
local large = 1
for turn = 1, 60 do large = large * 4 + turn end
print(large % 7 == large - math.floor(large / 7) * 7, large % 2) -- expect: true	0
local endless = 1
for turn = 1, 12 do endless = endless * endless + 9 end
print(endless, endless % 2 == endless % 2, 'n' .. endless) -- expect: inf	false	ninf
local wave = 3
for turn = 1, 4 do wave = wave * 2 - 9 end
print(wave, wave % 4, 'n' .. wave % 4) -- expect: -87	1	n1
local zero = 0
for turn = 1, 2 do zero = zero * 0 print('n' .. zero, -zero % 2, 0 * zero % 3) end
-- expect: n0	0	0
-- expect: n0	0	0
