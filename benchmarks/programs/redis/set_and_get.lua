local length = 0
for i = 1, 10000 do
  local key = 'key:' .. i % 10
  redis.call('SET', key, 'value')
  length = length + #redis.call('GET', key)
end
return length
