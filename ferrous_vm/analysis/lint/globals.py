"""Names of globals and of what is in them: those a script reads and has not, those it may not write."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Edit, Severity
from ferrous_vm.analysis.lint.kinds import is_part
from ferrous_vm.analysis.lint.later_lua import LATER_LIBRARY, LATER_NAMES
from ferrous_vm.analysis.lint.rules import Model, Rule
from ferrous_vm.printing import printed
from ferrous_vm.syntax import tree

UNDEFINED_GLOBAL: Final = Rule(
    name="undefined-global",
    severity=Severity.ERROR,
    reason="Scripts have no such global: reading it stops the script.",
    fix="Declare it with local, or spell it as Lua does.",
    page="""\
Redis protects the globals: "Script attempted to access nonexistent global variable". Scripts have Lua's base
functions, string, table, math, coroutine, cjson, cmsgpack, struct, bit, redis, KEYS and ARGV, and nothing else: no
print, io, require or debug. Which server has more, os.clock or server, was asked of its sandbox.""",
    wrong="local count = tonumer(ARGV[1])\nreturn count",
    right="local count = tonumber(ARGV[1])\nreturn count",
)

ASSIGNED_GLOBAL: Final = Rule(
    name="assigned-global",
    severity=Severity.ERROR,
    reason="Globals are readonly: assigning one stops the script.",
    fix="Write local before the first assignment, or before `function`.",
    page="""\
