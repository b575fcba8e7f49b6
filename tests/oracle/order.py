"""Templates of programs in which every part of a statement changes what the other parts read: locals, upvalues,
globals and fields, through calls and metamethods. They show in which order an engine evaluates.

Arithmetic has no result that depends on an address, and every operation says in the log that it happened.
"""

from __future__ import annotations

from random import Random

from tests.oracle.program import Node
from tests.oracle.templates import Pool, filled

PRELUDE = (
    "local lines = {}",
    "local function say(...) local r = {...} for i = 1, select('#', ...) do r[i] = tostring(r[i]) end"
    " lines[#lines + 1] = table.concat(r, ' ') end",
    "local function report(...) say('report', ...) end",
    "local hook = function() end",
    "local meta = {}",
    "local function new(name) return setmetatable({name = name, 10, 20, 30, x = 1}, meta) end",
    "local function number(v) return type(v) == 'table' and #v.name or type(v) == 'number' and v % 1000 or 0 end",
    "function meta.__tostring(v) return rawget(v, 'name') end",
    "for _, event in ipairs{'add', 'sub', 'mul', 'div', 'mod', 'pow', 'concat'} do"
    " meta['__' .. event] = function(p, q) say(event, p, q) hook() return number(p) * 2 + number(q) end end",
    "function meta.__unm(p) say('unm', p) hook() return number(p) end",
    "function meta.__eq(p, q) say('eq', p, q) hook() return true end",
    "function meta.__lt(p, q) say('lt', p, q) hook() return true end",
    "function meta.__le(p, q) say('le', p, q) hook() return false end",
    "function meta.__call(p, ...) say('call', p, ...) hook() return number(p), ... end",
    "function meta.__index(p, k) say('index', p, k) hook() if k == 'm' then return meta.__call end"
    " return k == 't' and p or 7 end",
    "function meta.__newindex(p, k, v) say('newindex', p, k, v) hook() rawset(p, k, v) end",
    "local function contents(v) if type(v) ~= 'table' then return v end local r = {rawget(v, 'name')}"
    " for k, w in pairs(v) do r[#r + 1] = tostring(k) .. '=' .. tostring(w) end table.sort(r)"
    " return '{' .. table.concat(r, ' ') .. '}' end",
    "local function emit(...) show(...) for _, line in ipairs(lines) do show(line) end lines = {} end",
)

