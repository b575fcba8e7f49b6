"""Twenty small scenarios, some broken and some not, whose orders can all be tried without leaving any out."""

from __future__ import annotations

from typing import Final

_ACQUIRE: Final = """
-- script acquire
if redis.call("SET", KEYS[1], ARGV[1], "NX", "PX", ARGV[2]) then return 1 end
return 0
"""
_RELEASE: Final = """
-- script release
if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end
return 0
"""
_CRITICAL: Final = """
-- always: holders("critical") <= 1
"""

SMALL: Final[dict[str, str]] = {
    "read and write back": """
-- at the end: redis("GET", "n") == "3"
-- clients: 3 w
local n = tonumber(redis("GET", "n") or 0)
redis("SET", "n", n + 1)
redis("SET", "mine:" .. me, 1)
""",
    "increment": """
-- at the end: redis("GET", "n") == "3"
-- clients: 3 w
redis("INCR", "n")
redis("INCR", "m")
redis("SET", "mine:" .. me, 1)
""",
    "keys of one's own": """
-- at the end: redis("DBSIZE") == 3
-- clients: 3 w
redis("SET", me, 1)
redis("GET", me)
redis("GET", me)
""",
    "two keys, two ways": """
-- at the end: redis("GET", "a") == redis("GET", "b")
-- client A
redis("SET", "a", 1)
redis("SET", "b", 1)
redis("GET", "x")
redis("GET", "x")
-- client B
redis("SET", "b", 2)
redis("SET", "a", 2)
redis("GET", "y")
redis("GET", "y")
""",
    "a lock that nobody loses": _CRITICAL
    + _ACQUIRE
    + _RELEASE
    + """
-- clients: 3 w
if call("acquire", {"lock"}, {me, 1000}) == 1 then
  enter("critical") leave("critical")
  call("release", {"lock"}, {me})
end
""",
    "a lock that is released by everybody": _CRITICAL
    + _ACQUIRE
    + """
-- clients: 3 w
if call("acquire", {"lock"}, {me, 1000}) == 1 then enter("critical") leave("critical") end
redis("DEL", "lock")
""",
    "a lock and a pause": _CRITICAL
    + _ACQUIRE
    + _RELEASE
    + """
-- may: pause
-- clients: 2 w
if call("acquire", {"lock"}, {me, 1000}) == 1 then
  enter("critical") leave("critical")
  call("release", {"lock"}, {me})
end
""",
    "a lock whose holder dies": """
-- at the end: redis("EXISTS", "lock") == 0
-- may: death
-- clients: 3 w
if redis("SETNX", "lock", me) == 1 then redis("DEL", "lock") end
""",
    "test and set in two calls": """
-- at the end: count("won") == 1
-- clients: 3 w
if redis("EXISTS", "taken") == 0 then
  redis("SET", "taken", me)
  note("won")
end
""",
    "a check that is in one call": """
-- at the end: count("won") == 1
-- clients: 3 w
if redis("SETNX", "taken", me) == 1 then note("won") end
redis("GET", "taken")
redis("GET", "others")
""",
    "a counter without its expiry": """
-- at the end: every key of rate:* has a TTL
-- may: death
-- clients: 3 w
if redis("INCR", "rate:x") == 1 then redis("EXPIRE", "rate:x", 1) end
""",
    "a counter with its expiry": """
-- always: every key of rate:* has a TTL
-- may: death
-- script hit
local n = redis.call("INCR", KEYS[1])
if n == 1 then redis.call("PEXPIRE", KEYS[1], 1000) end
return n
-- clients: 3 w
call("hit", {"rate:x"})
redis("GET", "unrelated")
redis("GET", "unrelated:" .. me)
""",
    "a job that is popped twice": """
-- given: RPUSH jobs a b
-- at the end: count("a") <= 1
-- clients: 3 w
local job = redis("LINDEX", "jobs", 0)
if job then
  redis("LREM", "jobs", 1, job)
  note(job)
end
""",
    "a job that is popped once": """
-- given: RPUSH jobs a b c
-- at the end: count("a") == 1 and count("b") == 1
-- clients: 3 w
local job = redis("LPOP", "jobs")
if job then note(job) end
redis("INCR", "done:" .. me)
redis("GET", "done:" .. me)
""",
    "sleepers": """
-- at the end: redis("GET", "last") == "late"
-- client A
redis("SET", "a", 1)
sleep(100)
redis("SET", "last", "early")
-- client B
redis("SET", "b", 1)
sleep(200)
redis("SET", "last", "late")
""",
    "sleepers who may be slow": """
-- at the end: redis("GET", "last") == "late"
-- may: time
-- client A
sleep(100)
redis("SET", "last", "early")
-- client B
sleep(200)
redis("SET", "last", "late")
""",
    "sold out": """
-- given: SET stock 2
-- always: tonumber(redis("GET", "stock")) >= 0
-- clients: 3 w
if tonumber(redis("GET", "stock")) > 0 then
  redis("DECR", "stock")
  redis("INCR", "orders:" .. me)
end
""",
    "a reply that is lost": """
-- at the end: redis("GET", "paid") == "3"
-- may: lost reply
-- clients: 3 w
redis("INCR", "paid")
""",
    "watched": """
-- at the end: redis("GET", "n") == tostring(count("set"))
-- clients: 2 w
redis("WATCH", "n")
local n = tonumber(redis("GET", "n") or 0)
redis("MULTI")
redis("SET", "n", n + 1)
if redis("EXEC") then note("set") end
""",
    "sooner or later somebody": """
-- sooner or later: redis("GET", "a") == "1" and redis("GET", "b") == "1"
-- client A
redis("SET", "a", 1)
redis("SET", "a", 2)
redis("SET", "a", 3)
-- client B
redis("SET", "b", 1)
redis("SET", "b", 2)
redis("SET", "b", 3)
""",
}
"""Programs and invariants, by what they are about."""


