"""Scripts that store, test and pass on values in every way the linter follows: what it takes for known must hold."""

from __future__ import annotations

import random

VARIABLES = ("a", "b", "c")
LITERALS = ("nil", "false", "0", "1", "2", "'x'", "'1'")
REPLIES = (
    *("redis.call('GET', 's1')", "redis.call('GET', 'no')"),
    *(f"redis.call('HMGET', 'h1', 'a', 'zz')[{position}]" for position in (1, 2, 3)),
)
TESTS = (
    "{v}",
    "not {v}",
    "{v} == nil",
    "{v} ~= false",
    "type({v}) == 'string'",
    "{v} and {w}",
    "not ({v} or {w} == nil)",
)

HEAD = """\
local a, b, c = {first}, {second}
local t = {{x = 1, 'e'}}
local function f(p, q) {inside} if p then return q, p end {outcome} end
"""
TAIL = "\nlocal x, y, z = a, b, c\nreturn {x, y, z}"


class Flows:
    """Writes one script after another from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def script(self) -> bytes:
        """A whole script."""
        choose = self.random.choice
        head = HEAD.format(
            first=choose((*LITERALS, *REPLIES)),
            second=choose((*LITERALS, *REPLIES)),
            inside=choose(("", "", "a = p")),
            outcome=choose(("return 1", "", "return p")),
        )
        return (head + "\n".join(self.statement(0) for _ in range(8)) + TAIL).encode()

    def value(self, depth: int = 0) -> str:
        """An expression."""
        choose = self.random.choice
        if depth == 2 or self.random.random() < 0.5:
            return choose((*LITERALS, *VARIABLES, *VARIABLES, *REPLIES, "t.x", "t.y", "t[1]", "t['x']"))
        one, other = self.value(depth + 1), self.value(depth + 1)
        return choose(
            (f"tonumber({one})", f"({one} or {other})", f"({one} and {other})", f"f({one}, {other})", f"(not {one})")
        )

    def test(self) -> str:
        """A condition."""
        choose = self.random.choice
        return choose((*TESTS, "t.x")).format(v=choose(VARIABLES), w=choose(VARIABLES))

    def block(self, depth: int) -> str:
        """Some statements."""
        return " ".join(self.statement(depth) for _ in range(self.random.randrange(1, 4)))

    def statement(self, depth: int) -> str:
        """One statement; the deeper, the plainer."""
        choose, inner = self.random.choice, depth + 1
        name, value = choose(VARIABLES), self.value()
        plain = (
            f"{name} = {value}",
            f"{name} = {value}",
            f"t.{choose('xy')} = {value}",
            f"local q = {value} {name} = q",
        )
        if depth == 3 or self.random.random() < 0.35:
            return choose(plain)
        form = self.random.randrange(6)
        test, body = self.test(), self.block(inner)
        if form == 0:
            return f"if {test} then {body} end"
        if form == 1:
            return f"if {test} then {body} else {self.block(inner)} end"
        if form == 2:
            return f"if {test} then {body} elseif {self.test()} then {self.block(inner)} end"
        if form == 3:
            return f"for i = 1, 2 do {body} {choose(('', f'if {self.test()} then break end'))} end"
        if form == 4:
            count = f"n{depth}"
            return f"local {count} = 0 while {test} and {count} < 3 do {count} = {count} + 1 {body} end"
        return f"if {test} then {body} return {name} end"
