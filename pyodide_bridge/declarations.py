"""Writes the page's TypeScript declarations:  python -m pyodide_bridge.declarations web/src/contract.d.ts

JavaScript files take their types from the result by JSDoc, and `tsc --noEmit` checks them. It is the one generated file
of the repository; a test compares it with what this module would write.
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
import types
import typing
from pathlib import Path

from pyodide_bridge import contract

HEADER = "// Generated from pyodide_bridge/contract.py by `make contract`; do not edit.\n"

PRIMITIVES = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def declarations() -> str:
    """The text of contract.d.ts."""
    parts = [HEADER]
    for message in contract.messages():
        parts.append(_interface(message))
    parts.append(_table("ResponseOf", {request.__name__: response for request, response in contract.REQUESTS.items()}))
    parts.append("export type Request = " + " | ".join(request.__name__ for request in contract.REQUESTS) + ";\n")
    return "\n".join(parts)


def _interface(message: type) -> str:
    """One dataclass as an interface. Messages that cross on their own carry their name in `type`."""
    hints = typing.get_type_hints(message)
    crossing = message in contract.REQUESTS or message in contract.REQUESTS.values() or message is contract.Failure
    lines = [f"/** {inspect.getdoc(message)} */", f"export interface {message.__name__} {{"]
    if crossing:
        lines.append(f'  type: "{message.__name__}";')
    for field in dataclasses.fields(message):
        optional = "?" if message in contract.REQUESTS and field.default is not dataclasses.MISSING else ""
        lines.append(f"  {field.name}{optional}: {_type(hints[field.name])};")
    return "\n".join([*lines, "}\n"])


def _table(name: str, rows: dict[str, type]) -> str:
    fields = [f"  {key}: {row.__name__};" for key, row in rows.items()]
    return "\n".join([f"export interface {name} {{", *fields, "}\n"])


def _type(hint: object) -> str:
    """A type hint of the contract as TypeScript. Raises TypeError for a hint that has no JSON form."""
    if isinstance(hint, type) and hint in PRIMITIVES:
        return PRIMITIVES[hint]
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
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
