"""Random Lua programs: correct ones, broken ones and token soup. One seed gives one program."""

from __future__ import annotations

from random import Random

_NAMES = ["a", "b", "c", "d", "e", "f", "g", "t", "x", "y", "zz"]
_CONSTANTS = ["nil", "true", "false", "1", "2", "0", "0.5", "1e10", "0x10", "-1", "10", "100"]
_STRINGS = ['"s"', "'q\\n'", "[[l\nm]]", '""', '"10"']
_OPERATORS = ["+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or", "and", "or"]
_SPACE = [""] * 12 + ["\n", "\n", "\r\n", " --c\n", " --[[\n]] "]

_FRAGMENTS: list[bytes] = [
    *b"a b x foo 1 2.5 0x1f nil true false ... + - * / % ^ .. == ~= < <= > >= and or not # ( ) { } [ ]".split(),
    *b"; : , . =".split(),
    *b"if then else elseif end while do for in repeat until function local return break goto :: ~ ! @ $ \\".split(),
    *(
        b'"s"',
        b"'t\\n'",
        b"[[l]]",
        b'"',
        b"'",
        b"[[",
        b"]]",
        b"[=",
        b"--[[",
        b"--c\n",
        b'"\\300"',
        b'"a\\\nb"',
        b"3..2",
        b"1e",
    ),
    *(b"\n", b"\r\n", b"\n\r", b"\t", b"\0", b"\x01", b"\x7f", b"\x80"),
]


