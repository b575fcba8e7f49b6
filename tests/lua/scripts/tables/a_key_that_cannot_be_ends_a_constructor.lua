local nan, shown = 0/0, function(x) print(x) return x end
print(pcall(function() return {[shown(nil)] = shown(1), shown(2)} end))
-- expect: nil
-- expect: 1
-- expect: false	script:2: table index is nil
print(pcall(function()
  return {
    shown(3), 4,
    [nan]
    =
    5, shown(6)
  }
end))
-- expect: 3
-- expect: false	script:11: table index is NaN
print(pcall(function() return {[nan] = nil}, {[nil] = shown(7)} end))
-- expect: false	script:16: table index is NaN
