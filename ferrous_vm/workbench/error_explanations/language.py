"""Errors that Lua raises while a script runs: which variable, what it was, what to do."""

from __future__ import annotations

import re

from ferrous_vm.analysis.lint.later_lua import LATER_LIBRARY
from ferrous_vm.workbench.error_explanations.clues import Clues, Explanation, plain, row, shown

FALSE = "No value of Redis, as of a missing key or field, is false in Lua: test for it first."
NULL = "JSON's null is cjson.null in Lua, which is true, so x or 0 does not help: ask x == cjson.null."
TEST = "Test for it first: if value then … end."
VARIABLE = r"(?:(local|global|field|upvalue|method) '([^']*)' \(a (\w+) value\)|a (\w+) value)"
"""How Lua names a value in an error: by its variable where it knows it."""


class Named:
    """The value an error is about: `noun` names it in a sentence, `kind` is its type."""

    def __init__(self, found: re.Match[str]) -> None:
        scope, name, kind, bare = found.groups()[-4:]
        self.kind: str = kind or bare
        self.name: str = name or ""
        known = f"{'the field' if scope == 'field' else scope} {name}"
        self.noun = known if name and name != "?" else "a value of this line"


def _nothing(clues: Clues, kind: str, name: str = "", argument: int | None = None) -> str:
    """Why a value, of the variable `name`, is nil or false, as far as it is known; of a call, that `argument`."""
    story = clues.story(argument)
    if kind == "userdata":
        return f"{story} {NULL}".strip()
    if kind == "boolean":
        return f"{story} {TEST}" if story else clues.why_false(name) + (clues.deleted_entry or FALSE)
    if story:
        return f"{story} Test for nil before, or give it another value: x or 0."
    return clues.missing_input or "Set it before this line, or give it another value: x or 0. Names are case-sensitive."


@row("index-nothing", rf"attempt to index {VARIABLE}")
def _index(clues: Clues, found: re.Match[str]) -> Explanation:
    value = Named(found)
    what = f"The line takes a field of {value.noun}, which is {_a(value.kind)}: only tables have fields."
    if value.kind in ("nil", "boolean", "userdata"):
        return Explanation(what, _nothing(clues, value.kind, value.name))
    advice = "Check what it holds: HGETALL and cjson.decode give tables, GET gives a string."
    return Explanation(what, f"{clues.story(None)} {advice}".strip())


@row("call-nothing", rf"attempt to call {VARIABLE}")
def _call(clues: Clues, found: re.Match[str]) -> Explanation:
    value = Named(found)
    what = f"The line calls {value.noun}, which is {_a(value.kind)} and no function."
    if value.kind == "nil" and "method" in found[0]:
        return Explanation(what, f"Nothing has a method {value.name}. Strings have those of string: s:sub(1, 2).")
    if value.name == "register_function":
        return Explanation(what, "It exists only while FUNCTION LOAD loads a library: choose FCALL as the command.")
    if value.kind == "nil":
        return Explanation(what, _missing_function(value.name))
    return Explanation(what, "A comma may be missing in a list before it, or a variable hides the function.")


def _missing_function(name: str) -> str:
    """What to call in place of a function that is not there."""
    later = next((row for spelt, row in LATER_LIBRARY.items() if spelt.rpartition(b".")[2].decode() == name), None)
    if later is not None:
        return f"It came with a later Lua; Redis runs 5.1. {later[0]}"
    return "Check the spelling, and that it is declared above this line."


@row("arithmetic", rf"attempt to perform arithmetic on {VARIABLE}")
def _arithmetic(clues: Clues, found: re.Match[str]) -> Explanation:
    value = Named(found)
    what = f"The line calculates with {value.noun}, which is {_a(value.kind)}."
    if value.kind == "string":
        what = f"{what[:-1]} that reads as no number. {clues.story(None) or clues.text_input}".strip()
        return Explanation(what, "Test it with tonumber(…), which gives nil for such text.")
    if value.kind == "table":
        advice = "Take an element of a list, t[1]; a status reply has its text in t.ok."
        return Explanation(what, f"{clues.story(None)} {advice}".strip())
    return Explanation(what, _nothing(clues, value.kind, value.name))


