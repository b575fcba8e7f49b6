"""Makes Lua programs at random, the same one for the same seed: arithmetic, strings, patterns, tables, closures,
metatables, coroutines and errors. Loops are bounded; nothing prints an address, the clock or a random number.
"""

from __future__ import annotations

from random import Random

from tests.oracle import edges, order
from tests.oracle.fragments import (
    COMPARISONS,
    FORMATS,
    NAMES,
    NUMBERS,
    OPERATORS,
    PATTERNS,
    REPLACEMENTS,
    SNIPPETS,
    STRINGS,
    WORDS,
    repr_lua,
)
from tests.oracle.program import Node, Program

PRELUDE = Node(
    "local function show(...) local r = {} for i = 1, select('#', ...) do local v = select(i, ...)"
    " r[i] = (type(v) == 'table' or type(v) == 'function' or type(v) == 'thread' or type(v) == 'userdata')"
    " and type(v) or tostring(v) end print(table.concat(r, ' ')) end",
    required=True,
)


def generate(seed: int) -> Program:
    """The program of a seed: odd, of the edges of the language; every fourth, like people write; else, of order."""
    if seed % 2:
        return Program(seed, (PRELUDE, *edges.nodes(Random(seed), statements=12)))
    if seed % 4:
        return Program(seed, (PRELUDE, *order.nodes(Random(seed), cases=8)))
    generator = _Generator(Random(seed))
    return Program(seed, (PRELUDE, generator.globals(), *generator.block(statements=12)))


