print(collectgarbage(), type(collectgarbage('count')), type(gcinfo()), pcall(collectgarbage, 'nope')) -- expect: 0	number	number	false	bad argument #1 to '?' (invalid option 'nope')
