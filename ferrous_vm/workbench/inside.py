"""What becomes of a script: its tree, the machine's code, and the Python that the translator makes of it; and where in
the code a debugged script stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, Final

from ferrous_vm import engines
from ferrous_vm.analysis.scopes import ResolvedChunk
from ferrous_vm.bytecode.disassembler import instruction_text
from ferrous_vm.bytecode.module import Prototype
from ferrous_vm.errors import LuaSyntaxError, Untranslatable
from ferrous_vm.printing import printed
from ferrous_vm.scripting.host import FUNCTION_CHUNK, SCRIPT_CHUNK
from ferrous_vm.scripting.sandbox import open_function_globals, open_script_globals
from ferrous_vm.scripting.shebang import body_of
from ferrous_vm.scripting.state import LuaState
from ferrous_vm.syntax.tree import Node
from ferrous_vm.translator.shapes import python_name
from ferrous_vm.workbench.debugging import Opened, ask
from ferrous_vm.workbench.escapes import encode, quote
from ferrous_vm.workbench.python_text import python_lines
from ferrous_vm.workbench.records.inside import (
    DebugRegisters,
    DebugRegistersShown,
    Inside,
    InsideFunction,
    InsideLine,
    InsideShown,
)
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.workbench import Workbench

MOST_LINES: Final = 3_000
"""Lines of each listing that are shown."""

LONGEST_TEXT: Final = 400
"""Characters of one of them."""

UNTRANSLATED: Final = "The translator leaves this script to the machine: there is no Python of it."


def inside(workbench: Workbench, request: Inside) -> InsideShown:
    """What becomes of a script."""
    chunk_name = FUNCTION_CHUNK if request.is_library else SCRIPT_CHUNK
    try:
        resolved = engines.resolve_source(body_of(encode(request.script)), chunk_name)
        code = engines.compile_resolved(resolved)
    except LuaSyntaxError as error:
        return InsideShown([], [], [], printed(error.message), 0)
    listings = list(_functions(code.main))
    nodes = list(_tree_lines(resolved.chunk.main, 0))
    python, problem = _python(workbench, resolved, request.is_library)
    shown, left = [], MOST_LINES
    for function in listings:
        shown.append(InsideFunction(function.title, function.instructions[:left]))
        left -= len(shown[-1].instructions)
    total = sum(len(function.instructions) for function in listings)
    omitted = sum(max(0, length - MOST_LINES) for length in (total, len(nodes), len(python)))
    return InsideShown(shown, nodes[:MOST_LINES], python[:MOST_LINES], problem, omitted)


def _prototypes(main: Prototype) -> Iterator[Prototype]:
    """Each function before those inside it, as the disassembler lists them."""
    waiting = [main]
    while waiting:
        prototype = waiting.pop()
        yield prototype
        waiting.extend(reversed(prototype.prototypes))


def _functions(main: Prototype) -> Iterator[InsideFunction]:
    for prototype in _prototypes(main):
        place = f"function at lines {prototype.defined_line}–{prototype.end_line}"  # noqa: RUF001 - a range
        title = place if prototype.defined_line else "main function"
        counts = f"{prototype.parameter_count} parameters, {prototype.register_count} registers"
        yield InsideFunction(f"{title}: {counts}", [_instruction(prototype, pc) for pc in range(len(prototype.code))])


def _instruction(prototype: Prototype, pc: int) -> InsideLine:
    named = [f"{one.kind} {printed(one.name)}" for one in prototype.descriptions[pc] if one]
    text = instruction_text(prototype, pc) + (f"  ; {', '.join(named)}" if named else "")
    return InsideLine(prototype.lines[pc], 0, _cut(f"{pc:4} {text}"))


def _tree_lines(root: Node, depth: int) -> Iterator[InsideLine]:
    """A node and what is inside it, without calls within calls: chains of operators may be thousands long."""
    waiting: list[tuple[str, Any, int]] = [("", root, depth)]
    while waiting:
        role, node, level = waiting.pop()
        inner, attributes = [], []
        for name in type(node).__match_args__:
            if name in ("first", "last", "line"):
                continue
            value = getattr(node, name)
            if isinstance(value, Node):
                inner.append((name, value, level + 1))
            elif isinstance(value, list) and value and isinstance(value[0], Node):
                inner += [(name, one, level + 1) for one in value]
            elif value is not None and value is not False and value != []:
                attributes.append(f"{name} {_attribute(value)}")
        head = f"{role}: " if role else ""
        yield InsideLine(node.line or None, level, _cut(" ".join([head + type(node).__name__, *attributes])))
        waiting.extend(reversed(inner))


def _attribute(value: Any) -> str:
    if isinstance(value, bytes):
        return quote(value)
    if isinstance(value, Enum):
        return str(getattr(value, "symbol", value.value))
    return f"{value:.14g}" if isinstance(value, float) else str(value)


def _python(workbench: Workbench, resolved: ResolvedChunk, is_library: bool) -> tuple[list[InsideLine], str]:
    host = workbench.server.scripting
    state = LuaState(host, host.create_runtime(engines.DEFAULT))
    (open_function_globals if is_library else open_script_globals)(state)
    try:
        function = state.runtime.python_tree(resolved)
        lines = [
            InsideLine(line.line, line.depth, _cut(printed(line.text.encode()))) for line in python_lines(function)
        ]
    except (Untranslatable, RecursionError):
        return [], UNTRANSLATED
    return [*_legend(resolved), *lines], ""


def _legend(resolved: ResolvedChunk) -> Iterator[InsideLine]:
    """What the numbered variables are in the script."""
    for scope in resolved.scopes:
        if scope is not None and scope.locals:
            names = ", ".join(f"{python_name(local)} is {printed(local.name)}" for local in scope.locals)
            yield InsideLine(scope.function.defined_line or None, 0, _cut(f"# {names}"))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def registers(workbench: Workbench, request: DebugRegisters) -> DebugRegistersShown | Failure:
    """Where the machine stands."""
    return ask(workbench, lambda opened: _registers(opened, request))


def _registers(opened: Opened, request: DebugRegisters) -> DebugRegistersShown:
    values = opened.values
    found = opened.session.registers(max(request.level, 0))
    if found is None:
        return DebugRegistersShown(-1, 0, [])
    is_library = opened.request.mode == "FCALL" or opened.request.mode == "FCALL_RO"
    source = body_of(encode(opened.request.script))
    code = engines.compile_resolved(engines.resolve_source(source, FUNCTION_CHUNK if is_library else SCRIPT_CHUNK))
    number = _place_of(found.prototype, _prototypes(code.main))
    depth = opened.session.depth - request.level
    shown = [
        values.marked(f"r{register}{f' {printed(name)}' if name else ''}", value, (depth, number, "register", register))
        for register, (name, value) in enumerate(found.values)
    ]
    return DebugRegistersShown(number, found.pc, shown)


def _place_of(prototype: Prototype, among: Iterable[Prototype]) -> int:
    return next((number for number, one in enumerate(among) if one == prototype), -1)
