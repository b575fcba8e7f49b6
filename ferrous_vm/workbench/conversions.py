"""Every value of a run that is not what it was: on its way into a command, into Lua, and out to the client.

In: the commands a script issued and what it returned. Out: contract.Conversion, those alike on one line counted once.
What a result loses is told by `ferrous_vm.scripting.losses`; this module has the other two ways, and the words for all.
The walks keep their own stack, and look at no more than `MOST_VALUES` values of a reply.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Final, Literal

from ferrous_vm.keyspace.replies import NullArray, Status
from ferrous_vm.printing import printed
from ferrous_vm.records import with_changes
from ferrous_vm.scripting.losses import Loss, LossKind, losses, shown
from ferrous_vm.scripting.run import Issued
from ferrous_vm.values.lost import Lost
from ferrous_vm.values.numbers import number_to_text, to_long
from ferrous_vm.values.strings import LuaString
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.records.running import Conversion

SCORED = frozenset({b"ZADD", b"ZINCRBY"})
"""Commands that take scores."""

LONG = 16
"""Digits of an integer that a double may not hold."""

MOST_VALUES = 1_000
MOST_CONVERSIONS = 100

PRECISE = 2**53
"""Beyond it a Lua number does not hold every integer."""

LEAST_EXPONENT = 1e17
"""From here on a number becomes text with an exponent."""

ADVICE = {
    LossKind.FRACTION: "Redis cuts Lua numbers to integers. Return tostring(…) to keep it.",
    LossKind.RANGE: "A reply carries integers of 64 bits. Return it as text.",
    LossKind.TRUE: "true arrives as 1.",
    LossKind.FALSE: "false arrives as nil.",
    LossKind.TYPE: "Values of this type arrive as nil.",
    LossKind.HOLE: "An array ends at its first nil. Put false there to keep the place.",
    LossKind.FIELDS: "Only the array part of a table is sent. Return a list of names and values, or cjson.encode it.",
    LossKind.STRUCTURE: "The field that gives the reply its type is sent alone.",
    LossKind.CYCLE: "The table contains itself: it is repeated until Lua's stack is full.",
    LossKind.LINE_BREAK: "A status or an error is one line: breaks became spaces. Return a string to keep them.",
    LossKind.NUL: "A status or an error ends at its first NUL byte. Return a string to keep all of it.",
}
"""Why, and what to do, for each loss of a result."""

if ADVICE.keys() != set(LossKind):
    raise AssertionError("a kind of loss has no advice")

TYPE_ONLY = frozenset({LossKind.TRUE, LossKind.FALSE})
"""What changes its type and loses nothing."""

TOGETHER = frozenset({LossKind.HOLE, LossKind.FIELDS, LossKind.STRUCTURE})
"""What is told once for all the places of a result."""


NO_LOSSES = frozenset({Lost.EMPTY_LIST, Lost.NULL, Lost.EMPTY})
"""What a library makes something else of, and loses nothing yet."""

LONGEST_SHOWN = 60
"""Characters of a value."""


class ConversionLog:
    """Collects the conversions of one run."""

    def __init__(self) -> None:
        self.found: dict[tuple[Any, ...], Conversion] = {}
        self._read_empty_list = False

    @property
    def conversions(self) -> list[Conversion]:
        """What was found, in the order it first happened."""
        return list(self.found.values())

    def command(self, issued: Issued) -> None:
        """Notes what a command's arguments and its reply became."""
        for position, value in enumerate(issued.arguments):
            if type(value) is float:
                self._argument(issued, position, value)
            elif value.startswith(b'"') and len(value) > 1 and value.endswith(b'"'):
                message = "The quotation marks are part of the value: it was written as JSON, which cjson.decode reads."
                shown = cut(printed(value), LONGEST_SHOWN)
                self._add(
                    "argument", issued.line, f"argument {position} of {_name(issued)}", shown, shown, message, False
                )
        if issued.argv[0].upper() in SCORED:
            self._scores(issued)
        kind = type(issued.reply)
        if kind is bytes or (kind is int and -PRECISE < issued.reply < PRECISE):  # type: ignore[operator]
            return
        if len(self.found) < MOST_CONVERSIONS:
            deleted = _deleted_entries(issued.argv[0].upper(), issued.reply)
            changes = _reply_changes(issued.reply, issued.protocol)
            for before, after, message, loses in itertools.chain(deleted, changes):
                self._add("reply", issued.line, _name(issued), before, after, message, loses)

    def library(self, lost: Lost, before: str, after: str, line: int | None) -> None:
        """Notes what a library function lost. An empty table is a loss once an empty list was read."""
        self._read_empty_list = self._read_empty_list or lost is Lost.EMPTY_LIST
        loses = self._read_empty_list if lost is Lost.EMPTY else lost not in NO_LOSSES
        before = "[]" if lost is Lost.EMPTY and loses else before
        where = "bit" if lost is Lost.BITS else "cjson"
        self._add("library", line, where, cut(before, LONGEST_SHOWN), cut(after, LONGEST_SHOWN), lost.value, loses)

    def result(self, results: tuple[Any, ...], protocol: int, line: int | None) -> None:
        """Notes what a script's results, returned on `line`, lose on their way out."""
        lost = losses(results[0] if results else None, protocol)
        if not lost and len(results) < 2:
            return
        grouped: dict[LossKind, list[Loss]] = {}
        for loss in lost:
            if loss.kind in TOGETHER:
                grouped.setdefault(loss.kind, []).append(loss)
            else:
                self._result(loss.kind, line, loss.path, loss.value, _sent(loss))
        for kind, all_of_it in grouped.items():
            paths = ", ".join(loss.path for loss in all_of_it[:5]) + (", …" if len(all_of_it) > 5 else "")
            self._result(kind, line, paths, ", ".join(loss.value for loss in all_of_it[:5]), "")
        if len(results) > 1:
            values = ", ".join(shown(value) for value in results[1:6])
            message = "A script has one result: what return lists after the first is dropped. Return a table."
            self._add("result", line, "", values, "", message, True)

    def _scores(self, issued: Issued) -> None:
        """Notes integers that a score, a double, does not hold."""
        for position, word in enumerate(issued.argv):
            if (
                len(word) >= LONG
                and word.removeprefix(b"-").isdigit()
                and issued.arguments[position].__class__ is LuaString
            ):
                kept = f"{float(word):.0f}"
                if position > 1 and kept != word.decode() and _is_score(issued.argv, position):
                    message = "A score is a double of 53 bits: ids so large fall together. Keep the id in the member."
                    where = f"argument {position} of {_name(issued)}"
                    self._add("argument", issued.line, where, cut(word.decode(), LONGEST_SHOWN), kept, message, True)

    def _argument(self, issued: Issued, position: int, number: float) -> None:
        text = issued.argv[position].decode()
        before = number_to_text(number).decode()
        message = ""
        if number.is_integer() and abs(number) <= PRECISE:
            return  # all its digits arrive, more than tostring would write
        if number != number or abs(number) == float("inf"):
            message = "Redis reads no number there."
        elif abs(number) >= LEAST_EXPONENT:
            message = "Large numbers are written with an exponent. string.format('%.0f', x) writes all digits."
        elif abs(number) > PRECISE:
            message = "Lua numbers hold 53 bits: an integer so large may have been rounded. Keep it as text."
        elif text != before:
            message = "Numbers are written with 17 digits. tostring(x) or string.format('%.2f', x) writes fewer."
        if message:
            self._add("argument", issued.line, f"argument {position} of {_name(issued)}", before, text, message, True)

    def _result(self, kind: LossKind, line: int | None, path: str, before: str, after: str) -> None:
        self._add("result", line, path, before, after, ADVICE[kind], kind not in TYPE_ONLY)

    def _add(
        self,
        direction: Literal["argument", "reply", "library", "result"],
        line: int | None,
        where: str,
        before: str,
        after: str,
        message: str,
        loses: bool,
    ) -> None:
        alike = (direction, line, where, message)
        known = self.found.get(alike)
        if known is not None:
            self.found[alike] = with_changes(known, count=known.count + 1)
        elif len(self.found) < MOST_CONVERSIONS:
            self.found[alike] = Conversion(direction, line, where, before, after, message, loses, 1)


