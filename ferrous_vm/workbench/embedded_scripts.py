"""Scripts in the strings of programs: where they are, and which byte of the program each of their bytes is.

The grammars of tree-sitter read Python, JavaScript, TypeScript, Go, Java and Ruby. They are an extra of the wheel
(`ferrous-vm[embedded]`), imported when first asked for. Strings that are joined are one script; where a value of the
program is put in, a name of which nothing is known stands in its place, and nothing is said of that line. A string that
a test looks for in a script is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import PurePath
from typing import Any, Final

from ferrous_vm.analysis.lint.kinds import PUT_IN
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.records import MutableRecord, Record, field
from ferrous_vm.syntax.parser import parse

GRAMMARS: Final = {
    **dict.fromkeys((".py", ".pyi"), ("tree_sitter_python", "language")),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), ("tree_sitter_javascript", "language")),
    **dict.fromkeys((".ts", ".mts", ".cts"), ("tree_sitter_typescript", "language_typescript")),
    ".tsx": ("tree_sitter_typescript", "language_tsx"),
    ".go": ("tree_sitter_go", "language"),
    ".java": ("tree_sitter_java", "language"),
    ".rb": ("tree_sitter_ruby", "language"),
}
"""The package that reads a language, and its function that gives the grammar, by the ending of files."""

_STRINGS: Final = frozenset(
    ["string", "template_string", "raw_string_literal", "interpreted_string_literal", "string_literal", "heredoc_body"]
)
_JOINED: Final = frozenset(("concatenated_string", "chained_string"))
_SUMS: Final = frozenset(("binary_expression", "binary_operator", "binary"))
_HOLES: Final = frozenset(("interpolation", "template_substitution"))
_NAMES: Final = frozenset(("identifier", "property_identifier", "field_identifier"))
_LISTS: Final = frozenset(("array", "list", "tuple", "literal_value"))
_DELIMITERS: Final = frozenset(("string_start", "string_end", "heredoc_end", '"', "'", "`", '"""', "heredoc_beginning"))

_CALLS: Final = re.compile(rb"\bredis\s*[.:]\s*p?call\s*\(|\A\s*#!lua\b").search
_BEGINS: Final = re.compile(
    rb"\s*(?:--|#!lua|local\b|return\b|if\b|for\b|while\b|repeat\b|do\b|function\b|redis\.)"
).match

_DECLARES: Final = re.compile(rb"\blocal\s+(?:function\s+)?\w").search

_TAKES_OR_GIVES: Final = re.compile(rb"\b(?:KEYS|ARGV|return)\b").search

_ESCAPES: Final = {
    **{ord(letter): code for letter, code in zip("abfnrtves0", b"\a\b\f\n\r\t\v\x1b \0", strict=True)},
    ord("\n"): None,
}
"""What a letter behind a backslash stands for; every other stands for itself."""

_LOOKING_FOR: Final = re.compile(
    rb"(?i)(?!\w*(?:script|eval|lua))(?:not_?)?(?:(?:to|has|have|is|be|do|does|string)_?)?(?:assert|expect|contain(?:s|ing)?|"
    rb"includes?|match(?:es)?|equals?|eq|(?:start|end)s?(?:_?with)?|have|deep|index_?of|find|search|replace|split|g?sub|scan|"
    rb"count|l?r?strip|remove|text)(?:(?-i:[A-Z_0-9])\w*)?"
).fullmatch
"""Functions that look for a text in another, as tests of a program do."""

_APPENDING: Final = re.compile(rb"(?i)append\w*|push|write\w*|concat|puts|add").fullmatch
"""Functions that put a text behind another."""


class EmbeddedScript(Record):
    """A script in a program.

    `origins[i]` is the offset in the program of byte `i`, and one more tells where the end is. `holes` are the lines,
    counted from 0, into which the program puts something.
    """

    text: bytes
    origins: list[int]
    holes: frozenset[int]
    delimiters: bytes
    """The bytes that end its strings: what a change must not bring in."""
    is_part: bool
    """The program puts it together with others, so nobody knows what stands before it."""

    def is_verbatim(self, start: int, end: int) -> bool:
        """Whether the bytes from `start` to `end` stand in the program as they are, one behind the other."""
        return self.origins[end] - self.origins[start] == end - start


