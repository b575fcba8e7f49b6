-- Objects inherit from what `__index` is at each moment, however often they have inherited before.
local Old = {name = function() return "old" end}
local New = {name = function() return "new" end}
local class = {__index = Old}

local function used(object)
  object.count = 1
  object.count = object.count + 1
  return object, object.name(), object.name()
end

local written, read = used(setmetatable({}, class)), setmetatable({}, class)
print(written.name(), written.absent, read.name(), read.name(), read.absent)  -- expect: old	nil	old	old	nil

-- What it inherits changes
Old.name = function() return "older" end
print(written.name(), read.name())  -- expect: older	older
Old.name = nil
print(written.name, read.name)  -- expect: nil	nil
Old.name = function() return "oldest" end
print(written.name(), read.name())  -- expect: oldest	oldest

-- Another table, by an assignment and raw
class.__index = New
print(written.name(), read.name(), written.name(), read.name())  -- expect: new	new	new	new
rawset(class, "__index", Old)
print(written.name(), read.name(), written.name(), read.name())  -- expect: oldest	oldest	oldest	oldest

-- No table
class.__index = nil
print(written.name, read.name)  -- expect: nil	nil
class.__index = function(object, key) return rawequal(object, read) and key .. " of read" or key end
print(written.name, read.name)  -- expect: name	name of read
class.__index = "a string"
print(written.upper == string.upper, read.absent)  -- expect: true	nil
class.__index = New
print(written.name(), read.name())  -- expect: new	new

-- What is inherited from inherits itself
print(written.other, read.other)  -- expect: nil	nil
setmetatable(New, {__index = {other = "from the second"}})
print(written.other, read.other, written.name(), read.absent)  -- expect: from the second	from the second	new	nil
setmetatable(New, {__index = function(object, key) return object == New and key end})
print(written.other, read.other)  -- expect: other	other
setmetatable(New, nil)
print(written.other, read.other, written.name(), read.name())  -- expect: nil	nil	new	new

-- In a ring
setmetatable(New, class)
print(pcall(function() return written.absent end))  -- expect: false	script:50: loop in gettable
print(pcall(function() return read.absent end))  -- expect: false	script:51: loop in gettable
print(written.name(), read.name())  -- expect: new	new
setmetatable(New, nil)

-- A class that is its own `__index`, and changes its mind
local Account = {}
Account.__index = Account
function Account.add(account, amount) account.balance = account.balance + amount return account end
local account = setmetatable({balance = 0}, Account)
print(account:add(1):add(2).balance, account.absent)  -- expect: 3	nil
setmetatable(Account, {__index = {absent = "there"}})
print(account:add(1).balance, account.absent)  -- expect: 4	there
setmetatable(Account, {__index = Account})
print(pcall(function() return account.nowhere end))  -- expect: false	script:64: loop in gettable
setmetatable(Account, nil)
print(account:add(1).balance, account.nowhere)  -- expect: 5	nil
Account.__index = Old
print(account.add, account.name())  -- expect: nil	oldest
Account.__index = Account

-- The object changes
account.balance = nil
account.balance = 7
print(account:add(1).balance, account.nowhere)  -- expect: 8	nil
setmetatable(account, class)
print(account.name(), account.add)  -- expect: new	nil
setmetatable(account, nil)
print(account.name, account.balance)  -- expect: nil	8
setmetatable(account, Account)
Account.__newindex = function(object, key, value) rawset(object, key, value * 2) end
account.fresh = 1
print(account:add(1).balance, account.fresh)  -- expect: 9	2
