"""The heap: what a run has allocated, weighed and named.

Python keeps objects alive; the heap decides what Lua could still reach. It marks from the roots (globals, string
metatable, every frame of every thread), clears weak tables, frees the slots of handles whose objects are gone, and
weighs what is left. Between collections it assumes that every instruction allocates `BYTES_PER_INSTRUCTION`; it
collects when what it assumes exceeds what was live, so the memory limit is held and `collectgarbage("count")` moves
as Lua's does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ferrous_vm.bounds import memory_limit_sentence
from ferrous_vm.errors import InvalidHandle, LimitExceeded
from ferrous_vm.machine.arena import Arena
from ferrous_vm.machine.handles import HANDLE_TYPES, Handle, parse_token
from ferrous_vm.machine.marking import Marking
from ferrous_vm.machine.transaction import Inverse
from ferrous_vm.values.functions import Proxy
from ferrous_vm.values.metamethods import GC, handler_of
from ferrous_vm.values.types import type_name

if TYPE_CHECKING:
    from ferrous_vm.machine.machine import Machine

Value = Any

BYTES_PER_INSTRUCTION: Final = 40
"""What an instruction is assumed to allocate: programs that do nothing but build small tables allocate as much."""

COLLECTION_STEP: Final = 40 * 1024 * 1024
"""Bytes assumed allocated before a small heap is collected: a million instructions."""

PATIENCE: Final = 7
"""A larger heap is collected when so many times its size may have been allocated: marking it takes a tenth of the time
until then."""


class Heap:
    """The objects of one engine."""

    def __init__(self, machine: Machine, roots: Callable[[], Iterable[Value]]) -> None:
        """`roots` answers the values that are alive beside those on the machine's stacks."""
        self.machine = machine
        """Whose stacks keep objects alive."""
        self._roots = roots
        self._arenas: dict[str, Arena[Value]] = {kind: Arena() for kind in HANDLE_TYPES}
        self._handles: dict[int, Handle] = {}
        self._live = 0
        self._allocated = 0
        self._counted_instructions = 0
        self.memory_limit: int | None = None
        self.watched: list[Proxy] = []
        """Userdata that may have a finalizer, the newest last."""
        self.unreachable: deque[Proxy] = deque()
        """Those that collections could not reach: their finalizers have yet to be called."""
        self.last: Marking | None = None
        """What the last collection found."""

    # Handles

    def handle_of(self, value: Value) -> Handle:
        """The handle of an object, the same for as long as the object is alive in this run.

        Raises InvalidHandle for nil, booleans and numbers, which are not objects.
        """
        handle = self._handles.get(id(value))
        if handle is None:
            kind = type_name(value).decode()
            if kind not in HANDLE_TYPES:
                raise InvalidHandle(f"a {kind} is no object")
            handle = HANDLE_TYPES[kind](*self._arenas[kind].insert(value))
            self._handles[id(value)] = handle
        return handle

    def resolve(self, handle: Handle) -> Value:
        """The object a handle names. Raises InvalidHandle, StaleHandle."""
        return self._arenas[handle.kind].get(handle.index, handle.generation)

    def resolve_token(self, token: str) -> Value:
        """The object a handle's text names. Raises InvalidHandle, StaleHandle."""
        return self.resolve(parse_token(token))

    def release_handles(self) -> None:
        """Every handle given so far is stale from now on: a new run begins."""
        for arena in self._arenas.values():
            arena.clear()
        self._handles.clear()

    # Memory

    def account(self) -> tuple[int, int, int]:
        """What is counted, on which it depends when garbage is looked for: a mark for `restore_account`."""
        return self._live, self._allocated, self._counted_instructions

    def restore_account(self, mark: tuple[int, int, int]) -> Inverse:
        """Count as at a mark; answers the inverse."""
        now = self.account()
        self._live, self._allocated, self._counted_instructions = mark
        return self.restore_account, (now,)

    def begin_run(self, memory_limit: int | None) -> None:
        """A run with its own limit and its own handles begins."""
        self.release_handles()
        self.memory_limit = memory_limit
        self._counted_instructions = 0

    def count_bytes(self, size: int) -> None:
        """Something large was allocated. Raises LimitExceeded if memory is over its limit, garbage collected."""
        self._allocated += size
        self._collect_if_due()

    def check(self) -> None:
        """Counts what the instructions since the last look may have allocated. Raises LimitExceeded."""
        self._count_instructions()
        self._collect_if_due()

    def memory_in_use(self) -> int:
        """Bytes that live objects and garbage not yet collected may occupy."""
        self.check()
        return self._live + self._allocated

    @property
    def live_bytes(self) -> int:
        """Bytes of what the last collection found alive."""
        return self._live

    def live_objects(self) -> Mapping[bytes, int]:
        """Objects the last collection found alive, by Lua's type."""
        return self.last.objects if self.last is not None else {}

    def collect(self) -> int:
        """Marks and sweeps. Answers the bytes in use afterwards."""
        self._count_instructions()
        marking = self.last = Marking()
        marking.mark([*self._roots(), *self.machine.roots(), *self.unreachable])
        self._find_unreachable(marking)
        marking.clear_weak_tables()
        for arena in self._arenas.values():
            arena.sweep(marking.reached)
        self._handles = {key: handle for key, handle in self._handles.items() if marking.has(key)}
        self._live = marking.bytes
        self._allocated = 0
        return self._live

    def _find_unreachable(self, marking: Marking) -> None:
        """Keeps alive what finalizers will be called with, the newest first (`luaC_separateudata`, `marktmu`)."""
        lost = [proxy for proxy in reversed(self.watched) if not marking.reached(proxy)]
        for proxy in lost:
            proxy.finalized = True
        self.watched = [proxy for proxy in self.watched if not proxy.finalized]
        due = [proxy for proxy in lost if handler_of(proxy, GC) is not None]
        self.unreachable.extend(due)
        marking.mark(due)

    def _count_instructions(self) -> None:
        executed = self.machine.executed
        self._allocated += BYTES_PER_INSTRUCTION * max(executed - self._counted_instructions, 0)
        self._counted_instructions = executed

    def _collect_if_due(self) -> None:
        limit = self.memory_limit
        assumed = self._live + self._allocated
        if self._allocated > max(COLLECTION_STEP, PATIENCE * self._live) or (limit is not None and assumed > limit):
            used = self.collect()
            if limit is not None and used > limit:
                raise LimitExceeded("memory", memory_limit_sentence(limit))
