"""Slips that keep a source from compiling, and how each is put right: one function a kind, in the order they are tried.

Each is given the place of Lua's error and yields repairs that fit what stands there. Whether one helps is tried by
`repairs.py`; nothing here needs to be sure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Fix
from ferrous_vm.analysis.lint.repair_site import Repair, Site, last_of_value, repaired
from ferrous_vm.analysis.lint.sign_slips import (
    assignments,
    attributes,
    comments,
    conditional,
    foreign_signs,
    later_operators,
    numbers,
    typographic,
)
from ferrous_vm.analysis.lint.value_slips import arrows, calls, dots, fields, lists, quotes, ranges
from ferrous_vm.syntax.lexer import EOS, ERROR, KEYWORDS, NAME, NUMBER, STRING

_WORDS: Final = tuple(word.decode() for word in KEYWORDS)
_ENDS_STATEMENT: Final = frozenset(("end", "else", "elseif", "until", ";", EOS, ERROR))


def _beginning(site: Site) -> Iterator[Repair]:
    """A byte order mark, and a shebang that is not the first thing."""
    source = site.tokens.source
    if source.startswith(b"\xef\xbb\xbf"):
        advice = "The script begins with a byte order mark, which Lua 5.1 refuses: save it as UTF-8 without one (BOM)."
        yield repaired(advice, "Take the byte order mark away", (0, 3, b""))
    shebang = source.find(b"#!lua")
    if shebang > 0 and site.at < len(site.tokens.starts) and site.tokens.starts[site.at] == shebang:
        before = source[:shebang]
        what = "a line break stands" if before.strip(b"\r\n") == b"" else "something stands"
        what = "white space stands" if what != "a line break stands" and not before.strip() else what
        advice = f"#!lua must be the very first bytes of the script, and here {what} before it."
        if not before.strip():
            yield repaired(advice, "Begin with #!lua", (0, shebang, b""))
        else:
            end = source.find(b"\n", shebang)
            line = source[shebang:] if end < 0 else source[shebang : end + 1]
            yield repaired(advice, "Begin with #!lua", (0, 0, line), (shebang, shebang + len(line), b""))


_OTHER_WORDS: Final[dict[bytes, tuple[bytes, str]]] = {
    b"elif": (b"elseif", "Lua writes elseif."),
    b"elsif": (b"elseif", "Lua writes elseif."),
    b"elseIf": (b"elseif", "Lua writes elseif."),
    **dict.fromkeys((b"let", b"var", b"const", b"my", b"auto", b"val"), (b"local", "Lua writes local.")),
    **dict.fromkeys((b"def", b"func", b"fn", b"sub"), (b"local function", "Lua writes local function f(…) … end.")),
    **dict.fromkeys((b"endif", b"fi", b"done", b"endfor", b"endfunction"), (b"end", "Lua ends every block with end.")),
    b"unless": (b"if not", "Lua writes if not … then."),
    b"is": (b"==", "Lua writes ==."),
    b"foreach": (b"for", "Lua writes for _, value in ipairs(list) do."),
}


def _words(site: Site) -> Iterator[Repair]:
    """Words of other languages, words in capitals, and words misspelt."""
    for at in reversed(site.near()):
        if site.kind(at) is not NAME:
            continue
        word = site.text(at)
        if word in _OTHER_WORDS:
            instead, advice = _OTHER_WORDS[word]
            yield repaired(advice, f"Write {instead.decode()}", (*site.span(at), instead))
        if word.lower() in KEYWORDS:
            advice = f"Lua's words are in small letters: {word.lower().decode()}."
            yield repaired(advice, f"Write {word.lower().decode()}", (*site.span(at), word.lower()))
        if len(word) > 2:
            close = get_close_matches(word.decode("latin-1"), _WORDS, 1, 0.75)
            if close:
                advice = f"{word.decode('latin-1')} is no word of Lua. Did you mean {close[0]}?"
                yield repaired(advice, f"Write {close[0]}", (*site.span(at), close[0].encode()))


def _matching(site: Site, index: int) -> int | None:
    """The brace that closes the one at `index`."""
    depth = 0
    for at in range(index, len(site.tokens.kinds)):
        depth += (site.kind(at) == "{") - (site.kind(at) == "}")
        if depth == 0:
            return at
    return None


def _capitals(site: Site) -> Iterator[Repair]:
    """IF … THEN … END, all over the source."""
    edits = [
        (*site.span(at), site.text(at).lower())
        for at in range(len(site.tokens.kinds))
        if site.kind(at) is NAME and site.text(at).isupper() and site.text(at).lower() in KEYWORDS
    ]
    if edits:
        yield repaired("Lua's words are in small letters: if … then … end.", "Write small letters", *edits)


def _braces(site: Site) -> Iterator[Repair]:
    """Blocks in braces, over all of the source: a script in another language's style has them everywhere."""
    edits: list[tuple[int, int, bytes]] = []
    openers = {"if": b" then", "elseif": b" then", "while": b" do", "for": b" do", "function": b"", "else": b""}
    opener = ""
    for at, kind in enumerate(site.tokens.kinds):
        if kind == "else" and site.kind(at + 1) == "if" and site.kind(at - 1) == "}":
            edits.append((*site.span(at, at + 1), b"elseif"))
        elif kind in openers:
            opener = kind
        elif kind == "{" and opener and site.kind(at - 1) in (")", "else", NAME, NUMBER, STRING, "true", "false"):
            closing = _matching(site, at)
            if closing is None:
                return
            goes_on = site.kind(closing + 1) in ("else", "elseif")
            edits += [(*site.span(at), openers[opener]), (*site.span(closing), b"" if goes_on else b"end")]
            opener = ""
        elif kind in ("then", "do", "end") or (kind == ")" and opener == "function" and site.kind(at + 1) != "{"):
            opener = ""
    if not edits and site.kind(site.at) == "}":
        edits = [(*site.span(site.at), b"end")]
    if edits:
        advice = "Blocks have no braces: if … then … end, for … do … end, function f() … end."
        yield repaired(advice, "Write blocks as Lua", *sorted(edits))


