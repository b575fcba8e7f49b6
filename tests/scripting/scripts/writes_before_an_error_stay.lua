-- keys: counter  argv: 5
-- expect reply: (error) ERR user_script:8: out of stock script: 8f0a, on @user_script:8.
-- expect key counter: "5"
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count == 5 then
    -- Redis does not roll back
    -- anything
    error('out of stock')
end
