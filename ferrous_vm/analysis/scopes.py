"""Tree to resolved tree: which variable every name means (Lua 5.1 manual section 2.6).

`resolve` adds nothing to the tree; its answers are side tables indexed by node number.
It refuses a function with too many upvalues, as Lua's compiler does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ferrous_vm.syntax.tree import Chunk, Declaration, Function


@dataclass(slots=True, eq=False)
class LocalVariable:
    """One local variable of one function: a declared name, a parameter, a loop variable, `self` or `arg`.

    `declaration`: where it is named; None for the `arg` of a vararg function, which nobody writes.
    `captured`: a function inside uses it, so it needs a cell.
    `fresh_each_turn`: captured and declared inside a loop of its own function, so each turn has a cell of its own.
    `assigned`: some assignment other than its declaration stores to it.
    `assigned_after_capture`: such an assignment may happen after a closure captured it, so the closure cannot
    keep a copy of the value. (Never false when it could be true; the initial value of a `local function` does not
    count as an assignment although the function itself may have captured the name before.)
    """

    name: bytes
    declaration: Declaration | None
    function: FunctionScope
    index: int
    """Position in `function.locals`."""
    loop_depth: int
    """How many loops of its function it is declared in."""
    captured: bool = False
    assigned: bool = False
    assigned_after_capture: bool = False

    @property
    def fresh_each_turn(self) -> bool:
        return self.captured and self.loop_depth > 0


@dataclass(slots=True, eq=False)
class Upvalue:
    """One variable of an outer function as one function sees it.

    `source`: the variable in the function just outside: its local, or its own upvalue.
    `local`: the local variable it is in the end.
    """

    name: bytes
    index: int
    """Position in the `upvalues` of the function that uses it: the order of first use, as in Lua."""
    source: LocalVariable | Upvalue
    local: LocalVariable


Variable = LocalVariable | Upvalue
"""What a Name means; None stands for a global."""


@dataclass(slots=True, eq=False)
class FunctionScope:
    """What one function declares and uses.

    `locals`: every local variable in order of declaration; parameters come first, then `arg` if it is vararg.
    `parameters`: the parameters alone, without `arg`.
    `uses_vararg`: `...` occurs in its body.
    `arg`: the `arg` variable of a vararg function (LUA_COMPAT_VARARG); None for the main function and plain ones.
    `children`: the functions directly inside, in source order.
    """

    function: Function
    parent: FunctionScope | None
    parameters: list[LocalVariable] = field(default_factory=list)
    locals: list[LocalVariable] = field(default_factory=list)
    upvalues: list[Upvalue] = field(default_factory=list)
    children: list[FunctionScope] = field(default_factory=list)
    uses_vararg: bool = False
    arg: LocalVariable | None = None

    @property
    def needs_arg(self) -> bool:
        """Whether a call fills `arg` with a table (`{n = count, ...}`): only if `...` is never used."""
        return self.arg is not None and not self.uses_vararg


@dataclass(slots=True, eq=False)
class ResolvedChunk:
    """A chunk whose names have meanings.

    `variables[name.number]` is the Variable of a Name, or None for a global.
    `declared[declaration.number]` is the LocalVariable of a Declaration.
    `scopes[function.number]` is the FunctionScope of a Function. Other entries of the three lists are None.
    """

    chunk: Chunk
    main: FunctionScope
    variables: list[Variable | None]
    declared: list[LocalVariable | None]
    scopes: list[FunctionScope | None]
