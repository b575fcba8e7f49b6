"""The shebang, `#!lua flags=...`, and the flags of functions: unknown ones, and what they forbid."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Edit, Severity
from ferrous_vm.analysis.lint.rules import Model, Rule
from ferrous_vm.printing import printed
from ferrous_vm.syntax import tree

UNKNOWN_FLAG: Final = Rule(
    name="unknown-flag",
    severity=Severity.ERROR,
    reason="Redis does not know this flag: the script is not loaded.",
    fix="The flags are no-writes, allow-oom, allow-stale, no-cluster and allow-cross-slot-keys.",
    page='"Unexpected flag in script shebang". Flags are separated by commas, without spaces.',
    wrong="#!lua flags=nowrites\nreturn redis.call('GET', KEYS[1])",
    right="#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])",
)

FORBIDDEN_WRITE: Final = Rule(
    name="forbidden-write",
    severity=Severity.ERROR,
    reason="The flag no-writes is set, and this command writes: the call fails.",
    fix="Take the flag away, or the command.",
    page='"Write commands are not allowed from read-only scripts." The flag holds for EVAL and for EVAL_RO.',
    wrong="#!lua flags=no-writes\nreturn redis.call('SET', KEYS[1], ARGV[1])",
    right="#!lua\nreturn redis.call('SET', KEYS[1], ARGV[1])",
)

BAD_SHEBANG: Final = Rule(
    name="bad-shebang",
    severity=Severity.ERROR,
    reason="Redis does not read this first line: the script is not loaded.",
    fix="Write #!lua, and flags=... behind it; #!lua name=... begins a function library.",
    page="""\
"Unexpected engine in script shebang", "Unknown lua shebang option", "Invalid script shebang"; of a library "Invalid
metadata value given" and "Library names can only contain letters, numbers, or underscores(_)".""",
    wrong="#!/usr/bin/lua\nreturn 1",
    right="#!lua\nreturn 1",
)

RULES: Final = (UNKNOWN_FLAG, FORBIDDEN_WRITE, BAD_SHEBANG)

FLAGS: Final = (b"no-writes", b"allow-oom", b"allow-stale", b"no-cluster", b"allow-cross-slot-keys")

_SPELT: Final = re.compile(rb"[A-Za-z_-]+").fullmatch
_NAME: Final = re.compile(rb"[A-Za-z0-9_]+").fullmatch
_PLACEHOLDER: Final = frozenset(b"%${}<>@#")
_WORDS: Final = re.compile(rb"[^ \n]+")


def check(model: Model) -> None:
    """Look at the first line, at the flags of registered functions, and at what they forbid."""
    if _shebang(model):
        for call in model.commands():
            if call.facts is not None and call.facts.writes:
                message = f"{call.name} writes, and the flag no-writes forbids it: the call fails."
                model.report(FORBIDDEN_WRITE, call.node, message)
    for registration, _ in model.calls_of(b"redis.register_function"):
        if len(registration.arguments) == 1 and isinstance(registration.arguments[0], tree.Table):
            _function(model, registration.arguments[0])


def _shebang(model: Model) -> bool:
    """Tell of the first line. Whether it forbids writes."""
    line = model.written.partition(b"\n")[0]
    if not line.startswith(b"#!"):
        return False
    servers = model.facts.servers
    if without := servers.without("shebangs"):
        message = f"{servers.shown(without)} reads no first line like this: the script is not loaded."
        model.report(BAD_SHEBANG, (0, len(line)), message)
    if b"\n" not in model.written:
        model.report(BAD_SHEBANG, (0, len(line)), "The first line must end with a line break.")
        return False
    forbids = False
    names: list[bytes] = []
    for word in _WORDS.finditer(line):
        text = word.group()
        if word.start() == 0:
            if text != b"#!lua" and not (model.is_library and text.lower() == b"#!lua"):
                message = f"Redis reads `#!lua` only, not `{printed(text)}`: the script is not loaded."
                model.report(BAD_SHEBANG, word.span(), message, ("Write #!lua", Edit(*word.span(), b"#!lua")))
                return False
        elif model.is_library:
            _library_word(model, word, names)
        elif text.startswith(b"flags="):
            at = word.start() + len(b"flags=")
            for flag in text[len(b"flags=") :].split(b","):
                if flag:
                    _flag(model, flag, (at, at + len(flag)))
                forbids = forbids or flag == b"no-writes"
                at += len(flag) + 1
        else:
            message = f"Redis does not know the option `{printed(text)}` here: the script is not loaded."
            model.report(BAD_SHEBANG, word.span(), message)
    return forbids


def _library_word(model: Model, word: re.Match[bytes], names: list[bytes]) -> None:
    """Tell of a word behind the engine of a library's first line, which is its name; `names` are those before."""
    option, _, value = word.group().partition(b"=")
    message = ""
    if option.lower() == b"flags":
        message = "A library has no flags, each of its functions has: register_function{..., flags = {'no-writes'}}"
    elif option.lower() != b"name":
        message = f"Redis does not know the option `{printed(word.group())}` of a library"
    elif names:
        message = "A library has one name"
    elif not _NAME(value) and _PLACEHOLDER.isdisjoint(value):
        message = "The name of a library is made of letters, digits and underscores"
    names.append(value)
    if message:
        model.report(BAD_SHEBANG, word.span(), f"{message}: the library is not loaded.")


def _flag(model: Model, flag: bytes, span: tuple[int, int]) -> None:
    if flag in FLAGS or not _SPELT(flag):
        return  # what is no word, a program puts in
    close = get_close_matches(flag.decode("latin-1"), [known.decode() for known in FLAGS], 1, 0.7)
    message = f"There is no flag {printed(flag)}: the script is not loaded."
    change = None
    if close:
        message = f"{message} Did you mean {close[0]}?"
        change = (f"Write {close[0]}", Edit(*span, close[0].encode()))
    model.report(UNKNOWN_FLAG, span, message, change)


def _function(model: Model, table: tree.Table) -> None:
    fields = {item.key.value: item.value for item in table.items if isinstance(item.key, tree.String)}
    flags, callback = fields.get(b"flags"), fields.get(b"callback")
    if not isinstance(flags, tree.Table):
        return
    forbids = False
    for item in flags.items:
        if isinstance(item.value, tree.String):
            start, end = model.chunk.start(item.value), model.chunk.end(item.value)
            _flag(model, item.value.value, (start + 1, end - 1))
            forbids = forbids or item.value.value == b"no-writes"
    if not forbids or not isinstance(callback, tree.Function):
        return
    for call in model.commands():
        if call.facts is not None and call.facts.writes and callback.first <= call.node.first <= callback.last:
            message = f"{call.name} writes, and the flag no-writes of the function forbids it: the call fails."
            model.report(FORBIDDEN_WRITE, call.node, message)
