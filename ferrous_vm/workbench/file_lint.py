"""What the linter finds in a file: in a script, or in the scripts that stand in the strings of a program; and the file
with the changes made that nobody need be asked about.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import PurePath
from typing import Final, cast

from ferrous_vm.analysis.lint import SYNTAX_RULES, Diagnostic, Edit, Fix, Severity, apply
from ferrous_vm.analysis.lint.comparisons import TEXT_ORDER
from ferrous_vm.analysis.lint.cost import UNPACKED_ARGUMENTS
from ferrous_vm.analysis.lint.globals import heard_of
from ferrous_vm.analysis.lint.keys import COMPUTED_KEY
from ferrous_vm.analysis.lint.keys import RULES as KEY_RULES
from ferrous_vm.analysis.lint.kinds import (
    given_names,
    is_foreign,
    is_template,
    lacked_names,
    names_foreign,
    only_defines,
    speaks_of_redis,
)
from ferrous_vm.analysis.lint.nulls import MAYBE_FALSE
from ferrous_vm.analysis.lint.protected import UNCHECKED_PCALL
from ferrous_vm.analysis.lint.replaced import REPLACED, TRANSACTION
from ferrous_vm.analysis.lint.replies import INDEXED_NUMBER, UNORDERED_REPLY
from ferrous_vm.analysis.scopes import resolve
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.records import Record, with_changes
from ferrous_vm.scripting.lint_facts import DEFAULT, script_facts
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.parser import parse
from ferrous_vm.workbench.embedded_scripts import (
    GRAMMARS,
    EmbeddedScript,
    begins_as_script,
    embedded_scripts,
    script_parts,
)
from ferrous_vm.workbench.linting import lint_script
from ferrous_vm.workbench.lua_strings import scripts_of_lua

MOST_ROUNDS: Final = 10
"""How often a file is linted again after changes; two rounds do for what people write."""


_OF_WHOLE_SCRIPTS: Final = frozenset(("undefined-global", "undefined-field", "assigned-global", REPLACED.name))
_OF_GIVEN: Final = frozenset(("undefined-global", "assigned-global"))
_FORMATTED: Final = re.compile(rb"\{[A-Za-z_]\w*\}").search


_TAGS: Final = re.compile(
    rb"""(?i)hash[ _-]?tag|\{\{\{\w|["'`:]\{\$\{\w|["':]\{#\{\w|["':]\{%[sdv]\}|["'`:]\{["'`]\s*(?:\+|\.|<<)|:\{<\w"""
).search
"""How programs put a hash tag into a name: `f"{{{name}}}:"`, `{${name}}`, `{#{name}}`, `{%s}`, `"{" + name`; and how
they tell of it: `jobs:{<queue>}`."""


_IS_TEST: Final = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__)/|(?:^|/)test_[^/]*$|[._](?:test|spec)\.[a-z]+$|(?:Tests?|IT)\.java$"
).search
"""The programs that test others, by the customs of each language."""

_NOT_OF_TESTS: Final = frozenset(
    rule.name
    for rule in (
        *(*KEY_RULES, UNCHECKED_PCALL, REPLACED, UNORDERED_REPLY, UNPACKED_ARGUMENTS),
        *(MAYBE_FALSE, INDEXED_NUMBER, TEXT_ORDER),
    )
)


class FileLint(Record):
    """The findings in a file, at places of the file; `left_alone` says why there are none, where nobody looked."""

    found: list[Diagnostic]
    left_alone: str = ""


def names_given(source: bytes) -> frozenset[bytes]:
    """The names that scripts beside this one need not declare: those it declares for them, as a part that a build step
    puts before others, and those it is given itself, as a part that stands behind such a one."""
    try:
        resolved = resolve(parse(source, b"@user_script"))
    except LuaSyntaxError:
        return frozenset()
    by_form: dict[type[tree.Node], list[tree.Node]] = {}
    for node in resolved.chunk.nodes:
        by_form.setdefault(type(node), []).append(node)
    targets = [target for node in by_form.get(tree.Assignment, ()) for target in cast(tree.Assignment, node).targets]
    targets += [cast(tree.FunctionStatement, node).target for node in by_form.get(tree.FunctionStatement, ())]
    assigned = {target.name for target in targets if isinstance(target, tree.Name)}
    known = heard_of((*script_facts().script_globals, *assigned))
    return given_names(resolved) | lacked_names(resolved, by_form, known)


def lint_file(
    name: str,
    source: bytes,
    servers: tuple[str, ...] = DEFAULT,
    given: Callable[[], frozenset[bytes]] = frozenset,
    tagged: Callable[[], bool] = bool,
    *,
    is_named: bool = True,
) -> FileLint:
    """What the linter finds in a file, whose scripts are for these servers unless they name others. What the
    files beside it have `given`, it need not declare: asked when something is not declared. Where the programs beside
    it put a hash tag into names, `tagged`, the keys that it makes of them have one. A file that nobody named but its
    folder is a script if it speaks of Redis, and what loads a library may begin it. `name` may have the folders it
    stands in before it: programs that are tests are known by them too.

    Raises ImportError for a program whose grammar is not installed.
    """
    if PurePath(name).suffix in GRAMMARS:
        scripts = embedded_scripts(name, source)
        parts = partial(script_parts, name, source)
        found = _worth_telling(_in_strings(source, scripts, servers, parts), lambda: tags_keys(source) or tagged())
        return FileLint([one for one in found if not _is_tried(one)] if _IS_TEST(PurePath(name).as_posix()) else found)
    is_script = is_named or (speaks_of_redis(source) and not _is_for_later_lua(source))
    if belongs_elsewhere(source) or not is_script:
        scripts = list(scripts_of_lua(source))
        found = _worth_telling(_in_strings(source, scripts, servers), lambda: tags_keys(source) or tagged())
        return FileLint(found, "" if scripts else "it is no Redis script")
    found = _worth_telling(_without_given(lint_script(source, servers), source, given), tagged)
    if not is_named:
        found = _without_offered(found, source)
    if any(one.rule in SYNTAX_RULES and is_template(source, one.start) for one in found):
        return FileLint([], "it is the template of a script")
    return FileLint(found)


def _is_tried(one: Diagnostic) -> bool:
    """Whether a finding is none in a test: what stops a script is seen there, and often wanted, as is that another way
    or an error that nobody looks at is tried; and the keys are those of one server that the test fills, as is what is
    in them."""
    return one.severity is Severity.ERROR or one.rule in _NOT_OF_TESTS


def _is_no_gain(one: Diagnostic) -> bool:
    """Whether several commands would do what a script does in one: to who writes it that is worth knowing, and of a
    finished program it is no finding."""
    return one.rule == REPLACED.name and TRANSACTION in one.message


def tags_keys(program: bytes) -> bool:
    """Whether a program puts a {hash tag} into names, or speaks of it."""
    return _TAGS(program) is not None


def _worth_telling(found: list[Diagnostic], tagged: Callable[[], bool]) -> list[Diagnostic]:
    """The findings but for what would be no gain, and for keys that are made of parts, where these have a hash tag:
    asked when there is such a key."""
    found = [one for one in found if not _is_no_gain(one)]
    if not any(one.rule == COMPUTED_KEY.name for one in found) or not tagged():
        return found
    return [one for one in found if one.rule != COMPUTED_KEY.name]


def _in_strings(
    source: bytes,
    scripts: list[EmbeddedScript],
    servers: tuple[str, ...],
    parts: Callable[[], Iterable[bytes]] = tuple,
) -> list[Diagnostic]:
    """What is found in the scripts of a program, at its places there. What `parts` of scripts give, which call no
    command, the scripts need not declare."""
    lines = _line_starts(source)
    among = cache(lambda: frozenset[bytes]().union(*map(names_given, (*(one.text for one in scripts), *parts()))))
    return [
        moved
        for script in scripts
        for one in _without_given(_in_string(script, servers), script.text, among)
        if (moved := _moved(one, script, lines)) is not None
    ]


def _without_given(found: list[Diagnostic], source: bytes, given: Callable[[], frozenset[bytes]]) -> list[Diagnostic]:
    """The findings but for names that others give, which are read and assigned: not for one that the script declares
    itself, elsewhere and not for a function or a loop, nor to one that begins with a shebang, before which nothing can
    be put."""
    lacked = {source[one.start : one.end] for one in found if one.rule in _OF_GIVEN}
    hidden = lacked & given() if lacked and source[:2] != b"#!" else set()
    if hidden:
        chunk = parse(source, b"@user_script")
        functions = (node for node in chunk.nodes if isinstance(node, tree.Function))
        taken = {parameter.number for function in functions for parameter in function.parameters}
        loops = (node for node in chunk.nodes if isinstance(node, tree.GenericFor))
        taken.update(name.number for loop in loops for name in loop.names)
        declared = (node for node in chunk.nodes if isinstance(node, tree.Declaration))
        hidden -= {node.name for node in declared if node.number not in taken}
    return [one for one in found if one.rule not in _OF_GIVEN or source[one.start : one.end] not in hidden]


def _without_offered(found: list[Diagnostic], source: bytes) -> list[Diagnostic]:
    """The findings but for what a file does that a program makes a library of: it does nothing but name functions, or
    registers them and takes no KEYS of its own."""
    if any(one.rule == "assigned-global" for one in found) and only_defines(resolve(parse(_body(source), b"@file"))):
        found = [one for one in found if one.rule != "assigned-global"]
    if b"KEYS" in source or b"ARGV" in source:
        return found
    return [one for one in found if not source[one.start : one.end].endswith(b".register_function")]


def belongs_elsewhere(source: bytes) -> bool:
    """Whether a file is a program of another host, which may have scripts in its strings."""
    try:
        return is_foreign(resolve(parse(_body(source), b"@user_script")))
    except LuaSyntaxError:
        return False


def _is_for_later_lua(source: bytes) -> bool:
    """Whether a file does not compile, and is hardly to blame for it: it is a program for a host with another Lua."""
    try:
        parse(_body(source), b"@user_script")
    except LuaSyntaxError:
        return names_foreign(_body(source))
    return False


def _body(source: bytes) -> bytes:
    """A source without its first line, where that is a shebang."""
    return source if source[:2] != b"#!" else source[source.find(b"\n") :] if b"\n" in source else b""


def _in_string(script: EmbeddedScript, servers: tuple[str, ...]) -> list[Diagnostic]:
    """The findings that hold whatever the program puts into its strings."""
    found = lint_script(script.text, servers)
    broken = next((one for one in found if one.rule in SYNTAX_RULES), None)
    if broken is not None:
        is_meant = not script.is_part and begins_as_script(script.text)
        return found if is_meant and not is_template(script.text, broken.start) else []
    if _FORMATTED(script.text) and any(one.rule == "undefined-global" for one in found):
        return []  # a template of str.format, whose places are tables in Lua
    if script.is_part:
        found = [one for one in found if one.rule not in _OF_WHOLE_SCRIPTS]
    return [one for one in found if script.holes.isdisjoint(_lines_of(one))]


def _lines_of(one: Diagnostic) -> set[int]:
    """The lines that a finding is about, counted from 0."""
    return {line - 1 for line in (*range(one.line, one.end_line + 1), *one.named)}


def _line_starts(source: bytes) -> list[int]:
    starts = [0]
    while (at := source.find(b"\n", starts[-1])) >= 0:
        starts.append(at + 1)
    return starts


def _moved(one: Diagnostic, script: EmbeddedScript, lines: list[int]) -> Diagnostic:
    """A finding at its place in the program; without its change, where that cannot be made there."""
    start = script.origins[one.start]
    end = script.origins[one.end - 1] + 1 if one.end > one.start else start
    line, end_line = bisect_right(lines, start), bisect_right(lines, end)
    message, named = one.message, []
    starts = _line_starts(script.text) if one.named else []
    for inside in one.named:
        named.append(bisect_right(lines, script.origins[starts[inside - 1]]))
        message = message.replace(f"line {inside}", f"line {named[-1]}", 1)
    fix = one.fix
    if fix is not None:
        edits = [_moved_edit(edit, script) for edit in fix.edits]
        whole = tuple(edit for edit in edits if edit is not None)
        fix = Fix(fix.title, whole, fix.certain) if len(whole) == len(edits) else None
    return with_changes(
        one,
        message=message,
        named=tuple(named),
        line=line,
        column=start - lines[line - 1] + 1,
        end_line=end_line,
        end_column=end - lines[end_line - 1] + 1,
        start=start,
        end=end,
        fix=fix,
    )


def _moved_edit(edit: Edit, script: EmbeddedScript) -> Edit | None:
    """An edit of the program; None where the script's bytes are not the program's, or its text would end the string."""
    if not set(edit.text).isdisjoint(script.delimiters + b"\\\n$#{"):
        return None
    if edit.start == edit.end:
        place = script.origins[edit.start - 1] + 1 if edit.start else script.origins[0]
        return Edit(place, place, edit.text)
    if not script.is_verbatim(edit.start, edit.end - 1):
        return None
    return Edit(script.origins[edit.start], script.origins[edit.end - 1] + 1, edit.text)


def fixed(source: bytes, lint: Callable[[bytes], FileLint]) -> tuple[bytes, int]:
    """The file with every certain change made that `lint` proposes, and how many those were. What compiled still
    does."""
    count = 0
    for _ in range(MOST_ROUNDS):
        found = lint(source).found
        broken = sum(one.rule in SYNTAX_RULES for one in found)
        changes = _apart([one.fix for one in found if one.fix is not None and one.fix.certain])
        if not changes:
            break
        changed = apply(source, Fix("", tuple(edit for fix in changes for edit in fix.edits)))
        if sum(one.rule in SYNTAX_RULES for one in lint(changed).found) > broken:
            break
        source, count = changed, count + len(changes)
    return source, count


def _apart(fixes: list[Fix]) -> list[Fix]:
    """Those of the changes that touch no place twice, the first ones first."""
    chosen: list[Fix] = []
    taken: list[tuple[int, int]] = []
    for fix in dict.fromkeys(fixes):
        spans = [(edit.start, edit.end) for edit in fix.edits]
        first, last = min(start for start, _ in spans), max(end for _, end in spans)
        if all(last < begin or end < first for begin, end in taken):
            chosen.append(fix)
            taken.append((first, last))
    return chosen
