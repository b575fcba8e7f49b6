coroutine.wrap(function()
  local function raise(level) error('x', level) end
  print(pcall(raise, 2)) -- expect: false	x
  print(pcall(raise, 3)) -- expect: false	script:4: x
  local function outer(level) raise(level) return 1 end
  print(pcall(outer, 2)) -- expect: false	script:5: x
  print(pcall(outer, 4)) -- expect: false	script:7: x
  print(pcall(outer, 5)) -- expect: false	x
end)()
