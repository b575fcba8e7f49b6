-- keys:  argv: a
-- expect reply: 1) (integer) 3
-- expect reply: 2) "a"
return { 3.99, ARGV[1], ARGV[2], 'lost' }