def _else_if(site: Site) -> Iterator[Repair]:
    """else if, which opens a second block that nobody closes."""
    pairs = [at for at in range(len(site.tokens.kinds) - 1) if site.kind(at) == "else" and site.kind(at + 1) == "if"]
    if pairs and site.kind(site.at) in (EOS, "end", "else", "elseif"):
        edits = [(*site.span(at, at + 1), b"elseif") for at in pairs]
        yield repaired("Lua writes elseif, in one word: else if opens a block of its own.", "Write elseif", *edits)
        for at in pairs:
            yield repaired(
                "Lua writes elseif, in one word: else if opens a block of its own.",
                "Write elseif",
                (*site.span(at, at + 1), b"elseif"),
            )


def _continue(site: Site) -> Iterator[Repair]:
    """if … then continue end, and goto continue, which Lua 5.1 does not have."""
    for at in site.near():
        later = site.text(at) == b"goto" and site.kind(at + 1) is NAME
        if not later and site.text(at) != b"continue":
            continue
        last = at + 1 if later else at
        if site.kind(last + 1) == ";":
            last += 1
        first = at - 2
        while first >= 0 and site.kind(first) not in ("if", "then", "do", "end", "elseif", "else"):
            first -= 1
        if site.kind(at - 1) != "then" or site.kind(last + 1) != "end" or site.kind(first) != "if":
            continue
        closing = _end_of_block(site, last + 2)
        if closing is None:
            continue
        condition = site.tokens.source[site.tokens.ends[first] : site.tokens.starts[at - 1]].strip()
        edits = [
            (*site.span(first, last + 1), b"if not (" + condition + b") then"),
            (site.tokens.starts[closing], site.tokens.starts[closing], b"end "),
        ]
        if later:
            label = [":", ":", NAME, ":", ":"]
            where = next((i for i in range(last, closing) if site.tokens.kinds[i : i + 5] == label), None)
            if where is not None:
                edits.insert(1, (*site.span(where, where + 4), b""))
        what = "goto is of Lua 5.2" if later else "Lua has no continue"
        advice = f"{what}: put the rest of the loop into an if: if not (…) then … end."
        yield repaired(advice, "Put the rest into an if", *edits, later=later)


