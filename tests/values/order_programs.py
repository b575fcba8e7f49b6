"""Random programs on one table: as Lua text for `lua5.1`, and run on `Table` by the same steps.

Each program ends up as lines: after every step, the length and all entries in the order of `next`.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from ferrous_vm.stdlib import table as table_library
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

Step = tuple[str, Callable[[Table], None]]
"""What one step is in Lua (on the table `t`), and the same on a Table."""

PRELUDE = """
collectgarbage('stop') -- a collection unlinks dead keys, and when one runs is no part of a program
local function show(t)
  local out = {}
  local k, v = next(t)
  while k ~= nil do
    out[#out + 1] = tostring(k) .. '=' .. tostring(v)
    k, v = next(t, k)
  end
  print(#t .. ': ' .. table.concat(out, ' '))
end
"""

WORDS = (*"abcxyz", "id", "name", "count", "total", "value", "price", "key", "user", "email", "k1", "k2", "k3")


def show(table: Table) -> str:
    """The line `show` prints in Lua."""
    entries = []
    entry = table.next(None)
    while entry is not None:
        entries.append(f"{text(entry[0])}={text(entry[1])}")
        entry = table.next(entry[0])
    return f"{number_to_text(table.length()).decode()}: {' '.join(entries)}"


def text(value: object) -> str:
    """A number, string or boolean as `tostring` shows it."""
    if isinstance(value, float):
        return number_to_text(value).decode()
    return value.decode() if isinstance(value, bytes) else repr(value)


def literal(value: object) -> str:
    """A key or value as Lua source."""
    if value is None:
        return "nil"
    return f"'{value.decode()}'" if isinstance(value, bytes) else f"({text(value)})"


class Generator:
    """A source of steps; the seed decides everything."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.serial = 0.0
        self.span = self.random.choice((4, 8, 20, 70))
        self.mixed = self.random.random()

    def key(self) -> object:
        chosen = self.random.random()
        if chosen < self.mixed:
            return float(self.random.randint(1, self.span))
        if chosen < self.mixed + (1 - self.mixed) * 0.75:
            word = self.random.choice(WORDS)
            return LuaString((word * (5 if self.random.random() < 0.1 else 1)).encode())
        return self.random.choice(
            (0.0, -1.0, -2.0, 1.5, 2.25, -0.5, 1e15, 2.0**31, 2.0**40, 1e300, 100.0, 1000.0, TRUE, FALSE)
        )

    def value(self, nil: float = 0.0) -> object:
        if self.random.random() < nil:
            return None
        self.serial += 1.0
        return self.serial

    def constructor(self) -> tuple[str, Callable[[], Table]]:
        """A table constructor with list items, records and sometimes several values at its end."""
        items: list[tuple[object, object]] = []
        for _ in range(self.random.choice((0, 0, 1, 2, 3, 5, 8, 17, 60))):
            key = self.key() if self.random.random() < self.random.choice((0.0, 0.5, 1.0)) else None
            items.append((key, self.value(nil=0.15)))
        several = [self.value(nil=0.2) for _ in range(self.random.choice((0, 0, 0, 1, 3, 9)))]
        parts = [f"[{literal(key)}]={literal(value)}" if key is not None else literal(value) for key, value in items]
        if several:
            parts.append(f"(function() return {', '.join(map(literal, several))} end)()")
        return f"{{{', '.join(parts)}}}", lambda: build(items, several)

    def step(self) -> Step:
        kind = self.random.random()
        if kind < 0.45:
            return self._assignment(nil=0.1)
        if kind < 0.6:
            return self._assignment(nil=0.9)
        if kind < 0.7:
            return self._insertion()
        if kind < 0.8:
            return self._removal()
        if kind < 0.9:
            return self._append_many()
        return self._traversal()

    def _assignment(self, nil: float) -> Step:
        key, value = self.key(), self.value(nil)
        return f"t[{literal(key)}] = {literal(value)}", lambda table: table.assign(key, value)

    def _insertion(self) -> Step:
        value = self.value()
        if self.random.random() < 0.5:
            return f"table.insert(t, {literal(value)})", lambda table: table_library.insert(table, value)
        position = float(self.random.randint(1, 6))
        return (
            f"table.insert(t, {literal(position)}, {literal(value)})",
            lambda table: table_library.insert(table, position, value),
        )

    def _removal(self) -> Step:
        if self.random.random() < 0.6:
            return "table.remove(t)", lambda table: table_library.remove(table)
        position = float(self.random.randint(1, 4))
        return f"table.remove(t, {literal(position)})", lambda table: table_library.remove(table, position)

    def _append_many(self) -> Step:
        count, value = self.random.randint(1, 12), self.value()

        def append(table: Table) -> None:
            for _ in range(count):
                table.assign(table.length() + 1.0, value)

        return f"for i = 1, {count} do t[#t + 1] = {literal(value)} end", append

    def _traversal(self) -> Step:
        """Assigns to fields while it visits them: every one whose turn it is gets nil or another value."""
        every, value = self.random.randint(1, 3), self.value(nil=0.7)

        def visit(table: Table) -> None:
            turn = 0
            entry = table.next(None)
            while entry is not None:
                turn += 1
                if turn % every == 0:
                    table.assign(entry[0], value)
                entry = table.next(entry[0])

        lua = f"local n = 0 for k in pairs(t) do n = n + 1 if n % {every} == 0 then t[k] = {literal(value)} end end"
        return f"do {lua} end", visit


def build(items: list[tuple[object, object]], several: list[object]) -> Table:
    """What the constructor's instructions do (lparser.c, lvm.c): records at once, list items by fifties."""
    table = Table.sized(sum(key is None for key, _ in items), sum(key is not None for key, _ in items))
    waiting: list[object] = []
    stored = 0
    for key, value in items:
        if len(waiting) == 50:
            table.set_list(stored + 1, waiting)
            stored, waiting = stored + 50, []
        if key is None:
            waiting.append(value)
        else:
            table.assign(key, value)
    waiting += several
    if waiting:
        table.set_list(stored + 1, waiting)
    return table


def program(seed: int) -> tuple[str, Callable[[], list[str]]]:
    """One program: its Lua text, and a function that runs it here and answers the same lines."""
    generator = Generator(seed)
    source, construct = generator.constructor()
    steps = [generator.step() for _ in range(generator.random.choice((3, 10, 30)))]
    text = f"do local t = {source} show(t)\n" + "\n".join(f"{lua} show(t)" for lua, _ in steps) + "\nend\n"

    def run() -> list[str]:
        table = construct()
        lines = [show(table)]
        for _, act in steps:
            act(table)
            lines.append(show(table))
        return lines

    return text, run
