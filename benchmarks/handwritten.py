"""The programs of `programs/` as somebody would write them in Python.

Those of `programs/redis/` call the same keyspace that `redis.call` does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cmp_to_key

from ferrous_vm.keyspace import Keyspace, Session, execute


def fib() -> object:
    def number(n: float) -> float:
        if n < 2:
            return n
        return number(n - 1) + number(n - 2)

    return number(24)


def loop() -> object:
    x = 0
    for i in range(1, 1_000_001):
        x = x + i * 2
    return x


def while_loop() -> object:
    x = i = 0
    while i < 300_000:
        i = i + 1
        if i % 2 == 0:
            x = x + i
    return x


def fill_and_sum() -> object:
    t = {}
    for i in range(1, 200_001):
        t[i] = i
    s = 0
    for i in range(1, len(t) + 1):
        s = s + t[i]
    return s


def append() -> object:
    t: list[int] = []
    for i in range(1, 200_001):
        t.append(i)
    return len(t)


def sieve() -> object:
    n, p, c = 100_000, {}, 0
    for i in range(2, n + 1):
        p[i] = True
    for i in range(2, int(n**0.5) + 1):
        if p[i]:
            for j in range(i * i, n + 1, i):
                p[j] = False
    for i in range(2, n + 1):
        if p[i]:
            c = c + 1
    return c


def strings() -> object:
    t = []
    for i in range(1, 50_001):
        t.append(f"item{i},")
    return len("".join(t))


def patterns() -> object:
    text, words = "hello brave new world " * 2000, 0
    for _ in re.finditer("[a-zA-Z]+", text):
        words = words + 1
    replaced, count = re.subn("([a-zA-Z])o", r"\1 0", text)
    return words + count + len(replaced)


class Account:
    def __init__(self, balance: int) -> None:
        self.balance = balance

    def deposit(self, amount: int) -> Account:
        self.balance = self.balance + amount
        return self


def methods() -> object:
    account = Account(0)
    for i in range(1, 200_001):
        account.deposit(i)
    return account.balance


def closures() -> object:
    def adder(n: int) -> Callable[[int], int]:
        return lambda x: x + n

    s = 0
    for i in range(1, 200_001):
        s = adder(i)(s)
    return s


def sort() -> object:
    t, seed = [], 42
    for _ in range(20_000):
        seed = (seed * 16807) % 2147483647
        t.append(seed)
    t.sort(key=cmp_to_key(lambda a, b: -1 if a > b else 1 if b > a else 0))
    return t[0]


def traversal() -> object:
    t, s = {}, 0
    for i in range(1, 50_001):
        t["k" + str(i % 1000)] = i
    for _ in range(50):
        for _key, v in t.items():
            s = s + v
    numbers = list(range(1, 1001))
    for _ in range(100):
        for _index, v in enumerate(numbers):
            s = s + v
    return s


def cjson_round_trip() -> object:
    lines: list[object] = []
    order = {"id": 1, "customer": "somebody", "paid": True, "lines": lines}
    for i in range(1, 21):
        price = i * 1.25
        lines.append({"article": f"article {i}", "count": i, "price": int(price) if price.is_integer() else price})
    total = 0
    for _ in range(200):
        text = json.dumps(order, separators=(",", ":"))
        total = total + len(text) + json.loads(text)["lines"][19]["count"]
    return total


def increments() -> object:
    session = Session(Keyspace())
    last = None
    for _ in range(20_000):
        last = execute(session, [b"INCR", b"counter"])
    return last is not None and 1


def set_and_get() -> object:
    session = Session(Keyspace())
    length = 0
    for i in range(1, 10_001):
        key = b"key:%d" % (i % 10)
        execute(session, [b"SET", key, b"value"])
        length = length + len(execute(session, [b"GET", key]))
    return length


PROGRAMS: dict[str, Callable[[], object]] = {
    function.__name__: function
    for function in (
        fib,
        loop,
        while_loop,
        fill_and_sum,
        append,
        sieve,
        strings,
        patterns,
        methods,
        closures,
        sort,
        traversal,
        cjson_round_trip,
        increments,
        set_and_get,
    )
}