@row("concatenate", rf"attempt to concatenate {VARIABLE}")
def _concatenate(clues: Clues, found: re.Match[str]) -> Explanation:
    value = Named(found)
    what = f"The line joins text with {value.noun}, which is {_a(value.kind)}: .. takes strings and numbers."
    advice = "table.concat(t, ' ') joins a list." if value.kind == "table" else _nothing(clues, value.kind, value.name)
    return Explanation(what, advice)


@row("compare", r"attempt to compare (?:(\w+) with (\w+)|two (\w+) values)")
def _compare(clues: Clues, found: re.Match[str]) -> Explanation:
    left, right = found[1] or found[3], found[2] or found[3]
    what = f"The line compares {_a(left)} with {_a(right)}: <, <=, > and >= take two numbers or two strings."
    if {left, right} == {"number", "string"}:
        return Explanation(what, "KEYS, ARGV and what GET answers are strings: write tonumber(…) around it.")
    nothing = next((kind for kind in ("nil", "boolean", "userdata") if kind in (left, right)), None)
    if nothing is not None:
        return Explanation(what, _nothing(clues, nothing))
    return Explanation(what, "Compare a field of each.")


@row("length", rf"attempt to get length of {VARIABLE}")
def _length(clues: Clues, found: re.Match[str]) -> Explanation:
    value = Named(found)
    what = f"The line takes the length (#) of {value.noun}, which is {_a(value.kind)}: strings and tables have one."
    if value.kind in ("nil", "boolean", "userdata"):
        return Explanation(what, _nothing(clues, value.kind, value.name))
    return Explanation(what, "Write #tostring(…).")


@row("bad-argument", r"bad argument #(\d+) to '([^']*)' \((\w[\w/ ]*) expected, got ([\w ]+)\)")
def _bad_argument(clues: Clues, found: re.Match[str]) -> Explanation:
    position, function, expected, got = found.groups()
    what = f"Argument {position} of {function} must be {_a(expected)}, and was {_a(got)}."
    if got in ("nil", "no value", "boolean", "userdata"):
        kind = "nil" if got == "no value" else got
        return Explanation(what, _nothing(clues, kind, "", None if got == "no value" else int(position)))
    advice = "Write tonumber(…) around it." if expected == "number" else "Check the order of the arguments."
    return Explanation(what, f"{advice} {clues.text_input}".strip())


@row("raised-by-the-script", r".*")
def _raised(clues: Clues, found: re.Match[str]) -> Explanation:
    if clues.command is not None:
        line = " ".join(shown(word) for word in clues.words[1:6])
        what = f"{clues.name} refused what it was given: {line}."
        return Explanation(what, f"It is called so: {clues.syntax}")
    what = "The script ended itself here, with error(…), assert(…) or an error reply of its own."
    return Explanation(what, "The sentence is the script's: look at the condition before it.")


def _a(kind: str) -> str:
    if kind in ("nil", "no value"):
        return kind
    return f"an {kind}" if kind[:1] in "aeio" else f"a {kind}"