POOLS: dict[str, Pool] = {
    "local": ("a", "b", "c", "t", "s", "(a)", "(nil or a)", "(1 and b)"),
    "number": ("1", "2", "3", "'1'", "-1"),
    "name": ("<local>", "<local>", "A", "B", "T", "S"),
    "object": ("t", "t", "s", "T", "S", "t", "(t)", "(nil or t)", "h()", "t.t", "T.t"),
    "key": ("a", "a", "b", "A", "1", "'x'", "<value>", "(a)", "#t", "#t + 1"),
    "field": ("<object>[<key>]", "<object>[<key>]", "<object>.x", "<object>.y", "t[a]", "T[A]", "t[A]", "T[a]"),
    "call": ("f()", "f(<value>)", "g()", "g(<values>)", "t:m(<values>)", "<object>:m(<value>)", "t(<values>)",
             "f(<name>, g())", "T(<name>, f())", "h():m(<value>)", "t.m(<values>)"),
    "operator": ("+", "-", "*", "..", "..", "==", "~=", "<", "<=", ">", ">=", "/", "%", "^"),
    "operation": ("<name> <operator> <call>", "<call> <operator> <name>", "<field> <operator> <call>",
                  "<call> <operator> <field>", "<simple> <operator> <simple>", "<name> .. <call> .. <name>",
                  "<name> .. <name> .. <call>", "-<simple>", "not <call>", "(<value>) <operator> (<value>)",
                  "<name> + <call> * <name>", "<name> < <call>", "<call> > <name>", "<name> > <call>"),
    "logic": ("<name> and <call>", "<name> or <call>", "<call> and <name>", "(<value> and <value>)",
              "<call> == <name> and <value> or <value>"),
    "constructor": ("#{<values>}", "({<values>})[<number>]", "contents{[<key>] = <value>, <values>}",
                    "contents{<name>, [<key>] = <value>, <value>}", "contents{x = <name>, y = <call>, <value>}",
                    "({[<name>] = <call>})[<name>]"),
    "simple": ("<name>", "<name>", "<number>", "<field>", "<call>"),
    "value": ("<simple>", "<simple>", "<call>", "<operation>", "<operation>", "<logic>", "<constructor>"),
    "values": ("<value>", "<value>, <value>", "<value>, <name>, <value>", "<name>, <call>", "<call>, <name>"),
    "target": ("<field>", "<field>", "<field>", "<field>", "<field>", "<field>", "a", "b", "a", "A", "B", "t", "T"),
    "table": ("h()", "t", "s", "T", "S", "h(<values>)", "t.t", "T.t", "new('n')"),
    "change": ("a = a + 1", "b = b + 1", "a, b = b, a", "t = s", "t, s = s, t", "A = A + 1", "T, S = S, T",
               "t = T", "T = t", "A = B", "t[1] = 40", "T.x = 50", "t.x = 60", "t.t, T.t = T, t", "b = 'b'", "c = nil",
               "f, g = g, f", "hook = function() a = 2 T = s end", "hook = function() t = s A = 3 end",
               "hook = function() end", "a = 1", "A = 1", "rawset(t, 3, nil)", "t[#t + 1] = 5"),
    "result": ("1", "2", "a", "A", "t", "3, 4", "", "nil", "a, t", "T"),
    "statement": ("t = <table>", "T = <table>", "<field>, t = <value>, <table>", "t, <field> = <table>, <value>",
                  "T, <field>, t[1] = <table>, <values>", "<target> = <value>", "<target> = <value>",
                  "<field> = <call>", "t[#t + 1] = <value>",
                  "T[#T + 1] = <call>", "t[A] = <call>", "t[a] = <call>",
                  "<target>, <target> = <values>", "<target>, <target> = <call>", "<field>, a, <field> = <values>",
                  "a, <field> = <values>", "<target>, <target>, <target> = <values>",
                  "t[a], a = <values>", "t[a], a, t[a] = <values>", "t[a], t, t[f()] = <value>, <table>, <value>",
                  "local x, y = <values> say(x, y)", "local x = <values> say(x)",
                  "local x, y, z = <values> say(x, y, z)",
                  "say(<values>)", "say(<value>)", "t:m(<values>)", "<object>:m(<values>)", "say(contents{<values>})",
                  "for i = <value>, <value>, <value> do say(i) break end", "for i = <name>, <call> do say(i) break end",
                  "for i in report, <values> do say(i) end",
                  "if <value> then say('yes') else say('no') end", "if <operation> then say('yes') end",
                  "function <path>.x() end", "function t.y() end say(type(t.y))",
                  "do return <values> end", "do return <value> end", "while <value> do <change> break end",
                  "repeat <change> until <value> or true", "say(select('#', <values>))"),
    "path": ("t", "T", "t.t", "T.t", "s"),
}  # fmt: skip

SIMPLER = {"value": "name", "values": "name", "key": "local", "object": "path", "operation": "name"}

WORLD = (
    "A, B, T, S = 1, 2, new('T'), new('S')",
    "hook = function() end",
    "local a, b, c, t, s = 1, 2, 3, new('t'), new('s')",
    "local f, g, h",
)
"""Fresh variables for each case."""

PLACES = (
    ("", ""),
    ("(function(...)", "end)(1, 2)"),
    ("coroutine.wrap(function(...)", "end)()"),
    ("for turn = 1, 2 do", "end"),
    ("local function run() local a, b, t = a, b, t f = function() a = a + 1 t = s b = b + 1 return a end", "end run()"),
)
"""Where the statements stand: in the function that declares the variables, in one that captures them, in a loop."""


def nodes(random: Random, cases: int) -> list[Node]:
    """So many cases, each with variables of its own, and before them what they use."""
    return [*(Node(line, required=True) for line in PRELUDE), *(_case(random) for _ in range(cases))]


def _case(random: Random) -> Node:
    def fill(template: str) -> str:
        return filled(random, POOLS, SIMPLER, template)

    functions = [
        f"{name} = function(...) say('{name}', ...) {fill('<change>')} {fill(random.choice(('', '<change>')))}"
        f" return {fill('<result>')} end"
        for name in "fgh"
    ]
    if random.random() < 0.95:
        functions[2] = functions[2].rsplit("return", 1)[0] + f"return {random.choice(('t', 'T', 's'))} end"
    begin, end = random.choice(PLACES)
    statements = [Node(fill("<statement>")) for _ in range(random.randint(1, 3))]
    body = [Node(begin, tuple(statements), end)] if begin else statements
    looped = random.random() < 0.2
    inside = (
        *(Node(line, required=True) for line in WORLD),
        *map(Node, functions),
        Node("local state = function() return contents(a), contents(b), contents(c), contents(t), contents(s) end"),
        Node("finish = function() emit(contents(A), contents(B), contents(T), contents(S), state()) end"),
        *body,
    )
    run = Node("show(pcall(function()", inside, "end)) finish()")
    return Node("for round = 1, 2 do", (run,), "end") if looped else run