class _Pieces(MutableRecord):
    """A script while it is put together."""

    source: bytes
    text: bytearray = field(factory=bytearray)
    origins: list[int] = field(factory=list)
    holes: list[int] = field(factory=list)
    delimiters: set[bytes] = field(factory=set)
    end: int = 0

    def verbatim(self, start: int, end: int) -> None:
        """Bytes that stand for themselves."""
        self.text += self.source[start:end]
        self.origins += range(start, end)
        self.end = end

    def written(self, text: bytes, start: int, end: int) -> None:
        """Bytes that something else in the program stands for."""
        self.text += text
        self.origins += [start] * len(text)
        self.end = end

    def hole(self, start: int, end: int) -> None:
        """Where the program puts a value in."""
        self.holes.append(len(self.text))
        self.written(PUT_IN, start, end)

    def script(self, is_part: bool) -> EmbeddedScript:
        """What they are together. Where a value cannot stand, the program puts in a statement, or nothing."""
        text = bytes(self.text)
        lines = frozenset(text.count(b"\n", 0, hole) for hole in self.holes)
        if self.holes and not _compiles(text):
            for hole in self.holes:
                self.text[hole : hole + len(PUT_IN)] = b" " * len(PUT_IN)
            text = bytes(self.text)
        part = is_part or bool(self.holes) or not _is_whole(text)
        return EmbeddedScript(text, [*self.origins, self.end], lines, b"".join(self.delimiters), part)


def can_read(name: str) -> bool:
    """Whether the grammar for files of this name is installed."""
    grammar = GRAMMARS.get(PurePath(name).suffix)
    return grammar is not None and find_spec("tree_sitter") is not None and find_spec(grammar[0]) is not None


def embedded_scripts(name: str, source: bytes) -> list[EmbeddedScript]:
    """The scripts in the strings of a program, in its order. Raises ImportError where its grammar is not installed."""
    if b"redis" not in source and b"#!lua" not in source:
        return []
    found = []
    for node in _outermost(_root(name, source)):
        if _is_given_to(_LOOKING_FOR, node) or _is_looked_for(node):
            continue
        pieces = _Pieces(source)
        _take(pieces, node)
        if b"\n" not in pieces.text.strip() and (_is_given_to(_APPENDING, node) or _is_added(node)):
            continue  # a line of a script that the program writes line by line
        if is_script(bytes(pieces.text)):
            found.append(pieces.script(_is_put_together(node, source)))
    return sorted(found, key=lambda script: script.origins[0])


def script_parts(name: str, source: bytes) -> Iterator[bytes]:
    """The strings of a program that call no command and name what its scripts are given: a part that it puts before
    them. Raises ImportError where its grammar is not installed."""
    for node in _outermost(_root(name, source)):
        pieces = _Pieces(source)
        _take(pieces, node)
        if _DECLARES(pieces.text) is not None and not is_script(bytes(pieces.text)):
            yield bytes(pieces.text)


def _root(name: str, source: bytes) -> Any:
    """A program as its grammar reads it."""
    module, function = GRAMMARS[PurePath(name).suffix]
    tree_sitter: Any = import_module("tree_sitter")
    language = tree_sitter.Language(getattr(import_module(module), function)())
    return tree_sitter.Parser(language).parse(source).root_node


def is_script(text: bytes) -> bool:
    """Whether a string is a script, or a part of one: it calls a command, or begins as a library does."""
    return _CALLS(text) is not None


def begins_as_script(text: bytes) -> bool:
    """Whether a string that does not compile was meant as a script, and is no sentence about one."""
    return _BEGINS(text) is not None


