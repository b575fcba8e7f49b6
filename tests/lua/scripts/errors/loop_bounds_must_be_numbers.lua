print(pcall(function() for i = 'a', 1 do end end))
print(pcall(function() for i = 1, {} do end end))
print(pcall(function() for i = 1, 2, {} do end end))
for i = '1', '2' do print(i, type(i)) end
-- expect: false	script:1: 'for' initial value must be a number
-- expect: false	script:2: 'for' limit must be a number
-- expect: false	script:3: 'for' step must be a number
-- expect: 1	number
-- expect: 2	number
-- The line is that of `do`.
local ends = {}
print(pcall(function()
  for i = 1,
    ends
  do
  end
end)) -- expect: false	script:15: 'for' limit must be a number
print(pcall(function()
  for i =
    ends, 2
    do end
end)) -- expect: false	script:21: 'for' initial value must be a number
print(pcall(function()
  for i = 2, 1,
    ends do
  end
end)) -- expect: false	script:25: 'for' step must be a number
