local Account = {}
Account.__index = Account
function Account.new(balance) return setmetatable({balance = balance}, Account) end
function Account:deposit(amount) self.balance = self.balance + amount return self end
local account = Account.new(0)
for i = 1, 200000 do account:deposit(i) end
return account.balance