"Attempt to modify a readonly table". A name without `local` is a global in Lua, functions too; scripts share them,
so Redis does not let any script change them.""",
    wrong="count = redis.call('INCR', KEYS[1])\nreturn count",
    right="local count = redis.call('INCR', KEYS[1])\nreturn count",
)

UNDEFINED_FIELD: Final = Rule(
    name="undefined-field",
    severity=Severity.ERROR,
    reason="The library has no such field: it is nil, and calling it stops the script.",
    fix="Spell it as the library does.",
    page="The libraries are those of Lua 5.1 and of the server; nothing is added to them later.",
    wrong="return string.length(ARGV[1])",
    right="return string.len(ARGV[1])",
)

READONLY_TABLE: Final = Rule(
    name="readonly-table",
    severity=Severity.ERROR,
    reason="The tables of the libraries are readonly: assigning a field stops the script.",
    fix="Keep the function in a local variable.",
    page='"Attempt to modify a readonly table". All scripts share the libraries, so Redis 7 does not let them change.',
    wrong="function string.trim(text) return text:match('^%s*(.-)%s*$') end\nreturn string.trim(ARGV[1])",
    right="local function trim(text) return text:match('^%s*(.-)%s*$') end\nreturn trim(ARGV[1])",
)

RULES: Final = (UNDEFINED_GLOBAL, ASSIGNED_GLOBAL, UNDEFINED_FIELD, READONLY_TABLE)

_ADVICE: Final = {
    b"print": "Write to the server's log with redis.log(redis.LOG_NOTICE, ...), or return the value.",
    b"os": "There is no os library: redis.call('TIME') tells the time.",
    b"io": "There is no io library: a script reads and writes only through redis.call.",
    b"require": "There are no modules: everything a script needs is in its text, or in a function library.",
    b"module": "There are no modules: everything a script needs is in its text, or in a function library.",
    b"dofile": "There are no files: everything a script needs is in its text.",
    b"loadfile": "There are no files: everything a script needs is in its text.",
    b"debug": "There is no debug library.",
    b"null": "Nothing is nil in Lua; JSON's null is cjson.null.",
    b"None": "Nothing is nil in Lua.",
    b"undefined": "Nothing is nil in Lua.",
    b"True": "It is true in Lua.",
    b"False": "It is false in Lua.",
    b"this": "A method's object is self.",
    b"keys": "The keys of a call are KEYS.",
    b"args": "The arguments of a call are ARGV.",
    b"argv": "The arguments of a call are ARGV.",
    b"ARGS": "The arguments of a call are ARGV.",
    b"json": "The JSON library is cjson.",
    b"pack": "Lua 5.1 has no pack: write {...}, with n = select('#', ...) where there may be nil.",
    b"getfenv": "This server's scripts have no getfenv.",
    b"setfenv": "This server's scripts have no setfenv.",
}
"""What to say of names people expect."""

_IN_LIBRARIES: Final = "In a function library keys and arguments are the parameters of each function."


def heard_of(known: Iterable[bytes]) -> frozenset[bytes]:
    """The globals that scripts have, and those people expect: their absence is told, whoever lacks them."""
    return frozenset((*known, *_ADVICE, *LATER_NAMES))


def check(model: Model) -> None:
    """Look at every name that is no local variable, and at the fields of libraries."""
    targets = _targets(model)
    assigned = _assigned(model)
    known = model.flow.globals
    part = is_part(model.resolved, model.by_form, heard_of(known))
    there = {*known, *assigned, *LATER_NAMES}
    variables = model.resolved.variables
    lacking = model.facts.lacking
    made = _made(model, targets)
    for node in model.all(tree.Name):
        if node.name in lacking and variables[node.number] is None:
            _lacking(model, node, node.name)
        if variables[node.number] is not None or node.name in there or node.number in targets:
            continue
        if not part or node.name in _ADVICE:
            _undefined(model, node)
    for field in model.all(tree.Index):
        library = model.value(field.object).member
        if not library or b"." in library or not known.get(library) or not isinstance(field.key, tree.String):
            continue
        if lacking and b"%b.%b" % (library, field.key.value) in lacking and library not in lacking:
            _lacking(model, field, b"%b.%b" % (library, field.key.value))
        if field.number in targets:
            _readonly(model, field, library)
        elif (
            not part
            and (library, field.key.value) not in made
            and field.key.value not in known[library]
            and library + b"." + field.key.value not in LATER_LIBRARY
        ):
            _undefined_field(model, field, library)
    for name, places in assigned.items():
        _assignment(model, name, places)


def _made(model: Model, targets: set[int]) -> set[tuple[bytes, bytes]]:
    """The fields of libraries that the script assigns: that this stops it is enough to say of them."""
    fields = (field for field in model.all(tree.Index) if field.number in targets)
    return {(model.value(one.object).member, one.key.value) for one in fields if isinstance(one.key, tree.String)}


def _lacking(model: Model, node: tree.Name | tree.Index, name: bytes) -> None:
    """Tell of what only some of the servers have."""
    if isinstance(node, tree.Index) and _is_asked_for(model, node):
        return
    servers = model.facts.servers
    rule = UNDEFINED_GLOBAL if isinstance(node, tree.Name) else UNDEFINED_FIELD
    model.report(rule, node, servers.told_of_global(name, model.facts.lacking[name]))


def _targets(model: Model) -> set[int]:
    """The numbers of the nodes that are assigned to."""
    targets = {target.number for node in model.all(tree.Assignment) for target in node.targets}
    return targets | {node.target.number for node in model.all(tree.FunctionStatement)}


def _assigned(model: Model) -> dict[bytes, list[tree.Statement]]:
    """The globals that are assigned, and the statements that do it."""
    assigned: dict[bytes, list[tree.Statement]] = {}
    for node in model.all(tree.Assignment):
        for target in node.targets:
            if isinstance(target, tree.Name) and model.flow.variable(target) is None:
                assigned.setdefault(target.name, []).append(node)
    for statement in model.all(tree.FunctionStatement):
        target = statement.target
        if isinstance(target, tree.Name) and model.flow.variable(target) is None:
            assigned.setdefault(target.name, []).append(statement)
    for statements in assigned.values():
        statements.sort(key=lambda statement: statement.first)
    return assigned


def _undefined(model: Model, node: tree.Name) -> None:
    name = node.name.decode("latin-1")
    servers, parent = model.facts.servers, model.parent(node)
    meant = node.name
    if isinstance(parent, tree.Index) and isinstance(parent.key, tree.String):
        meant = b"%b.%b" % (meant, parent.key.value)
    told = servers.told_of_global(meant, servers.names)
    if told:
        advice = _ADVICE.get(meant) if servers.global_until(meant) else None
        model.report(UNDEFINED_GLOBAL, node, f"{told} {advice}" if advice else told)
        return
    message = f"There is no global `{name}`: reading it stops the script."
    fix = None
    if model.is_library and node.name in (b"KEYS", b"ARGV"):
        message = f"{message} {_IN_LIBRARIES}"
    elif node.name in _ADVICE:
        message = f"{message} {_ADVICE[node.name]}"
    elif any(declaration.name == node.name for declaration in model.all(tree.Declaration)):
        message = f"`{name}` is not in scope here, so it is a global, and there is none: reading it stops the script."
    else:
        close = get_close_matches(name, _names_in_reach(model), 1, 0.8)
        if close:
            message = f"{message} Did you mean `{close[0]}`?"
            fix = (f"Write {close[0]}", model.instead(node, close[0].encode("latin-1")))
    model.report(UNDEFINED_GLOBAL, node, message, fix, certain=False)


def _names_in_reach(model: Model) -> list[str]:
    names = {declaration.name for declaration in model.all(tree.Declaration)} | set(model.flow.globals)
    return sorted(name.decode("latin-1") for name in names)


def _undefined_field(model: Model, node: tree.Index, library: bytes) -> None:
    assert isinstance(node.key, tree.String)
    if _is_asked_for(model, node):
        return
    servers = model.facts.servers
    if told := servers.told_of_global(b"%b.%b" % (library, node.key.value), servers.names):
        model.report(UNDEFINED_FIELD, node, told)
        return
    shown, name = printed(library), printed(node.key.value)
    if node.key.value == b"register_function":
        message = f"`{shown}` has no field `{name}` in a script: a library begins with the line #!lua name=…"
        model.report(UNDEFINED_FIELD, node, message)
        return
    fields = sorted(field.decode("latin-1") for field in model.flow.globals[library])
    message = f"`{shown}` has no field `{name}`: it is nil."
    close = get_close_matches(name, fields, 1, 0.7)
    fix = None
    if close:
        message = f"{message} Did you mean `{close[0]}`?"
        fix = (f"Write {close[0]}", model.instead(node.key, _spelt(model, node.key, close[0])))
    model.report(UNDEFINED_FIELD, node, message, fix, certain=False)


def _is_asked_for(model: Model, node: tree.Index) -> bool:
    """Whether a script asks whether a field is there."""
    return isinstance(model.parent(node), tree.Logical | tree.IfClause | tree.Unary | tree.Binary)


def _spelt(model: Model, key: tree.String, name: str) -> bytes:
    """A field's name written as the old one is: bare behind a dot, or quoted in brackets."""
    written = model.bytes_of(key)
    return (f"'{name}'" if written[:1] in (b"'", b'"', b"[") else name).encode("latin-1")