def _is_score(argv: list[bytes], position: int) -> bool:
    """Whether a word of ZADD or ZINCRBY is a score: every second one, counted from the end."""
    return (len(argv) - position) % 2 == 0


def _name(issued: Issued) -> str:
    return printed(issued.argv[0].upper())


def _sent(loss: Loss) -> str:
    """What a client receives instead."""
    if loss.kind in (LossKind.FRACTION, LossKind.RANGE):
        return f"(integer) {to_long(float(loss.value))}"
    if loss.kind is LossKind.TRUE:
        return "(integer) 1"
    return "(nil)" if loss.kind in (LossKind.FALSE, LossKind.TYPE) else ""


Change = tuple[str, str, str, bool]

_CLAIMED: Final = ("next id", "entries")
"""What XAUTOCLAIM answers before the ids that were deleted."""

DELETED_READ: Final = (
    "This entry was deleted (XDEL, XTRIM, MAXLEN) before it was acknowledged: it has an id, and false for its fields. "
    "Test entry[2], and XACK its id."
)
_DELETED_CLAIMED: Final = (
    "This entry was deleted (XDEL, XTRIM, MAXLEN) before it was acknowledged: XAUTOCLAIM takes it out of the pending "
    "entries and tells its id alone. What it held is gone."
)


def _deleted_entries(name: bytes, reply: Any) -> Iterator[Change]:
    """The entries of a stream that were deleted while a consumer still had them to acknowledge."""
    if not isinstance(reply, list):
        return
    if name == b"XAUTOCLAIM" and len(reply) > len(_CLAIMED):
        for entry in reply[len(_CLAIMED)]:
            yield entry.decode(), "an id of the third element", _DELETED_CLAIMED, False
    elif name == b"XREADGROUP":
        for stream in reply:
            for entry in stream[1]:
                if not isinstance(entry[1], list):
                    yield f"[{entry[0].decode()}, nil]", f'{{"{entry[0].decode()}", false}}', DELETED_READ, False


def _reply_changes(reply: Any, protocol: int) -> Iterator[Change]:
    """What of a command's reply is something else in Lua."""
    waiting = [reply]
    looked_at = 0
    while waiting and looked_at < MOST_VALUES:
        value = waiting.pop()
        looked_at += 1
        if isinstance(value, Status):
            text = argument(bytes(value))
            yield text, f'{{ok = "{text}"}}', "A status is a table: its text is in .ok.", False
        elif isinstance(value, list):
            inner = itertools.islice(value, MOST_VALUES)
            waiting += [side for item in inner for side in (item if isinstance(item, tuple) else (item,))][::-1]
        elif isinstance(value, int) and not isinstance(value, bool):
            if int(float(value)) != value:
                message = "Lua numbers hold 53 bits: the integer was rounded. Keep such values as text: SET and GET."
                yield str(value), f"{float(value):.0f}", message, True
        elif (value is None or isinstance(value, NullArray)) and protocol == 2:
            yield "(nil)", "false", "No value is false in Lua, not nil: test with not x.", False