def _end_of_block(site: Site, index: int) -> int | None:
    """The token that closes the block that `index` stands in."""
    depth = 0
    for at in range(index, len(site.tokens.kinds)):
        kind = site.kind(at)
        if kind in ("if", "do", "function", "repeat"):
            depth += 1
        elif kind in ("end", "until"):
            if depth == 0:
                return at
            depth -= 1
    return None


def _dotted(site: Site) -> Iterator[Repair]:
    """local function util.pick(t), local t.x = 1."""
    for at in site.near():
        if site.kind(at) not in (".", ":") or site.kind(at - 1) is not NAME or site.kind(at + 1) is not NAME:
            continue
        if site.kind(at - 2) == "function" and site.kind(at - 3) == "local":
            table, name = site.text(at - 1), site.text(at + 1)
            plain = table + b"_" + name
            advice = (
                f"A local function has a plain name: local function {plain.decode('latin-1')}(…), and so it is called. "
                f"A field of a table of your own is written without local."
            )
            uses = [
                index
                for index in range(len(site.tokens.kinds) - 2)
                if site.text(index) == table
                and site.kind(index + 1) in (".", ":")
                and site.text(index + 2) == name
                and site.kind(index - 1) not in (".", ":")
            ]
            edits = [(*site.span(index, index + 2), plain) for index in uses]
            yield repaired(advice, f"Call it {plain.decode('latin-1')}", *edits)
        if site.kind(at - 2) == "local":
            advice = "A field is no local variable: write t.x = 1, without local."
            start = site.tokens.starts[at - 2]
            yield repaired(advice, "Take local away", (start, site.tokens.starts[at - 1], b""))
    if site.kind(site.at) == "[" and site.kind(site.at - 1) is NAME and site.kind(site.at - 2) == "local":
        advice = "An element is no local variable: write t[1] = 1, without local."
        start = site.tokens.starts[site.at - 2]
        yield repaired(advice, "Take local away", (start, site.tokens.starts[site.at - 1], b""))


def _fields(site: Site) -> Iterator[Repair]:
    """A text, or a word of Lua's own, as a name."""
    at = site.at
    for text in (at - 1, at):
        if site.kind(text) is STRING and site.kind(text - 1) in ("{", ",") and site.kind(text + 1) in ("=", ":"):
            instead = b"[" + site.text(text) + b"] ="
            yield repaired(
                "A text as a name stands in brackets: ['a b'] = value.",
                "Write brackets",
                (*site.span(text, text + 1), instead),
            )
    word = site.text(at)
    if word not in KEYWORDS:
        return
    name = word.decode()
    if site.kind(at - 1) == "." and at > 0:
        advice = f"{name} is a word of Lua's own: write t['{name}']."
        yield repaired(advice, f"Write ['{name}']", (*site.span(at - 1, at), f"['{name}']".encode()))
    if site.kind(at - 1) in ("{", ",") and site.kind(at + 1) == "=":
        advice = f"{name} is a word of Lua's own: write ['{name}'] = value."
        yield repaired(advice, f"Write ['{name}']", (*site.span(at), f"['{name}']".encode()))
    if site.kind(at - 1) not in ("local", "for", "function", ",", "(") and site.kind(at + 1) != "=":
        return
    advice = f"{name} is a word of Lua's own and cannot be a name: choose another."
    yield repaired(advice, f"Call it {name}_", (*site.span(at), word + b"_"))


