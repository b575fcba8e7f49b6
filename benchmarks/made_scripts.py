"""Scripts made at random out of single kinds of work: what the weights of `benchmarks.script_costs` are found from."""

from __future__ import annotations

from random import Random
from typing import Final

FIXTURE: Final = """
SET s value
SET n 5
SET e v PX 100000
SET js {"a":1,"b":[1,2,3],"name":"x"}
HSET h a 1 b 2 c 3
HSET h2 name bob age 44 city paris zip 75000
RPUSH l a b c d e
SADD t a b c
SADD t2 b c d
ZADD z 1 a 2 b 3 c 4 d 5 e
XADD x 1-1 f v
XADD x 1-2 f v g w
XGROUP CREATE x g 0
SETBIT bits 100 1
PFADD p a b c
GEOADD geo 13.36 38.11 q 15.08 37.5 r
""".strip().splitlines()
"""The data: small, so that what makes it anew before each call leaves the processor's caches as the examples do."""

COMMANDS: Final = """
'TIME'|'GET','s'|'GET','missing'|'GET','n'|'EXISTS','s'|'STRLEN','s'|'TYPE','h'|'TTL','s'|'PTTL','e'|'SET','s','v'|'SET','s',i+7
'SET','s',tostring(i+0.25)|'SET','s','v','PX','10000'|'SET','e','v','NX'|'SET','new1','v'|'SET','new2','v','NX','EX',100
'SETEX','s','10','v'|'INCR','n'|'INCRBY','n','5'|'INCRBY','n',i|'INCR','fresh'|'DECR','n'|'EXPIRE','s','10'|'PEXPIRE','h',10000
'EXPIRE','z',i+9|'PERSIST','e'|'DEL','missing'|'DEL','l'|'DEL','s'|'GETSET','s','w'|'APPEND','s','w'|'SETBIT','bits','7','1'
'SETBIT','bits',i+77,1|'GETBIT','bits','7'|'BITCOUNT','bits'|'GETDEL','e'|'MGET','s','n','s'|'MSET','s','a','n','1'
'HGET','h','a'|'HGET','h','zz'|'HSET','h','a','1'|'HSET','h','a','1','b','2'|'HSET','h3','a','1'|'HMGET','h','a','b','c'
'HMGET','h2','name','age'|'HGETALL','h2'|'HINCRBY','h','a','1'|'HINCRBY','h','a',i|'HLEN','h'|'HEXISTS','h','a'|'HDEL','h','a'
'HSET','h','f1','1'|'HINCRBY','h4','n',1|'RENAME','h','h9'|'LLEN','l'|'LPUSH','l','x'|'RPUSH','l','x'|'LPUSH','lnew','x'
'LINDEX','l','0'|'LRANGE','l','0','4'|'LRANGE','l',0,1|'LREM','l','1','c'|'LTRIM','l','0','3'|'RPOPLPUSH','l','l'
'LMOVE','l','l9','LEFT','RIGHT'|'LPOP','l'|'RPOP','l'|'SADD','t','a'|'SADD','t','m1'|'SADD','tn','m1'|'SREM','t','a'
'SISMEMBER','t','a'|'SMEMBERS','t'|'SCARD','t'|'SPOP','t2'|'SINTER','t','t2'|'ZADD','z','3','c'|'ZADD','z',i+3,'c'
'ZADD','z','7','m1'|'ZADD','zn','7','m1'|'ZREM','z','a'|'ZSCORE','z','c'|'ZRANK','z','c'|'ZREVRANK','z','c'|'ZCARD','z'
'ZCOUNT','z','-inf','+inf'|'ZRANGE','z','0','0'|'ZRANGE','z',0,4|'ZRANGE','z','0','2','WITHSCORES'
'ZREVRANGE','z','0','1','WITHSCORES'|'ZRANGEBYSCORE','z','-inf','3','LIMIT','0','1'|'ZRANGEBYSCORE','z','0','100'
'ZREMRANGEBYSCORE','z','-inf','2'|'ZREMRANGEBYSCORE','z',0,i|'ZINCRBY','z','1','c'|'ZPOPMIN','z'|'XADD','x','*','f','v'
'XADD','x','MAXLEN','~','100','*','f','v','g','w'|'XLEN','x'|'XRANGE','x','-','+','COUNT','1'|'XACK','x','g','1-1'
'XREADGROUP','GROUP','g','c','COUNT','1','STREAMS','x','>'|'XDEL','x','1-1'|'XPENDING','x','g'|'PFADD','p','q'|'PFADD','p','a'
'PFCOUNT','p'|'GEOSEARCH','geo','FROMLONLAT','15','37','BYRADIUS','200','km'|'GEOADD','geo','13.5','38.2','y'
'GEOPOS','geo','q'|'GEODIST','geo','q','r'|'PUBLISH','c','m'
""".strip().replace("\n", "|").split("|")  # fmt: skip
"""What `redis.call` is given."""

LUA: Final = """
local a=i+1 a=a+1 a=a*2 a=a-3
if i>5 then local a=1 else local b=2 end
local n=0 for j=1,6 do n=n+j end
local a=math.ceil(i/3) % 7
local t={x=1} local a=t.x t.y=a
local a={1,2,3}
local a={a=1,b=2} a.c=3
local a='abc'..i
local a=KEYS[1]..':abc'
local a=KEYS[1]..':'..ARGV[1]..':d'
local f=function(x) return x end f(i)
local a=tonumber(ARGV[1])
local a=tonumber('1700000000.5')
local a=tostring(i)
local a=tostring(i+0.25)
local a=math.floor(i*1.5)
local a=math.max(i,4)
local a=string.sub(KEYS[1],1,3)
local a=string.format('%d',i)
local a=string.find(KEYS[1],'a',1,true)
local a=string.match('123-456','(%d+)%-(%d+)')
local t={} table.insert(t,i) t[#t+1]=3
for _,v in ipairs(ARGV) do local b=v end
for k,v in pairs({a=1,b=2}) do local b=v end
local a,b,d=unpack(ARGV)
local a=cjson.encode({a=1,b='x'})
local a=cjson.decode(ARGV[3])
local a=cmsgpack.pack({a=1,b='x'})
local a=cmsgpack.unpack(cmsgpack.pack({1,2,'x'}))
local a=redis.sha1hex(KEYS[1])
""".strip().splitlines()

RETURNS: Final = ("1", "i", "{1,2}", "{tostring(i),'x'}", "{ok='OK'}", "ARGV[1]", "false", "ARGV")

WORDS: Final = [b"1", b"user:42:a", b"abc", b"2", b'{"a":1,"b":[1,2,3],"name":"x"}']
"""The number of keys, the key, and the arguments of every script."""


def fixture() -> list[list[bytes]]:
    """The commands that make the data."""
    return [line.encode().split() for line in FIXTURE]


def scripts(count: int, seed: int = 7) -> list[bytes]:
    """So many scripts, every command as often as the others."""
    random = Random(seed)
    waiting: list[str] = []
    made = []
    for _ in range(count):
        lines = ["local i=tonumber(ARGV[2])"]
        for _ in range(random.choice((1, 2, 2, 3, 3, 4, 4, 5, 6, 8, 10))):
            waiting = waiting or random.sample(COMMANDS, len(COMMANDS))
            call = f"redis.call({waiting.pop()})"
            lines.append(random.choice((call, f"do local v={call} end", f"if {call} then i=i+0 end")))
            lines += [f"do {random.choice(LUA)} end" for _ in range(random.choice((0, 0, 1, 1, 2)))]
        made.append("\n".join([*lines, f"return {random.choice(RETURNS)}"]).encode())
    return made
