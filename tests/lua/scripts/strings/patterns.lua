print(string.find('hello world', 'o w'), string.find('a.b', '.', 1, true))
print(string.match('key = value', '^(%w+)%s*=%s*(%w+)$'))
print(string.gsub('hello', '', '-'))
print(string.gsub('abc', '%w', '%0%0'))
print(string.gsub('hello world', '%w+', {hello = 'HI'}))
print(string.gsub('abc', '.', function(c) if c == 'b' then return 'B' end end))
for k, v in string.gmatch('a=1, b=2', '(%w+)=(%w+)') do print(k, v) end
print(string.match('THE (quick) fox', '%((%a+)%)'), string.find('THE (quick) fox', '%f[%a]%a+'))
print(pcall(string.find, 'a', '[a'), pcall(string.gsub, 'a', '(', ''))
-- expect: 5	2	2
-- expect: key	value
-- expect: -h-e-l-l-o-	6
-- expect: aabbcc	3
-- expect: HI world	2
-- expect: aBc	3
-- expect: a	1
-- expect: b	2
-- expect: quick	1	3
-- expect: false	true	a	2
print(string.gfind == string.gmatch, math.mod == math.fmod) -- expect: true	true
