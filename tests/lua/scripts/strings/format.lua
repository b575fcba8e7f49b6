print(string.format('%5d|%-5d|%05d|%x|%X|%o|%c', 42, 42, 42, 255, 255, 8, 65))
print(string.format('%g %e %.3f %s %q', 0.1, 12345.678, 1/3, 'text', 'a "quoted"\n\0line'))
print(string.format('%10s|%-10s|%.2s', 'right', 'left', 'cut'))
print(pcall(string.format, '%d', 'x'), pcall(string.format, '%y', 1))
-- expect:    42|42   |00042|ff|FF|10|A
-- expect: 0.1 1.234568e+04 0.333 text "a \"quoted\"\
-- expect: \000line"
-- expect:      right|left      |cu
-- expect: false	false	invalid option '%y' to 'format'