def _outermost(root: Any) -> Iterator[Any]:
    """The strings, and the sums of strings, that stand in no other."""
    pending = [root]
    while pending:
        node = pending.pop()
        is_string = node.is_named and (node.type in _STRINGS or node.type in _JOINED)
        if is_string or (_is_sum(node) and any(part.type in _STRINGS for part in _operands(node))):
            yield node
        else:
            pending += node.children


def _is_looked_for(node: Any) -> bool:
    """Whether a test looks for a string in another one: it stands before `in`."""
    holder = node.parent
    is_compared = holder is not None and holder.type == "comparison_operator"
    return is_compared and any(part.type in ("in", "not in") for part in holder.children)


def _is_added(node: Any) -> bool:
    """Whether a string is put behind another, `script += "..."`."""
    return node.parent is not None and any(part.type in ("+=", "<<") for part in node.parent.children)


def _is_given_to(functions: Callable[[bytes], object], node: Any) -> bool:
    """Whether a string is given to a function of such a name."""
    holder = node.parent
    if holder is None:
        return False
    call = holder.parent if holder.type in ("arguments", "argument_list") else None
    if call is None:
        return False
    named = call.child_by_field_name("name") or call.child_by_field_name("method")
    named = named or call.child_by_field_name("function")
    while named is not None and named.type not in _NAMES:
        inner = [part for part in named.named_children if part.type in _NAMES]
        named = inner[-1] if inner else None
    return named is not None and functions(named.text) is not None


def _is_whole(text: bytes) -> bool:
    """Whether a text is a script by itself: it takes something in or gives something back, as no piece of one need."""
    if b"register_function" in text:
        return text.lstrip().startswith(b"#!lua")
    return _TAKES_OR_GIVES(text) is not None


def _compiles(text: bytes) -> bool:
    try:
        parse(text, b"@user_script")
    except LuaSyntaxError:
        return False
    return True


def _is_put_together(node: Any, source: bytes) -> bool:
    """Whether a string is given a name that the program joins to other strings."""
    holder = node.parent
    name = holder.child_by_field_name("name") or holder.child_by_field_name("left") if holder is not None else None
    if name is None:
        return False
    word = re.escape(source[name.start_byte : name.end_byte])
    joins = (
        rb"\+\s*(?:\w+\.)*%b\b|\b%b\s*\+|[$#]\{\s*(?:\w+\.)*%b\b|\b%b\.(?:format|replace|concat)|\bf?%b\s*%%|"
        rb"(?i:join|format|sprintf)\s*\((?:[^()]*\W)?%b\b|\[(?:[^][]*\W)?%b\b[^][]*\]\s*\.\s*join|<<\s*%b\b"
    )
    if re.search(joins % ((word,) * 8), source) is not None:
        return True
    is_formatted = re.search(rb"\b[fF][\"']", source) is not None
    return is_formatted and re.search(rb"\{\s*(?:\w+\.)*%b\s*\}" % word, source) is not None


def _is_sum(node: Any) -> bool:
    if _joins(node) or _listed(node):
        return True
    operator = node.child_by_field_name("operator") if node.type in _SUMS else None
    return operator is not None and operator.type == "+"


def _joins(node: Any) -> bool:
    """Whether it is `"...".concat(a, b)`: what compilers make of JavaScript's template strings."""
    method = node.child_by_field_name("function") if node.type == "call_expression" else None
    if method is None or method.type != "member_expression":
        return False
    text, name = method.child_by_field_name("object"), method.child_by_field_name("property")
    return name.text == b"concat" and (text.type in _STRINGS or _joins(text))