def _readonly(model: Model, node: tree.Index, library: bytes) -> None:
    message = f"The table `{printed(library)}` is readonly: this assignment stops the script."
    model.report(READONLY_TABLE, node, message)


def _assignment(model: Model, name: bytes, statements: list[tree.Statement]) -> None:
    first = statements[0]
    shown = printed(name)
    place: tree.Node = first
    if isinstance(first, tree.Assignment):
        place = next(node for node in first.targets if isinstance(node, tree.Name) and node.name == name)
    elif isinstance(first, tree.FunctionStatement):
        place = first.target
    message = f"`{shown}` is a global, and globals are readonly: assigning it stops the script."
    fix = ("Make it local", Edit(model.chunk.start(first), model.chunk.start(first), b"local "))
    model.report(ASSIGNED_GLOBAL, place, message, fix if _can_be_local(model, name, first) else None)


def _can_be_local(model: Model, name: bytes, first: tree.Statement) -> bool:
    """Whether `local` before its first assignment makes every use of the name mean the local variable."""
    if name in model.flow.globals:
        return False
    if isinstance(first, tree.Assignment) and not all(
        isinstance(target, tree.Name) and model.flow.variable(target) is None for target in first.targets
    ):
        return False
    block = model.parents[first.number]
    assert block is not None
    if isinstance(first, tree.Assignment) and any(name in model.bytes_of(value) for value in first.values):
        return False  # `x = x + 1` reads the global before the local is there
    uses = [node for node in model.all(tree.Name) if node.name == name and model.flow.variable(node) is None]
    return all(first.first <= node.first <= block.last for node in uses)
