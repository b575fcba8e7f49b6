"""Lua values of a debugged script as they are shown: named by tokens, looked into on demand, marked where they changed.

A token begins with the number of the session, so that one of an earlier session names nothing. What an expression
makes is gone when it has been shown; so a token of such a value is the expression itself and the way into its results,
and to look into it is to evaluate it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ferrous_vm.errors import EvaluationFailed, InvalidHandle
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.machine.inspection import FrameView, ValueView, Variable, describe, entries
from ferrous_vm.printing import printed
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.syntax.chunk_name import short_source
from ferrous_vm.values.strings import LuaString
from ferrous_vm.workbench.escapes import quote
from ferrous_vm.workbench.records.debugging import DebugContent, DebugFrame, DebugValue, DebugVariable

MOST_ENTRIES: Final = 100
"""Entries of a table shown at once."""

MOST_BYTES: Final = 2_000
"""Bytes of a string shown at once."""

_COMPARED: Final = 20
"""Entries of a table of the innermost function in which a change is noticed; elsewhere it is their number."""

_EVALUATED: Final = "="
"""How the token of a value begins that an expression made."""

Mark = tuple[Any, ...]
Show = Callable[[tuple[Any, ...]], DebugContent]


class LuaValues:
    """Those of one session. `number` is the session's."""

    def __init__(self, number: int, session: DebugSession) -> None:
        self.number = number
        self._session = session
        self._before: dict[Mark, Any] = {}
        self._now: dict[Mark, Any] = {}
        """What was shown at this moment, and at the one before: by its place, how it looked."""

    def begin_moment(self) -> None:
        """Another moment is shown from now on: what differs from the one before is marked."""
        self._before, self._now = self._now, {}

    def frames(self, views: Sequence[FrameView], depth: int) -> list[DebugFrame]:
        """The innermost `views` of a stack that is so deep."""
        return [self.frame(view, (depth - level, view.function), level == 0) for level, view in enumerate(views)]

    def frame(self, view: FrameView, place: Mark, looks_inside: bool = False) -> DebugFrame:
        """One level of a stack, which is at `place`."""
        is_foreign = view.chunk_name is not None and not self._session.is_own(view)
        return DebugFrame(
            f"{view.function} of {printed(short_source(view.chunk_name or b''))}" if is_foreign else view.function,
            None if is_foreign else view.line,
            self._variables(view.locals, (*place, "local"), looks_inside),
            self._variables(view.upvalues, (*place, "upvalue"), looks_inside),
            self._variables(self._numbered(view.varargs), (*place, "..."), looks_inside),
        )

    def _numbered(self, values: Sequence[ValueView]) -> tuple[Variable, ...]:
        return tuple(Variable(b"%d" % number, value) for number, value in enumerate(values, 1))

    def _variables(self, variables: Sequence[Variable], place: Mark, looks_inside: bool) -> list[DebugVariable]:
        return [
            DebugVariable(
                printed(variable.name),
                self.value(variable.value),
                self._is_changed((*place, number, variable.name), self._look_of(variable.value, looks_inside)),
            )
            for number, variable in enumerate(variables)
        ]

    def _is_changed(self, place: Mark, look: Any) -> bool:
        self._now[place] = look
        return bool(self._before.get(place, look) != look)

    def _look_of(self, value: ValueView, looks_inside: bool) -> Any:
        look = (value.type, value.text, value.size, value.token if value.type != "string" else None)
        if not looks_inside or value.type != "table" or value.token is None:
            return look
        return (look, self._session.glance(value.token, _COMPARED))

    def marked(self, name: str, value: ValueView, place: Mark) -> DebugVariable:
        """A value that is shown at `place` from moment to moment."""
        return DebugVariable(name, self.value(value), self._is_changed(place, self._look_of(value, False)))

    def variable(self, variable: Variable) -> DebugVariable:
        """One that is marked nowhere."""
        return DebugVariable(printed(variable.name), self.value(variable.value))

    def value(self, value: ValueView) -> DebugValue:
        """A value with its token."""
        is_short = value.type == "string" and value.size == len(value.text)
        token = None if value.token is None or is_short else f"{self.number}/{value.token}"
        return DebugValue(value.type, _text(value), token, value.size)

    # What is inside

    def expand(self, token: str, start: int) -> DebugContent:
        """What is inside a value, from entry (of a string: byte) `start` on. Raises InvalidHandle or StaleHandle."""
        number, _, name = token.partition("/")
        if number != str(self.number):
            raise InvalidHandle(f"of another session: {token[:40]!r}")
        if name.startswith(_EVALUATED):
            return self._expand_evaluated(name, start)
        if name.startswith("string:"):
            ((_, value),) = self._session.expand(name, start, MOST_BYTES + 1)
            return _part_of_string(value.text, start, value.size)
        found = self._session.expand(name, start, MOST_ENTRIES + 1)
        shown = [self._entry(name, key, value) for key, value in found[:MOST_ENTRIES]]
        return DebugContent(shown, len(found) > MOST_ENTRIES)

    def _entry(self, table: str, key: ValueView, value: ValueView) -> DebugVariable:
        was_open = (table, None) in self._before
        self._now[table, None] = True
        place, look = (table, key.type, key.text), self._look_of(value, False)
        is_new = was_open and place not in self._before
        return DebugVariable(_text(key), self.value(value), self._is_changed(place, look) or is_new)

    # Expressions

    def evaluate(self, expression: bytes, level: int, thread: str) -> list[DebugValue]:
        """The results of an expression in a frame. Raises EvaluationFailed, InvalidHandle or StaleHandle."""

        def show(values: tuple[Any, ...]) -> list[DebugValue]:
            way = f"{self.number}/{_EVALUATED}{level} {thread or '-'} "
            return [self._evaluated(value, f"{way}{at}", expression) for at, value in enumerate(values[:MOST_ENTRIES])]

        return self._session.evaluate(expression, show, level, thread)

    def _evaluated(self, value: Any, way: str, expression: bytes) -> DebugValue:
        described = describe(value)
        is_long = described.type == "string" and described.size != len(described.text)
        token = f"{way} {quote(expression)}" if is_long or entries(value) else None
        return DebugValue(described.type, _text(described), token, described.size)

    def _expand_evaluated(self, name: str, start: int) -> DebugContent:
        try:
            level, thread, path, expression = name[len(_EVALUATED) :].split(" ", 3)
            positions = list(map(int, path.split(".")))
            (source,) = split_words(expression.encode()) or []
            thread = "" if thread == "-" else thread
            show = self._showing(positions, f"{self.number}/{_EVALUATED}{level} {thread or '-'} {path}", source, start)
            return self._session.evaluate(source, show, int(level), thread)
        except (ValueError, EvaluationFailed):
            raise InvalidHandle(f"not a handle: {name[:40]!r}") from None

    def _showing(self, positions: list[int], way: str, source: bytes, start: int) -> Show:
        def show(values: tuple[Any, ...]) -> DebugContent:
            value = _at(values, positions)
            if isinstance(value, LuaString):
                return _part_of_string(bytes(value[start : start + MOST_BYTES + 1]), start, len(value))
            found = entries(value)[start : start + MOST_ENTRIES + 1]
            shown = [
                DebugVariable(_text(describe(key)), self._evaluated(item, f"{way}.{at}", source))
                for at, (key, item) in enumerate(found[:MOST_ENTRIES], start)
            ]
            return DebugContent(shown, len(found) > MOST_ENTRIES)

        return show


def _at(values: tuple[Any, ...], positions: list[int]) -> Any:
    """The value to which a way leads. Raises EvaluationFailed where there is none."""
    try:
        value = values[positions[0]]
        for position in positions[1:]:
            value = entries(value)[position][1]
        return value
    except IndexError:
        raise EvaluationFailed(b"there is no such value any more") from None


def _text(value: ValueView) -> str:
    return quote(value.text) if value.type == "string" else printed(value.text)


def _part_of_string(part: bytes, start: int, size: int | None) -> DebugContent:
    shown = DebugValue("string", quote(part[:MOST_BYTES]), None, size)
    return DebugContent([DebugVariable(f"from byte {start + 1}", shown)], len(part) > MOST_BYTES)
