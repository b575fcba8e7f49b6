local callable = setmetatable({}, {__call = function(self, a, b) return 'called' end})
print(setmetatable({}, {__add = callable}) + 1) -- expect: called
print(setmetatable({}, {__index = callable}).x) -- expect: nil
print(pcall(function() return setmetatable({}, {__add = 5}) + 1 end)) -- expect: false	script:4: attempt to call a number value