ROWS = (
    _index,
    _call,
    _arithmetic,
    _concatenate,
    _compare,
    _length,
    _bad_argument,
    plain(
        "bad-argument-value",
        r"bad argument #(\d+) to '([^']*)' \((.*)\)",
        "Argument {0} of {1} is of the right type, and {1} cannot use its value: {2}.",
        "Look at the value with redis.log before the line.",
    ),
    plain(
        "too-large",
        r"string of (\d+) bytes exceeds the limit of \d+|(?:memory limit .*|not enough memory.*)",
        "The script made more than fits into memory: a string may have 512 MB.",
        "Look for a loop that joins or repeats without an end, and work on large data in parts.",
    ),
    plain(
        "stack-overflow",
        r"(?:C )?stack overflow.*",
        "A function calls itself without an end, or tables ask each other through __index.",
        "Check what ends the recursion, or write a loop.",
    ),
    plain(
        "unpack-too-much",
        r"(?:too many results to unpack|stack overflow \(.*|string slice too long)",
        "unpack was given more elements than fit on Lua's stack (about 8000).",
        "Send the elements in groups: for i = 1, #t, 1000 do "
        "redis.call('RPUSH', key, unpack(t, i, math.min(i + 999, #t))) end",
    ),
    plain(
        "concat-element",
        r"invalid value \((\w+)\) at index (\d+) in table for 'concat'",
        "Element {1} of the list is of type {0}: table.concat joins strings and numbers.",
        "Convert it with tostring(…) before; false stands where Redis had no value.",
    ),
    plain(
        "table-index",
        r"table index is (nil|NaN)",
        "A table was given a value under the index {0}, and no table has that.",
        "Check the expression in the brackets: KEYS[n] and ARGV[n] beyond the last are nil.",
    ),
    plain(
        "for-bounds",
        r"'for' (initial value|limit|step) must be a number",
        "The {0} of the for loop is no number.",
        "ARGV and replies are strings: write tonumber(…); #t counts a list.",
    ),
    plain(
        "assertion",
        r"assertion failed!",
        "assert(…) was given nil or false: what the script takes for granted does not hold.",
        "Give assert a second argument, the sentence to say. assert(redis.pcall(…)) checks nothing: errors are tables.",
    ),
    plain(
        "json-decode",
        r"Expected (.*) but found (.*) at character (\d+)",
        "cjson.decode read text that is no JSON: at character {2} it expected {0} and found {1}.",
        "Look at the text with redis.log. An empty string and a missing value are no JSON.",
    ),
    plain(
        "json-nesting",
        r"(?:Cannot serialise, excessive nesting|Found too many nested data structures) \(\d+\)",
        "cjson met tables nested more than 1000 deep: one of them contains itself, as a rule.",
        "Encode copies that hold no table twice, or raise it: cjson.encode_max_depth, cjson.decode_max_depth.",
    ),
    plain(
        "json-sparse",
        r"Cannot serialise table: excessively sparse array",
        "cjson.encode was given a list with few elements and a large index.",
        "Use text as keys (tostring(id)), or cjson.encode_sparse_array(true).",
    ),
    plain(
        "json-type",
        r"Cannot serialise (\w+): (?!excessively sparse)(.*)",
        "cjson.encode was given a {0} ({1}), and JSON has nothing for it.",
        "Encode plain values: strings, numbers that are finite, true and false, lists and tables with text as keys.",
    ),
    plain(
        "msgpack",
        r"(?:Missing bytes in input\.|Bad data format in input\.|.*cmsgpack.*)",
        "cmsgpack.unpack read bytes that are no whole MessagePack value.",
        "Unpack only what cmsgpack.pack wrote; ARGV must carry it byte for byte.",
    ),
    plain(
        "format-option",
        r"invalid option '([^']*)' to 'format'",
        "string.format does not know {0}.",
        "It takes %d %i %u %x %o %c %s %q %f %e %g; a percent sign itself is %%.",
    ),
    plain(
        "pattern",
        r"malformed pattern.*|unfinished capture|invalid pattern capture|invalid capture index.*"
        r"|missing '\[' after '%f' in pattern",
        "The pattern of string.find, match, gmatch or gsub is not well-formed.",
        "Lua's patterns escape with %: %. %[ %%. For plain text call string.find(s, text, 1, true).",
    ),
    plain(
        "sort-function",
        r"invalid order function for sorting",
        "The function given to table.sort contradicts itself.",
        "It must answer true only when its first argument comes strictly before the second: < and never <=.",
    ),
    plain(
        "coroutine",
        r"attempt to yield across metamethod/C-call boundary|cannot resume (?:dead|non-suspended) coroutine",
        "A coroutine was resumed after its end, or yielded where Lua 5.1 cannot: inside pcall, sort or gsub.",
        "Check coroutine.status before, and yield outside such calls.",
    ),
    _raised,
)
"""Every row of this family; the last one takes what is left: what the script raised itself, or a command refused."""
