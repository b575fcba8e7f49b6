local function steps(size)
  collectgarbage()
  local count = 0
  repeat count = count + 1 until collectgarbage('step', size)
  return count
end
print(steps(0) > 10, steps(6) < steps(2), steps(10000)) -- expect: true	true	1
print(collectgarbage('step', 1000000), collectgarbage('step', 1000000)) -- expect: true	true

print(collectgarbage('setpause', 100), collectgarbage('setpause', 0), collectgarbage('setpause')) -- expect: 200	100	0
print(collectgarbage('setstepmul', 400), collectgarbage('setstepmul'), collectgarbage('setstepmul')) -- expect: 200	400	0
print(collectgarbage('stop'), collectgarbage('restart'), collectgarbage('collect'), collectgarbage(nil)) -- expect: 0	0	0	0