OF_WATCHES: Final[dict[str, str]] = {
    "nothing more is watched once a watched key was changed": """
-- always: redis("EXISTS", "a") == 0
-- client A
redis("INCR", "b")
-- client B
redis("WATCH", "b")
redis("WATCH", "a")
""",
}
"""What a connection remembers."""

OF_REPLIES: Final[dict[str, str]] = {
    "replies are counted": """
-- always: replies("INCR", 1) + replies("INCR", function(n) return n > 5 end) <= 1
-- at the end: replies("INCR") == 6 and replies("INCR", 2, "w1") + replies("INCR", 3, "w1") == 0
-- clients: 3 w
redis("INCR", "n")
redis("GET", me)
redis("INCR", "n")
""",
    "replies within a time": """
-- always: replies("limit", 1) <= 2 in any 1000 ms
-- may: time
-- script limit
local n = redis.call("INCR", KEYS[1])
if n == 1 then redis.call("PEXPIRE", KEYS[1], 1000) end
return n <= 2 and 1 or 0
-- clients: 2 w
call("limit", {"rate"})
call("limit", {"rate"})
""",
    "the last reply": """
-- always: called ~= "GET" or reply == client
-- clients: 2 w
redis("SET", "k", me)
sleep(0)
redis("GET", "k")
""",
    "the last reply, of keys of one's own": """
-- always: reply ~= "nobody" and (called ~= "GET" or reply == client)
-- clients: 2 w
redis("SET", me, me)
enter("s") leave("s")
redis("GET", me)
""",
    "no reply at the end": """
-- at the end: reply == nil
-- may: death
-- client A
redis("SET", "a", 1)
sleep(5)
-- client B
sleep(0)
redis("SET", "b", 1)
""",
    "a lost reply is none": """
-- always: reply ~= 2 and replies("INCR", 1) == 0
-- may: lost reply
-- client A
redis("INCR", "n")
""",
}
"""Programs whose invariants ask of replies."""


def text_of(name: str) -> bytes:
    """The scenario of that name."""
    return f"-- scenario: {name}{(SMALL | OF_WATCHES | OF_REPLIES)[name]}".encode()
