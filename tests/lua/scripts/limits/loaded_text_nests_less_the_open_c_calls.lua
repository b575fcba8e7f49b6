local function deepest(load)
  local levels = 150
  while load(('a,'):rep(levels + 1) .. 'a = 1') do levels = levels + 1 end
  return levels
end
local function protected(text) return select(2, pcall(loadstring, text)) end
print(deepest(loadstring), deepest(protected)) -- expect: 197	196
print(select(2, pcall(deepest, loadstring)), select(2, pcall(deepest, protected))) -- expect: 196	195
print(select(2, pcall(pcall, deepest, protected))) -- expect: true	194