class _Generator:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.locals: list[str] = []
        self.depth = 0
        self.in_loop = False
        self.in_vararg = True
        self.in_coroutine = False
        self.serial = 0

    def globals(self) -> Node:
        """Half of the global names get a value; the others stay nil."""
        values = (
            self.constructor(),
            self.string(),
            self.number(),
            "function(a, b) return b, a end",
            "function(self, ...) return select('#', ...), self end",
            "setmetatable({}, {__index = function(t, k) return k end})",
        )
        names = self.random.sample(NAMES, 4)
        chosen = self.random.sample(values, 4)
        return Node(f"{', '.join(name.upper() for name in names)} = {', '.join(chosen)}")

    # Statements

    def block(self, statements: int) -> tuple[Node, ...]:
        visible = len(self.locals)
        self.depth += 1
        nodes = tuple(self.statement() for _ in range(self.random.randint(1, statements)))
        self.depth -= 1
        del self.locals[visible:]
        return nodes

    def statement(self) -> Node:
        simple = (
            (5, self.show),
            (9, self.show_guarded),
            (8, self.declare),
            (6, self.call_variable),
            (5, self.assign),
            (3, lambda: self.inside_function(self.table_call)),
            (3, lambda: self.inside_function(self.string_call)),
            (3, lambda: self.inside_function(self.pattern_call)),
            (2, lambda: self.inside_function(self.format_call)),
            (2, self.metatable),
            (3, lambda: self.inside_function(self.snippet)),
            (3, self.number_text),
            (1, self.mistake),
            (2, lambda: self.inside_function(self.error_call)),
        )
        compound = (
            (3, self.numeric_for),
            (3, self.generic_for),
            (3, self.condition),
            (2, self.bounded_while),
            (1, self.repeat),
            (4, self.function),
            (2, self.closures_of_a_loop),
            (3, self.coroutine),
            (1, lambda: Node("do", self.block(3), "end")),
            (3, self.table_history),
            (2, self.methods),
            (2, self.recursion),
        )
        choices = simple if self.depth > 4 else (*simple, *compound)
        return self.weighted(choices)()

    def weighted(self, choices):
        return self.random.choices([choice for _, choice in choices], [weight for weight, _ in choices])[0]

    def show(self) -> Node:
        if self.random.random() < 0.1:
            return Node(f"show({self.expressions(3)})")
        return Node(f"show({self.atom()}, {self.atom()})")

    def show_guarded(self) -> Node:
        return self.guarded(self.inside_function(lambda: self.expressions(2)))

    def call_variable(self) -> Node:
        return Node(f"show(pcall({self.variable()}, {self.atom()}, {self.atom()}))")

    def inside_function(self, make):
        """What `make` makes, for the body of a function without `...`."""
        saved, self.in_vararg = self.in_vararg, False
        made = make()
        self.in_vararg = saved
        return made

    def declare(self) -> Node:
        names = [self.name() for _ in range(self.random.choice((1, 1, 1, 2, 3)))]
        risky = self.random.random() < 0.15
        values = self.expressions(3) if risky else ", ".join(self.value() for _ in range(self.random.randint(1, 3)))
        self.locals.extend(names)
        return Node(f"local {', '.join(names)} = {values}")

    def assign(self) -> Node:
        return self.inside_function(self._assign)

    def _assign(self) -> Node:
        targets = ", ".join(self.target() for _ in range(self.random.choice((1, 1, 1, 2))))
        return Node(f"show(pcall(function() {targets} = {self.expressions(2)} end))")

    def target(self) -> str:
        kind = self.random.random()
        if kind < 0.5 and self.locals:
            return self.random.choice(self.locals)
        if kind < 0.7:
            return self.random.choice(NAMES).upper()
        return f"{self.variable()}{self.key()}"

    def key(self) -> str:
        if self.random.random() < 0.5:
            return f".{self.random.choice(NAMES)}"
        return f"[{self.expression(1)}]"

    def table_call(self) -> Node:
        table = self.random.choice((self.variable(), self.constructor()))
        call = self.random.choice(
            (
                f"table.concat({table}, {self.string()})",
                f"table.concat({table})",
                f"(function(t) table.insert(t, {self.expression(2)}) return #t end)({table})",
                f"(function(t) table.insert(t, {self.small()}, {self.atom()}) return unpack(t, 1, 6) end)({table})",
                f"(function(t) return table.remove(t), #t end)({table})",
                f"(function(t) return table.remove(t, {self.small()}), #t end)({table})",
                f"(function(t) table.sort(t) return unpack(t, 1, 8) end)({table})",
                f"(function(t) table.sort(t, function(a, b) return a {self.random.choice(COMPARISONS)} b end)"
                f" return unpack(t, 1, 8) end)({table})",
                f"table.maxn({table})",
                f"#{table}",
                f"next({table})",
                f"rawget({table}, {self.expression(1)})",
                f"(function(t) local s = '' for k, v in pairs(t) do s = s .. tostring(k) .. ' ' end return s end)"
                f"({self.plain_constructor()})",
                f"(function(t) for k in pairs(t) do t[k] = nil end return next(t) end)({table})",
                f"table.foreach({table}, function(k, v) if v == {self.number()} then return v end end)",
            )
        )
        return self.guarded(call)

    def string_call(self) -> Node:
        text = self.random.choice((self.string(), self.string(), self.variable()))
        call = self.random.choice(
            (
                f"string.sub({text}, {self.small()}, {self.small()})",
                f"({self.string()}):sub({self.small()})",
                f"string.byte({text}, {self.small()}, {self.small()})",
                f"string.char({self.small()}, {self.small()})",
                f"string.rep({text}, {self.random.randint(-1, 4)})",
                f"string.upper({text}), string.lower({text}), string.len({text})",
                f"string.reverse({text})",
                f"tonumber({text}), tonumber({text}, {self.random.randint(2, 36)})",
                f"tostring({self.expression(1)})",
                f"{text} .. {self.expression(1)} .. {self.string()}",
                f"#({text}), {text} < {self.string()}, {text} == {self.string()}",
                f"string.find({text}, {self.string()}, {self.small()}, true)",
            )
        )
        return self.guarded(call)

    def pattern_call(self) -> Node:
        text, pattern = self.string(), repr_lua(self.random.choice(PATTERNS))
        replacement = repr_lua(self.random.choice(REPLACEMENTS))
        call = self.random.choice(
            (
                f"string.find({text}, {pattern}, {self.small()})",
                f"string.match({text}, {pattern})",
                f"string.gsub({text}, {pattern}, {replacement})",
                f"string.gsub({text}, {pattern}, {replacement}, {self.random.randint(-1, 3)})",
                f"string.gsub({text}, {pattern}, function(...) return {self.expression(1)} end)",
                f"string.gsub({text}, {pattern}, {{a = 'A', b = false, ['1'] = 1}})",
                f"(function() local s = '' for a, b in string.gmatch({text}, {pattern}) do"
                f" s = s .. tostring(a) .. tostring(b) .. ';' end return s end)()",
            )
        )
        return self.guarded(call)

    def format_call(self) -> Node:
        return self.guarded(f"string.format({repr_lua(self.random.choice(FORMATS))}, {self.expressions(2)})")

    def snippet(self) -> Node:
        """One of the expressions nobody would write."""
        parts = {
            "{a}": self.atom(),
            "{b}": self.atom(),
            "{flags}": self.random.choice(("", "", "-", "0", "+", " ", "#", "-0", "+#")),
            "{width}": self.random.choice(("", "", "1", "7", "12", "99")),
            "{directive}": self.random.choice("diouxXeEfgGcqs"),
            "{digit}": str(self.random.randint(0, 5)),
        }
        call = self.random.choice(SNIPPETS)
        for name, part in parts.items():
            call = call.replace(name, part)
        return self.guarded(call)

    def guarded(self, call: str) -> Node:
        return Node(f"show(pcall(function() return {call} end))")

    def metatable(self) -> Node:
        name = self.name()
        events = self.random.sample(
            (
                f"__index = {self.random.choice((self.constructor(), 'function(t, k) return tostring(k) end'))}",
                f"__newindex = function(t, k, v) rawset(t, k, {self.random.choice(('v', '1', 'nil'))}) end",
                "__add = function(a, b) return 'add' end",
                "__concat = function(a, b) return type(a) .. type(b) end",
                f"__eq = function(a, b) return {self.random.choice(('true', 'false', 'nil', '1'))} end",
                f"__lt = function(a, b) return {self.random.choice(('true', 'false', 'nil', '1'))} end",
                f"__le = function(a, b) return {self.random.choice(('true', 'false'))} end",
                "__call = function(self, ...) return select('#', ...), ... end",
                "__unm = function(a, b) return rawequal(a, b) end",
                "__len = function() return 7 end",
                f"__tostring = function() return {self.random.choice((self.string(), '1', 'nil'))} end",
                "__mul = function(a, b) error('mul') end",
                f"__div = {self.random.choice(('1', 'print', 'nil', 'setmetatable({}, {__call = show})'))}",
                "__metatable = 'locked'",
            ),
            self.random.randint(1, 6),
        )
        self.locals.append(name)
        return Node(f"local {name} = setmetatable({self.constructor()}, {{{', '.join(events)}}})")

    def number_text(self) -> Node:
        """Arithmetic and text of numbers nobody thought of."""
        digits = self.random.choice((1, 3, 14, 15, 17))
        number = self.random.uniform(-1, 1) * 10.0 ** self.random.randint(-20, 20)
        other = self.random.choice((f"{self.random.randint(-9, 9)}", f"{self.random.uniform(-99, 99):.6g}"))
        literal = f"{number:.{digits}g}"
        return Node(
            f"show({literal}, {literal} % {other}, {literal} / {other}, math.floor({literal}), '{literal}' + 0,"
            f" string.format('%.{digits}g %d', {literal}, {other}), {other} .. {literal})"
        )

    def mistake(self) -> Node:
        """A statement that need not be one: most programs with it do not compile."""
        words = self.show().head.replace("(", " ( ").replace(")", " ) ").replace(",", " , ").split(" ")
        if self.random.random() < 0.5:
            del words[self.random.randrange(len(words))]
        else:
            words.insert(self.random.randrange(len(words)), self.random.choice(WORDS))
        return Node(" ".join(words)) if self.random.random() < 0.3 else self.show()

    def table_history(self) -> Node:
        """Keys that come and go, then what the table's layout makes of them."""
        name = self.fresh()
        keys = [str(self.random.randint(-2, 12)) for _ in range(6)]
        keys += [f"'{key}'" for key in self.random.sample(NAMES, 4)]
        writes = []
        for _ in range(self.random.randint(3, 25)):
            value = self.random.choice(("1", "2", "'v'", "nil", "nil", "true"))
            writes.append(Node(f"{name}[{self.random.choice(keys)}] = {value}"))
        see = Node(f"for k, v in pairs({name}) do show(k, v) end show(#{name}, next({name}))")
        return Node("do", (Node(f"local {name} = {self.plain_constructor()}", required=True), *writes, see), "end")

    def methods(self) -> Node:
        """Objects that inherit."""
        base, derived = self.fresh(), self.fresh()
        method, other = self.random.sample(NAMES, 2)
        visible = len(self.locals)
        self.locals.append("self")
        body = self.inside_function(lambda: self.block(2))
        del self.locals[visible:]
        inside = (
            Node(f"local {base} = {{{method} = {self.atom()}}} {base}.__index = {base}", required=True),
            Node(f"function {base}:{other}(x)", (*body, Node("return x, self.a, self.b")), "end"),
            Node(f"local {derived} = setmetatable({{a = {self.atom()}, b = {self.atom()}}}, {base})"),
            Node(f"show(pcall({derived}.{other}, {derived}, {self.atom()})) show({derived}.{method})"),
            Node(f"show(pcall(function() return {derived}:{other}({self.atom()}) end))"),
            Node(f"show(pcall(function() return {derived}:{self.random.choice(NAMES)}() end))"),
        )
        return Node("do", inside, "end")

    def recursion(self) -> Node:
        """A function that calls itself, in tail position or not."""
        name = self.fresh()
        kind = self.random.choice(
            (
                f"if n <= 0 then return {self.atom()} end return {name}(n - 1)",
                f"if n <= 0 then return {self.random.randint(0, 3)} end return 1 + {name}(n - 1)",
                f"if n <= 0 then error({self.string()}, {self.random.randint(0, 4)}) end return {name}(n - 1)",
                f"if n <= 0 then error({self.string()}, {self.random.randint(0, 4)}) end return ({name}(n - 1))",
                f"if n <= 0 then return n end return n, {name}(n - 1)",
                f"if n <= 0 then return '' end return n .. {name}(n - 1)",
            )
        )
        function = Node(f"local function {name}(n) {kind} end", required=True)
        return Node("do", (function, Node(f"show(pcall({name}, {self.random.randint(0, 6)}))")), "end")

    def error_call(self) -> Node:
        message = self.random.choice((self.string(), self.expression(1), "nil", "{}"))
        level = self.random.choice(("", ", 0", ", 1", ", 2", ", 3"))
        call = self.random.choice(
            (
                f"pcall(error, {message}{level})",
                f"pcall(function() error({message}{level}) end)",
                f"pcall(function() local function f() error({message}{level}) end f() end)",
                f"pcall(function() local function f() return error({message}{level}) end return f() end)",
                f"xpcall(function() error({message}{level}) end, function(e) return type(e) end)",
                f"pcall(function() assert({self.expression(1)}, {self.string()}) end)",
                f"pcall(assert, {self.expressions(2)})",
                f"select({self.small()}, {self.expressions(3)})",
                f"pcall(select, {self.small()}, {self.expressions(2)})",
                f"pcall({self.variable()}, {self.expression(1)})",
                f"loadstring({repr_lua(self.broken_source())})",
                f"pcall(setmetatable, {self.expression(1)}, {self.expression(1)})",
                f"pcall(rawset, {self.constructor()}, {self.expression(1)}, {self.expression(1)})",
                f"pcall(next, {self.constructor()}, {self.expression(1)})",
                f"unpack({self.constructor()}, {self.small()}, {self.small()})",
            )
        )
        return self.guarded(call)

    def broken_source(self) -> str:
        words = [self.random.choice(WORDS) for _ in range(self.random.randint(1, 7))]
        return " ".join(words)

    def numeric_for(self) -> Node:
        name = self.random.choice(NAMES)
        start, stop = self.random.choice((("1", "3"), ("3", "1"), ("0", "1"), ("-1", "'2'"), ("1", self.number())))
        step = self.random.choice(("", "", ", 1", ", -1", ", 0.5", ", 2"))
        if stop not in ("3", "1", "'2'"):
            step = ""
            stop = f"math.min(4, tonumber({stop}))"
        return self.loop(f"for {name} = {start}, {stop}{step} do", [name])

    def generic_for(self) -> Node:
        names = [self.random.choice(NAMES), self.random.choice(NAMES)]
        table = self.random.choice((self.constructor(), self.constructor(), self.variable()))
        iterator = self.random.choice(
            (
                f"pairs({table})",
                f"ipairs({table})",
                f"next, {table}",
                f"string.gmatch({self.string()}, {repr_lua(self.random.choice(PATTERNS))})",
                "(function(s, c) c = (c or 0) + 1 if c < 4 then return c, s end end)",
                f"(function(s, c) if c == nil then return {self.variable()} end end)",
                self.number(),
            )
        )
        visible = len(self.locals)
        self.locals.extend(names)
        inner, self.in_loop = self.in_loop, True
        vararg, self.in_vararg = self.in_vararg, False
        body = self.block(2)
        self.in_loop, self.in_vararg = inner, vararg
        del self.locals[visible:]
        inside = Node(f"for {', '.join(names)} in {iterator} do", body, "end")
        return Node("show(pcall(function()", (inside,), "end))")

    def loop(self, head: str, names: list[str]) -> Node:
        visible = len(self.locals)
        self.locals.extend(names)
        inner, self.in_loop = self.in_loop, True
        body = self.block(3)
        if self.random.random() < 0.2:
            body = (*body, Node(f"if {self.expression(1)} then break end"))
        self.in_loop = inner
        del self.locals[visible:]
        return Node(head, body, "end")

    def condition(self) -> Node:
        tail = f"else show({self.string()}) end" if self.random.random() < 0.5 else "end"
        return Node(f"if {self.condition_expression()} then", self.block(3), tail)

    def condition_expression(self) -> str:
        if self.random.random() < 0.85:
            return self.random.choice(
                (
                    self.atom(),
                    f"{self.number()} {self.random.choice(COMPARISONS)} {self.number()}",
                    f"not {self.atom()} and {self.atom()}",
                    f"{self.atom()} == {self.atom()} or {self.atom()} ~= nil",
                    f"type({self.variable()}) == {self.string()}",
                )
            )
        return self.random.choice(
            (
                self.expression(2),
                f"{self.number()} {self.random.choice(COMPARISONS)} {self.number()}",
                f"not {self.expression(1)} and {self.expression(1)}",
                f"{self.expression(1)} == {self.expression(1)} or {self.expression(1)} ~= nil",
            )
        )

    def bounded_while(self) -> Node:
        name = self.fresh()
        body = self.block(2)
        return Node(
            "do",
            (
                Node(f"local {name} = 0", required=True),
                Node(f"while {name} < {self.random.randint(1, 4)} do", (Node(f"{name} = {name} + 1"), *body), "end"),
            ),
            "end",
        )

    def repeat(self) -> Node:
        name = self.fresh()
        return Node(
            "repeat",
            (Node(f"local {name} = {self.expression(1)}", required=True), *self.block(2)),
            f"until {name} == {name} or true",
        )

    def function(self) -> Node:
        name = self.name()
        parameters = [self.random.choice(NAMES) for _ in range(self.random.randint(0, 3))]
        vararg = self.random.random() < 0.3
        visible = len(self.locals)
        self.locals.extend(parameters)
        saved, self.in_vararg = self.in_vararg, vararg
        body = self.block(3)
        risky = self.random.random() < 0.4
        final = Node(f"return {self.expressions(3) if risky else self.value()}")
        self.in_vararg = saved
        del self.locals[visible:]
        self.locals.append(name)
        listed = ", ".join([*parameters, *(["..."] if vararg else [])])
        return Node(f"local function {name}({listed})", (*body, final), "end")

    def closures_of_a_loop(self) -> Node:
        functions, counter, other = self.fresh(), self.fresh(), self.fresh()
        change = self.random.choice((f"{counter} = {counter} + 1", f"{other} = {other} .. 'x'", ""))
        return Node(
            "do",
            (
                Node(f"local {functions} = {{}}", required=True),
                Node(
                    f"for {counter} = 1, 3 do local {other} = {self.random.choice((counter, self.string()))}"
                    f" {functions}[{counter}] = function() {change} return {counter}, {other} end end"
                ),
                Node(f"for i = 1, 2 do for j = 1, 3 do show({functions}[j]()) end end"),
            ),
            "end",
        )

    def coroutine(self) -> Node:
        name = self.fresh()
        saved, self.in_coroutine = self.in_coroutine, True
        vararg, self.in_vararg = self.in_vararg, False
        body = [Node(f"show('yielded', coroutine.yield({self.atom()}, {self.atom()}))"), *self.block(2)]
        if self.random.random() < 0.4:
            body.append(Node(f"for i = 1, 2 do show(coroutine.yield(i, {self.expression(1)})) end"))
        if self.random.random() < 0.3:
            body.append(Node(f"error({self.string()})"))
        if self.random.random() < 0.3:
            body.append(Node("show(pcall(coroutine.yield, 1))"))
        body.append(Node(f"return {self.atom()}, {self.value()}"))
        self.in_coroutine, self.in_vararg = saved, vararg
        if self.random.random() < 0.5:
            make, use = f"local {name} = coroutine.create(function(...)", f"coroutine.resume, {name}"
            status = Node(f"show(coroutine.status({name}))")
        else:
            make, use, status = f"local {name} = coroutine.wrap(function(...)", name, Node("show(coroutine.running())")
        resumes = [Node(f"show(pcall({use}, {self.atom()}, {self.atom()}))") for _ in range(self.random.randint(1, 5))]
        return Node("do", (Node(make, tuple(body), "end)", required=True), *resumes, status), "end")

    # Expressions

    def expressions(self, most: int) -> str:
        return ", ".join(self.expression(2) for _ in range(self.random.randint(1, most)))

    def expression(self, depth: int) -> str:
        if depth <= 0:
            return self.atom()
        kind = self.random.random()
        if kind < 0.35:
            return self.atom()
        if kind < 0.55:
            operator = self.random.choice(OPERATORS)
            return f"{self.expression(depth - 1)} {operator} {self.expression(depth - 1)}"
        if kind < 0.62:
            return f"({self.expression(depth - 1)})"
        if kind < 0.70:
            return f"{self.random.choice(('-', 'not ', '#'))}{self.atom()}"
        if kind < 0.78:
            return f"{self.variable()}{self.key()}"
        if kind < 0.84:
            return f"{self.variable()}({self.atom()})"
        if kind < 0.88:
            return f"{self.variable()}:{self.random.choice(NAMES)}({self.atom()})"
        if kind < 0.93:
            return self.constructor()
        if kind < 0.97:
            operator = self.random.choice(("and", "or"))
            return f"{self.expression(depth - 1)} {operator} {self.expression(depth - 1)}"
        if self.in_vararg:
            return self.random.choice(("...", "(...)", "select('#', ...)"))
        return f"(function(...) return {self.random.choice(('...', 'select(2, ...)', 'arg'))} end)({self.atom()}, 2)"

    def value(self) -> str:
        """An expression that cannot fail."""
        return self.weighted(
            (
                (4, self.atom),
                (3, self.constructor),
                (1, lambda: f"{self.number()} {self.random.choice('+-*/%^')} {self.number()}"),
                (1, lambda: f"{self.string()} .. {self.number()}"),
                (1, lambda: "function(...) return ... end"),
            )
        )()

    def atom(self) -> str:
        return self.weighted(
            (
                (6, self.number),
                (4, self.string),
                (6, self.variable),
                (1, lambda: "nil"),
                (1, lambda: "true"),
                (1, lambda: "false"),
                (1, lambda: "{}"),
                (1, lambda: "math.huge"),
            )
        )()

    def variable(self) -> str:
        if self.locals and self.random.random() < 0.85:
            return self.random.choice(self.locals)
        return self.random.choice(NAMES).upper()

    def constructor(self) -> str:
        items = []
        for _ in range(self.random.randint(0, 4)):
            kind = self.random.random()
            if kind < 0.6:
                items.append(self.atom())
            elif kind < 0.8:
                items.append(f"{self.random.choice(NAMES)} = {self.atom()}")
            else:
                items.append(f"[{self.random.choice((self.number(), self.string()))}] = {self.atom()}")
        return "{" + ", ".join(items) + "}"

    def plain_constructor(self) -> str:
        """One whose order of traversal does not depend on addresses."""
        keys = self.random.sample([*NAMES, *("k" + name for name in NAMES)], self.random.randint(0, 9))
        items = [f"{key} = {self.number()}" for key in keys]
        items += [self.number() for _ in range(self.random.randint(0, 5))]
        items += [f"[{self.random.randint(-3, 12)}] = 1" for _ in range(self.random.randint(0, 3))]
        self.random.shuffle(items)
        return "{" + ", ".join(items) + "}"

    def number(self) -> str:
        return self.random.choice(NUMBERS)

    def string(self) -> str:
        return repr_lua(self.random.choice(STRINGS))

    def small(self) -> str:
        return str(self.random.randint(-4, 6))

    def name(self) -> str:
        return self.random.choice(NAMES)

    def fresh(self) -> str:
        self.serial += 1
        return f"v{self.serial}"
