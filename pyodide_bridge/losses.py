"""What a script's result lost on its way to a reply (contract.Loss), for the note below the reply.

Redis cuts numbers to integers, ends an array at its first nil, and drops the named fields of a table (scripting
documentation, "Data type conversion"). In: the Lua value before it is converted. The walk keeps its own stack, and
looks at no more than `MOST_VALUES` values.
"""

from __future__ import annotations

from typing import Any

from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from pyodide_bridge.contract.running import Loss
from pyodide_bridge.escapes import argument

MOST_VALUES = 5_000
MOST_LOSSES = 20

MARKED = (b"err", b"ok", b"double", b"map", b"set", b"big_number", b"verbatim_string")
"""Fields that make a table something else than an array; what else is in it is not looked at."""

FIRST_BEYOND = 2.0**63
"""The first number that no integer reply can carry."""


def losses_of(result: Any) -> list[Loss]:
    """The losses in a script's result, outermost first."""
    found: list[Loss] = []
    waiting: list[tuple[str, Any]] = [("", result)]
    looked_at = 0
    while waiting and looked_at < MOST_VALUES and len(found) < MOST_LOSSES:
        path, value = waiting.pop()
        looked_at += 1
        if type(value) is float:
            found.extend(_number_loss(path, value))
        elif isinstance(value, Table):
            found.extend(_table_losses(path, value, waiting))
    return found


def _number_loss(path: str, number: float) -> list[Loss]:
    text = number_to_text(number).decode()
    if number != number or abs(number) >= FIRST_BEYOND:
        return [Loss(path, text, "no integer", f"{text} fits no integer: a reply carries 64 bits. Return it as text.")]
    if number != int(number):
        advice = "Redis cuts Lua numbers to integers. Return tostring(…) to keep it."
        return [Loss(path, text, f"(integer) {int(number)}", f"{text} was sent as (integer) {int(number)}: {advice}")]
    return []


def _table_losses(path: str, table: Table, waiting: list[tuple[str, Any]]) -> list[Loss]:
    """The losses of a table itself; its elements that are sent go to `waiting`."""
    entries = [(key, value) for key, value in dict.items(table) if value is not None]
    names = [bytes(key) for key, _ in entries if isinstance(key, LuaString)]
    if any(name in MARKED for name in names):
        return []
    by_index = {key: value for key, value in entries if type(key) is float}
    sent = 0
    while float(sent + 1) in by_index and sent < MOST_VALUES:
        sent += 1
    waiting.extend((f"{path}[{index}]", by_index[float(index)]) for index in range(sent, 0, -1))
    losses: list[Loss] = []
    if len(by_index) > sent and sent < MOST_VALUES:
        count = len(by_index) - sent
        advice = "an array ends at its first nil. Put false there to keep the place."
        message = f"{count} of {len(by_index)} elements were not sent: {advice}"
        losses.append(Loss(path, f"{count} elements", "", message))
    if names:
        shown = ", ".join(argument(name) for name in names[:5]) + (", …" if len(names) > 5 else "")
        advice = "only the array part of a table is. Return a list of names and values, or cjson.encode it."
        losses.append(Loss(path, shown, "", f"The fields {shown} were not sent: {advice}"))
    return losses