class ProgramGenerator:
    """Writes syntactically correct programs; what they do when run is anybody's guess."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.vararg = [True]
        self.loops = [0]

    def space(self) -> str:
        return " " + self.random.choice(_SPACE)

    def name(self) -> str:
        return self.random.choice(_NAMES)

    def listed(self, depth: int, counts: list[int]) -> str:
        separator = "," + self.space()
        return separator.join(self.expression(depth) for _ in range(self.random.choice(counts)))

    def prefix(self, depth: int) -> str:
        chance = self.random.random()
        if chance < 0.6 or depth <= 0:
            return self.name()
        if chance < 0.75:
            return f"{self.prefix(depth - 1)}{self.space()}.{self.name()}"
        if chance < 0.85:
            return f"{self.prefix(depth - 1)}[{self.space()}{self.expression(depth - 1)}{self.space()}]"
        if chance < 0.9:
            return f"({self.space()}{self.expression(depth - 1)}{self.space()})"
        return self.call(depth - 1)

    def call(self, depth: int) -> str:
        function = self.prefix(depth - 1)
        if self.random.random() < 0.25:
            function += f":{self.space()}{self.name()}"
        chance = self.random.random()
        if chance < 0.7:
            return f"{function}({self.space()}{self.listed(depth - 1, [0, 1, 1, 2, 3])}{self.space()})"
        argument = self.random.choice(_STRINGS) if chance < 0.85 else self.table(depth - 1)
        return f"{function}{self.space()}{argument}"

    def table(self, depth: int) -> str:
        items = []
        for _ in range(self.random.choice([0, 1, 2, 3, 4, 6])):
            chance = self.random.random()
            value = self.expression(depth - 1)
            if chance < 0.5:
                items.append(value)
            elif chance < 0.75:
                items.append(f"{self.name()}{self.space()}={self.space()}{value}")
            else:
                items.append(f"[{self.space()}{self.expression(depth - 1)}{self.space()}]={value}")
        if self.random.random() < 0.03:
            items += ["1"] * self.random.choice([48, 49, 50, 51, 100, 101])
        text = "".join(f"{item}{self.space()}{self.random.choice(',;')}{self.space()}" for item in items[:-1])
        if items:
            text += items[-1] + self.space() + self.random.choice(["", "", ",", ";"])
        return "{" + self.space() + text + self.space() + "}"

    def expression(self, depth: int) -> str:
        chance = self.random.random()
        if depth <= 0 or chance < 0.15:
            return self.random.choice([*_CONSTANTS, *_STRINGS, *_NAMES])
        if chance < 0.35:
            return self.prefix(depth)
        if chance < 0.42:
            return self.call(depth)
        if chance < 0.5:
            return self.table(depth)
        if chance < 0.55:
            return f"function{self.space()}{self.body(depth)}"
        if chance < 0.58 and self.vararg[-1]:
            return "..."
        if chance < 0.66:
            return self.random.choice(["-", "not ", "#", "- -"]) + self.expression(depth - 1)
        if chance < 0.7:
            return f"({self.expression(depth - 1)})"
        operator = self.random.choice(_OPERATORS)
        return f"{self.expression(depth - 1)} {operator}{self.space()}{self.expression(depth - 1)}"

    def body(self, depth: int) -> str:
        parameters = [self.name() for _ in range(self.random.choice([0, 1, 2, 3]))]
        is_vararg = self.random.random() < 0.3
        if is_vararg:
            parameters.append("...")
        self.vararg.append(is_vararg)
        self.loops.append(0)
        text = f"({self.space()}{', '.join(parameters)}){self.space()}{self.block(depth - 1)} end"
        self.vararg.pop()
        self.loops.pop()
        return text

    def block(self, depth: int) -> str:
        count = self.random.choice([0, 1, 1, 2, 3]) if depth < 3 else self.random.randint(1, 6)
        parts = [self.statement(depth) + self.random.choice([";", "\n", " ;\n", "\n"]) for _ in range(count)]
        chance = self.random.random()
        if chance < 0.15:
            parts.append(f"return{self.space()}{self.listed(depth, [0, 1, 1, 2])}{self.random.choice(['', ';'])}")
        elif chance < 0.3 and self.loops[-1]:
            parts.append("break" + self.random.choice(["", ";"]))
        return self.space() + "\n".join(parts) + self.space()

    def loop_body(self, depth: int) -> str:
        self.loops[-1] += 1
        text = self.block(depth - 1)
        self.loops[-1] -= 1
        return text

    def target(self, depth: int) -> str:
        if self.random.random() < 0.5:
            return self.name()
        key = self.random.choice([f".{self.name()}", f"[{self.expression(depth - 1)}]"])
        return self.prefix(depth - 1) + key

    def statement(self, depth: int) -> str:
        chance = self.random.random()
        if depth <= 0:
            chance /= 2
        for limit, form in _STATEMENTS:
            if chance < limit:
                return form(self, depth)
        raise AssertionError("the last limit is 1")

    def local(self, depth: int) -> str:
        names = ", ".join(self.name() for _ in range(self.random.choice([1, 1, 2, 3])))
        values = f" ={self.space()}{self.listed(depth, [1, 1, 2, 3, 4])}"
        return f"local {names}{self.random.choice(['', values])}"

    def assignment(self, depth: int) -> str:
        targets = ", ".join(self.target(depth) for _ in range(self.random.choice([1, 1, 1, 2, 3])))
        return f"{targets}{self.space()}={self.space()}{self.listed(depth, [1, 1, 2, 3])}"

    def do_block(self, depth: int) -> str:
        return f"do {self.block(depth - 1)} end"

    def while_loop(self, depth: int) -> str:
        return f"while {self.expression(depth - 1)}{self.space()}do{self.space()}{self.loop_body(depth)} end"

    def repeat_loop(self, depth: int) -> str:
        return f"repeat {self.loop_body(depth)} until{self.space()}{self.expression(depth - 1)}"

    def conditional(self, depth: int) -> str:
        text = f"if{self.space()}{self.expression(depth - 1)}{self.space()}then {self.block(depth - 1)}"
        for _ in range(self.random.choice([0, 0, 1, 2])):
            text += f"elseif {self.expression(depth - 1)} then {self.block(depth - 1)}"
        return text + self.random.choice(["", f"else {self.block(depth - 1)}"]) + " end"

    def numeric_for(self, depth: int) -> str:
        values = f"{self.expression(depth - 1)},{self.space()}{self.expression(depth - 1)}"
        step = self.random.choice(["", f",{self.expression(depth - 1)}"])
        return f"for {self.name()}={values}{step}{self.space()}do {self.loop_body(depth)} end"

    def generic_for(self, depth: int) -> str:
        names = ", ".join(self.name() for _ in range(self.random.choice([1, 2, 3])))
        values = self.listed(depth - 1, [1, 1, 2, 3, 4])
        return f"for {names}{self.space()}in{self.space()}{values}{self.space()}do {self.loop_body(depth)} end"

    def function_statement(self, depth: int) -> str:
        name = self.name() + "".join(f".{self.name()}" for _ in range(self.random.choice([0, 0, 1, 2])))
        method = self.random.choice(["", "", f":{self.name()}"])
        return f"function {name}{method}{self.space()}{self.body(depth)}"

    def local_function(self, depth: int) -> str:
        return f"local function {self.name()}{self.space()}{self.body(depth)}"


_STATEMENTS = [
    (0.15, ProgramGenerator.local),
    (0.4, ProgramGenerator.assignment),
    (0.5, ProgramGenerator.call),
    (0.55, ProgramGenerator.do_block),
    (0.62, ProgramGenerator.while_loop),
    (0.68, ProgramGenerator.repeat_loop),
    (0.78, ProgramGenerator.conditional),
    (0.84, ProgramGenerator.numeric_for),
    (0.9, ProgramGenerator.generic_for),
    (0.95, ProgramGenerator.function_statement),
    (1.0, ProgramGenerator.local_function),
]


def correct_program(random: Random, depth: int = 3) -> bytes:
    """A program by the grammar. A call that begins a line may still read as an ambiguous one to Lua."""
    return ProgramGenerator(random).block(depth).encode()


def token_soup(random: Random) -> bytes:
    separator = b" " if random.random() < 0.8 else b""
    return separator.join(random.choice(_FRAGMENTS) for _ in range(random.randint(1, 12)))


def broken_program(random: Random) -> bytes:
    """A correct program with a few bytes dropped, doubled, replaced or cut off."""
    source = bytearray(correct_program(random))
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(source) + 1)
        change = random.choice(["drop", "insert", "byte", "cut", "copy"])
        if change == "drop":
            del source[at : at + random.randint(1, 5)]
        elif change == "insert":
            source[at:at] = random.choice(_FRAGMENTS) + b" "
        elif change == "byte":
            source[at:at] = bytes([random.randrange(256)])
        elif change == "cut":
            del source[at:]
        else:
            begin = random.randrange(len(source) + 1)
            source[at : at + random.randint(0, 10)] = source[begin : begin + random.randint(0, 20)]
    return bytes(source)


def any_program(random: Random) -> bytes:
    """One of all the above, or plain noise."""
    chance = random.random()
    if chance < 0.3:
        return token_soup(random)
    if chance < 0.35:
        return random.randbytes(random.randint(1, 12))
    if chance < 0.5:
        return correct_program(random)
    return broken_program(random)