def _returns(site: Site) -> Iterator[Repair]:
    """return and break before other statements."""
    for at in range(site.at - 1, max(-1, site.at - 60), -1):
        if site.kind(at) in ("return", "break"):
            word = site.kind(at)
            place = site.after(site.at - 1)
            advice = f"{word} ends a block, and nothing may follow it: put it last, or write do {word} … end."
            yield repaired(
                advice, f"Write do {word} end", (site.tokens.starts[at],) * 2 + (b"do ",), (place, place, b" end")
            )
            return


_LOOP: Final = "Lua writes for key, value in pairs(t) do, and for _, value in ipairs(list) do."


def _loops(site: Site) -> Iterator[Repair]:
    """for key KEYS do, for each, for i = 0; i < 10; i++."""
    for at in site.near():
        if site.kind(at) is NAME and site.kind(at + 1) is NAME and site.kind(at - 1) == "for":
            last = last_of_value(site, at + 1)
            name, of = site.text(at), site.tokens.source[slice(*site.span(at + 1, max(last, at + 1)))]
            instead = b"_, " + name + b" in ipairs(" + of + b")"
            yield repaired(_LOOP, "Write in ipairs(…)", (*site.span(at, max(last, at + 1)), instead))
        if site.kind(at) == ":" and site.kind(at - 2) == "for":
            yield repaired(_LOOP, "Write in", (*site.span(at), b" in "))


_INSERTED: Final = (
    (b" then", "then is missing: if … then … end."),
    (b" do", "do is missing: while … do … end, for … do … end."),
    (b" in ", "in is missing: for key, value in pairs(t) do."),
    (b")", "A closing bracket ) is missing."),
    (b"]", "A closing bracket ] is missing."),
    (b"}", "A closing brace } is missing."),
    (b",", "A comma is missing between the parts of a list."),
    (b" ..", "Texts are joined with .., which is missing here."),
    (b" =", "An = is missing: x = value."),
    (b"()", "A function has brackets, even for no parameters: function() … end."),
    (b";", "Lua cannot tell whether the bracket begins a statement: end the line before with a semicolon."),
    (b" until true", "until is missing: repeat … until condition."),
    (b" end", "An end is missing: if, for, while, do and function each need one."),
)


_WANTS_VALUE: Final = frozenset(
    ("+", "-", "*", "/", "%", "^", "..", "=", "==", "~=", "<", ">", "<=", ">=", "and", "or", "not", "(", ",")
)
_NO_VALUE: Final = frozenset((*KEYWORDS.values(), EOS, ")", "}", "]")) - {"nil", "true", "false", "not", "function"}


def _value(site: Site) -> Iterator[Repair]:
    """An operator with nothing behind it."""
    before = site.kind(site.at - 1)
    if before in _WANTS_VALUE and (
        site.kind(site.at) in KEYWORDS.values() or site.kind(site.at) in (EOS, ")", "}", "]")
    ):
        place = site.after(site.at - 1)
        yield repaired(f"A value is missing after {before}.", "Add nil", (place, place, b" nil"))


def _missing(site: Site) -> Iterator[Repair]:
    """One word or sign too few, in front of the blamed token."""
    place = site.after(site.at - 1)
    wanted = site.kind(site.at)
    for text, advice in _INSERTED:
        if (
            text == b" nil"
            and wanted is not EOS
            and wanted not in _ENDS_STATEMENT
            and wanted not in (")", "}", ",", "]")
        ):
            continue
        parted = text[-1:].isalpha() and site.tokens.source[place : place + 1].isalnum()
        yield repaired(advice, f"Add {text.decode().strip()}", (place, place, text + b" " * parted))


def _surplus(site: Site) -> Iterator[Repair]:
    """One word or sign too many: the blamed one, or the one before it."""
    for at in (site.at, site.at - 1):
        if site.kind(at) in (EOS, ERROR) or at < 0 or site.kind(at) in (NAME, STRING, NUMBER):
            continue
        sign = site.kind(at)
        if site.kind(site.at) is EOS and sign in KEYWORDS.values():  # more was to come
            continue
        if not sign.isprintable() or not sign.isascii():
            continue
        advice = f"One {sign} is too many."
        if sign == "end":
            advice = "There is one end too many, or a then, do or function is missing above."
        if sign == "," and site.kind(at + 1) == ")":
            advice = "No comma may stand before the closing bracket."
        yield repaired(advice, f"Take {sign} away", (*site.span(at), b""))


