print('10' + 5, '0x10' * 2, ' 3 ' - 1, 10 .. '') -- expect: 15	32	2	10
print(1e15, 1e16, 123456789012345678, 0.1, -0.0, 2^53, 1/3) -- expect: 1e+15	1e+16	1.2345678901235e+17	0.1	-0	9.007199254741e+15	0.33333333333333
print(1/0, -1/0, 0/0, -(0/0)) -- expect: -inf	inf	-nan	nan
print(tonumber('  0x1F  '), tonumber('1e2'), tonumber('1 2'), tonumber(''), tonumber('ff', 16), tonumber('zz', 36)) -- expect: 31	100	nil	nil	255	1295
print(10 % 3, -10 % 3, 10 % -3, 5.5 % 2, 5 % 0, 2 ^ 0.5) -- expect: 1	2	-2	1.5	-nan	1.4142135623731
print(pcall(function() return 'abc' + 1 end)) -- expect: false	script:6: attempt to perform arithmetic on a string value
