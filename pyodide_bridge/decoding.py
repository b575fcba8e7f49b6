"""A request of the contract from JSON text: each field there and of its type, or a sentence that says what is wrong."""

from __future__ import annotations

import json
import re
import types
import typing
from functools import cache
from typing import Any

from ferrous_vm.records import RecordType
from ferrous_vm.workbench.escapes import encode
from pyodide_bridge.contract import request_class

LONGEST_REQUEST = 64 * 1024 * 1024
"""Characters of one request; more would exhaust the memory before anything could be said about it."""

DEEPEST_REQUEST = 10
"""Nested JSON values; the contract needs four. The JSON parser recurses, and in Pyodide that can be fatal."""

STRINGS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
BRACKETS = {"[": 1, "{": 1, "]": -1, "}": -1}

NAMES = {
    str: "text",
    bytes: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


class RequestError(ValueError):
    """The text is no request of the contract; the message is for a person."""


def decode(text: str, content: bytes | None = None) -> Any:
    """The request in `text`, an instance of one of the contract's classes. Raises RequestError.

    Its field of bytes, where it has one, is `content`; text in the place of that is taken for UTF-8.
    """
    if len(text) > LONGEST_REQUEST:
        raise RequestError("the request is too large")
    if _depth(text) > DEEPEST_REQUEST:
        raise RequestError("the request is no JSON of the contract: it is nested too deeply")
    try:
        message = json.loads(text)
    except ValueError as error:
        raise RequestError(f"the request is no JSON: {error}") from None
    if not isinstance(message, dict):
        raise RequestError("the request is no JSON object")
    name = message.pop("type", None)
    kind = request_class(name) if isinstance(name, str) else None
    if kind is None:
        raise RequestError(f"there is no request of type {name!r}")
    if content is not None:
        message |= {field: content for field, hint in _hints(kind).items() if hint is bytes}
    return _build(kind, message)


def _depth(text: str) -> int:
    """How deeply the JSON values in `text` are nested."""
    deepest = depth = 0
    for character in STRINGS.sub("", text):
        depth += BRACKETS.get(character, 0)
        deepest = max(deepest, depth)
    return deepest


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(kind: RecordType, values: dict[str, Any]) -> Any:
    fields: dict[str, Any] = {}
    for field in kind.__match_args__:
        name = f"{kind.__name__}.{field}"
        if field in values:
            fields[field] = _check(values.pop(field), _hints(kind)[field], name)
        elif field not in kind.__defaults__:
            raise RequestError(f"{name} is missing")
    if values:
        raise RequestError(f"{kind.__name__} has no field {next(iter(values))!r}")
    return kind(**fields)


def _check(value: Any, hint: Any, name: str) -> Any:
    """`value` if it is of the type `hint`; a whole number may stand for a float."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        if not isinstance(value, list):
            raise RequestError(f"{name} must be a list")
        return [_check(item, arguments[0], f"{name}[{index}]") for index, item in enumerate(value)]
    if isinstance(hint, RecordType):
        if not isinstance(value, dict):
            raise RequestError(f"{name} must be an object")
        return _build(hint, dict(value))
    if origin is typing.Literal:
        if not any(value == allowed and type(value) is type(allowed) for allowed in arguments):
            raise RequestError(f"{name} must be one of {', '.join(map(str, arguments))}")
        return value
    if any(typing.get_origin(argument) is typing.Literal for argument in arguments):
        return None if value is None else _check(value, arguments[0], name)
    if hint is bytes and isinstance(value, (str, bytes)):
        return value if isinstance(value, bytes) else encode(value)
    alternatives = arguments if origin in (typing.Union, types.UnionType) else (hint,)
    for alternative in alternatives:
        if type(value) is alternative:
            return value
        if alternative is float and type(value) is int:
            try:
                return float(value)
            except OverflowError:
                raise RequestError(f"{name} is too large") from None
    raise RequestError(f"{name} must be {' or '.join(NAMES[alternative] for alternative in alternatives)}")