def _unclosed(site: Site) -> Iterator[Repair]:
    """A string without its second quote, a long string without ]]."""
    source = site.tokens.source
    if site.kind(site.at) is not ERROR:
        return
    start = site.after(site.at - 1)
    text = source[start:].lstrip()
    start = len(source) - len(text)
    if text[:1] in (b"'", b'"'):
        end = source.find(b"\n", start)
        end = len(source) if end < 0 else end
        advice = "The string is not closed on its line: add the quote. A line break within a string is \\n."
        line = source[start:end].rstrip()
        for kept in (line, line.rstrip(b")"), line.rstrip(b");,")):
            place = start + len(kept)
            yield repaired(advice, "Close the string", (place, place, text[:1]))
    elif text[:2] in (b"[[", b"[=") or text[:4] in (b"--[[", b"--[="):
        what = "comment" if text[:1] == b"-" else "string"
        advice = f"The long {what} has no ]] that ends it."
        level = re.match(rb"(?:--)?\[(=*)\[", text)
        closing = b"]" + (level[1] if level else b"") + b"]"
        yield repaired(advice, f"Add {closing.decode()}", (len(source), len(source), closing))


_MEANT: Final[dict[bytes, tuple[str, bool]]] = {
    b"goto": ("goto is of Lua 5.2: use an if, a loop with break, or a function with return.", True),
    b"continue": ("Lua has no continue: put the rest of the loop into an if.", False),
    b"switch": ("Lua has no switch: use if and elseif, or a table of functions.", False),
    b"try": ("Lua has no try: pcall(f) catches errors, redis.pcall those of a command.", False),
    b"catch": ("Lua has no catch: pcall(f) catches errors, redis.pcall those of a command.", False),
    b"throw": ("Lua has no throw: error('…') ends the script with an error.", False),
    b"import": ("Scripts have no modules: put the code into the script.", False),
    b"class": ("Lua has no classes: a table with functions does their work.", False),
    b"new": ("Lua has no new: call a function that makes a table.", False),
    b"async": ("Nothing waits in a script: leave async and await away.", False),
    b"await": ("Nothing waits in a script: leave async and await away.", False),
    b"print": ("Scripts have no print: write redis.log(redis.LOG_NOTICE, …), or return the value.", False),
}
"""Words of other languages for which no simple change stands."""


def meant(site: Site) -> Repair | None:
    """What is known of a word near the blamed token, where nothing else is."""
    for at in reversed(site.near()):
        found = _MEANT.get(site.text(at))
        if found is not None and site.kind(at) is NAME:
            return Repair(found[0], Fix("", ()), found[1])
    line = site.line(site.at)
    if site.kind(site.at) == ";" and any(site.kind(at) == "for" and site.line(at) == line for at in range(site.at)):
        return Repair("Lua counts so: for i = 0, 9 do … end; the last number belongs to it.", Fix("", ()))
    return None


Slip = Callable[[Site], Iterator[Repair]]

SLIPS: Final[tuple[Slip, ...]] = (
    _beginning, typographic, ranges, numbers, quotes, _unclosed, lists, fields, arrows, attributes, dots, calls,
    assignments, later_operators, comments, _continue, conditional, _dotted, _loops, _words, _capitals, _braces,
    _else_if, _fields, foreign_signs,
)  # fmt: skip
"""Every kind of slip; what is surer stands before what is only shorter."""

WEAK_SLIPS: Final[tuple[Slip, ...]] = (_value, _surplus, _missing, _returns)
"""Something too much or too little, whatever it was: asked last, and believed where it mends all, or nearly."""