def _listed(node: Any) -> list[Any]:
    """The parts of `[a, b].join("\\n")` as it is written in each language, with what stands between them; none where
    it is something else."""
    if node.type not in ("call", "call_expression", "method_invocation"):
        return []
    called = node.child_by_field_name("function")
    name = node.child_by_field_name("name") or node.child_by_field_name("method")
    holder = node.child_by_field_name("receiver") or node.child_by_field_name("object")
    if called is not None:
        name = called.child_by_field_name("property") or called.child_by_field_name("attribute")
        name = name or called.child_by_field_name("field")
        holder = called.child_by_field_name("object") or called.child_by_field_name("operand")
    given = node.child_by_field_name("arguments")
    if name is None or name.text.lower() != b"join" or holder is None:
        return []
    arguments = given.named_children if given is not None else []
    places = [holder, *arguments]
    listing = next((one for place in places for one in (place, *place.named_children) if one.type in _LISTS), None)
    between = next((one for one in places if one.type in _STRINGS), None)
    parts = [one for one in (listing.named_children if listing is not None else arguments[1:]) if one.type != "comment"]
    parts = [one.named_children[0] if one.type == "literal_element" else one for one in parts]
    if not any(one.type in _STRINGS for one in parts):
        return []
    apart = [] if between is None else [between]
    return [piece for part in parts for piece in (part, *apart)][: None if not apart else -1]


def _operands(node: Any) -> list[Any]:
    """What a sum adds up, in order; sums within are taken apart."""
    found: list[Any] = []
    pending = [node]
    while pending:
        part = pending.pop()
        if _joins(part):
            added = part.child_by_field_name("arguments").named_children
            pending += [*reversed(added), part.child_by_field_name("function").child_by_field_name("object")]
        elif listed := _listed(part):
            pending += reversed(listed)
        elif _is_sum(part):
            pending += [part.child_by_field_name("right"), part.child_by_field_name("left")]
        elif part.type == "parenthesized_expression" and part.named_child_count == 1:
            pending.append(part.named_children[0])
        elif part.type in _JOINED:
            pending += reversed(part.named_children)
        else:
            found.append(part)
    return found


def _take(pieces: _Pieces, node: Any) -> None:
    for part in _operands(node):
        if part.type in _STRINGS:
            _string(pieces, part)
        elif part.type != "comment":
            pieces.hole(part.start_byte, part.end_byte)


def _string(pieces: _Pieces, node: Any) -> None:
    """One string: its text, with escapes and holes."""
    children = node.children
    opening = pieces.source[children[0].start_byte : children[0].end_byte] if children else b""
    is_raw = b"r" in opening[:-1].lower() and opening[-1:] in b"\"'"
    pieces.delimiters.add(opening[-1:] if opening[-1:] in b"\"'`" else b"")
    at = node.start_byte
    for child in _flat(children):
        if (child.start_byte > at and child.type not in _DELIMITERS | {"string_end"}) or child.start_byte > at:
            pieces.verbatim(at, child.start_byte)
        text = pieces.source[child.start_byte : child.end_byte]
        if child.type in _HOLES:
            pieces.hole(child.start_byte, child.end_byte)
        elif child.type == "escape_sequence" and not is_raw:
            pieces.written(_escaped(text), child.start_byte, child.end_byte)
        elif child.type == "escape_interpolation":
            pieces.written(text[:1], child.start_byte, child.end_byte)
        elif child.type not in _DELIMITERS:
            pieces.verbatim(child.start_byte, child.end_byte)
        at = child.end_byte
    if at < node.end_byte:
        pieces.verbatim(at, node.end_byte)


def _flat(children: list[Any]) -> Iterator[Any]:
    """The parts of a string; a content that has parts of its own gives those."""
    for child in children:
        if child.type.endswith("string_content") and child.children:
            yield from child.children
        else:
            yield child


def _escaped(text: bytes) -> bytes:
    """What an escape stands for."""
    letter = text[1:2]
    digits = text[2:].strip(b"{}") if letter in (b"x", b"u", b"U") else text[1:]
    try:
        if letter == b"x":
            return bytes((int(digits, 16),))
        if letter in (b"u", b"U"):
            return chr(int(digits, 16)).encode("utf-8", "replace")
        if letter.isdigit() and len(digits) > 1:
            return bytes((int(digits, 8) & 255,))
    except (ValueError, OverflowError):
        return text
    if letter == b"\n":
        return b""
    code = _ESCAPES.get(text[1]) if len(text) > 1 else None
    return text[1:] if code is None else bytes((code,))
