"""Writes the page's TypeScript declarations:  python -m pyodide_bridge.declarations web/src/contract.d.ts

JavaScript files take their types from the result by JSDoc, and `tsc --noEmit` checks them. It is the one generated file
of the repository; a test compares it with what this module would write.
"""

from __future__ import annotations

import inspect
import pkgutil
import sys
import types
import typing
from importlib import import_module
from pathlib import Path

from ferrous_vm.live import records as live
from ferrous_vm.records import RecordType
from ferrous_vm.workbench import records
from ferrous_vm.workbench.records.problems import Failure
from pyodide_bridge import contract

HEADER = "// Generated from pyodide_bridge/contract by `make contract`; do not edit.\n"

ALONE = (Failure, live.LiveCalls, live.LiveCallOpened, live.LiveHeld, live.LiveStops)
"""What crosses on its own and answers no request of one kind."""

PRIMITIVES = {
    str: "string",
    bytes: "Uint8Array<ArrayBuffer>",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


def declarations() -> str:
    """The text of contract.d.ts."""
    modules = contract_modules()
    answers = {request: answer for module in modules for request, answer in getattr(module, "ANSWERS", {}).items()}
    parts = [HEADER]
    parts += [_interface(message, answers) for module in modules for message in messages(module)]
    parts.append(_table("ResponseOf", {request.__name__: answer for request, answer in answers.items()}))
    parts.append("export type Request = " + " | ".join(request.__name__ for request in answers) + ";\n")
    return "\n".join(parts)


def contract_modules() -> list[types.ModuleType]:
    """Every module of the contract: where the two begin, the workbench's records in the order of their names, and
    what a server tells of calls."""
    names = sorted(module.name for module in pkgutil.iter_modules(records.__path__))
    own = [import_module(contract.SESSION), *(import_module(f"{contract.RECORDS}.{name}") for name in names)]
    return [*own, live]


def messages(module: types.ModuleType) -> list[RecordType]:
    """The records written in a module, in their order."""
    records = [item for item in vars(module).values() if isinstance(item, RecordType)]
    return [item for item in records if item.__module__ == module.__name__]


def _interface(message: RecordType, answers: dict[type, type]) -> str:
    """One record as an interface. Messages that cross on their own carry their name in `type`."""
    hints = typing.get_type_hints(message)
    crossing = message in answers or message in answers.values() or message in ALONE
    lines = [f"/** {inspect.getdoc(message)} */", f"export interface {message.__name__} {{"]
    if crossing:
        lines.append(f'  type: "{message.__name__}";')
    for field in message.__match_args__:
        optional = "?" if message in answers and field in message.__defaults__ else ""
        lines.append(f"  {field}{optional}: {_type(hints[field])};")
    return "\n".join([*lines, "}\n"])


def _table(name: str, rows: dict[str, type]) -> str:
    fields = [f"  {key}: {row.__name__};" for key, row in rows.items()]
    return "\n".join([f"export interface {name} {{", *fields, "}\n"])


def _type(hint: object) -> str:
    """A type hint of the contract as TypeScript. Raises TypeError for a hint that has no JSON form."""
    if isinstance(hint, type) and hint in PRIMITIVES:
        return PRIMITIVES[hint]
    if isinstance(hint, RecordType):
        return hint.__name__
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        inner = _type(arguments[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if origin in (typing.Union, types.UnionType):
        return " | ".join(_type(argument) for argument in arguments)
    if origin is typing.Literal:
        return " | ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in arguments)
    raise TypeError(f"the contract cannot carry {hint!r}")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(declarations(), encoding="utf-8")
