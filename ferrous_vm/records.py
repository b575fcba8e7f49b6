"""Records: classes that are their fields. Defining one costs next to nothing.

    class Point(Record):
        x: int
        y: int = 0
        names: list[str] = field(factory=list)

A dataclass writes its methods when it is defined, and `slots` has the class made twice: inside Pyodide above a
millisecond a class, for a hundred classes a tenth of the time to the page's first reply. A record is made once, and its
constructor is written when it is first called. Type checkers take records for dataclasses (PEP 681), which is also what
holds a `Record` to never changing.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

_T = TypeVar("_T")


class _Made:
    """The default of a field that gets a new value in every record."""

    __slots__ = ("factory",)

    def __init__(self, factory: Callable[[], Any]) -> None:
        self.factory = factory


_LATER = object()
"""Marks a field that the constructor does not set."""


def field(*, factory: Callable[[], Any] | None = None, init: bool = True) -> Any:
    """What a field is when the constructor is not told: made by `factory`; not there yet where `init` is false."""
    return _Made(factory) if init and factory is not None else _LATER


def _no_values(record: Any) -> tuple[()]:
    return ()


class RecordType(type):
    """The class of records: annotations become slots, and the parameters of the constructor."""

    __match_args__: tuple[str, ...]
    """The constructor's parameters in order, those of the bases first."""

    __values__: Any
    """Reads the fields of a record that its constructor set: the field itself where there is one, else a tuple."""

    __defaults__: dict[str, Any]
    """What the constructor takes for a parameter it is not given. A factory stands as a `_Made`."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> RecordType:
        own = tuple(namespace.get("__annotations__", ()))
        given = {name: namespace.pop(name) for name in own if name in namespace}
        later = {name for name in given if given[name] is _LATER}
        parameters = [name for name in own if name not in later]
        defaults = {name: given[name] for name in parameters if name in given}
        for base in bases:
            if isinstance(base, RecordType):
                parameters[:0] = base.__match_args__
                defaults |= base.__defaults__
        namespace["__slots__"] = own
        namespace["__match_args__"] = tuple(parameters)
        namespace["__defaults__"] = defaults
        namespace["__values__"] = attrgetter(*parameters) if parameters else _no_values
        namespace.setdefault("__init__", _construct)
        return super().__new__(cls, name, bases, namespace)


def _construct(record: Any, *values: Any, **named: Any) -> None:
    """The constructor of every record until it is first called: it writes the real one, and goes on with that."""
    kind = type(record)
    names: dict[str, Any] = {"absent": _LATER}
    parameters = []
    body = ["    pass"]
    for name in kind.__match_args__:
        default = kind.__defaults__.get(name, _LATER)
        value = name
        if isinstance(default, _Made):
            names[f"make_{name}"] = default.factory
            parameters.append(f"{name}=absent")
            value = f"make_{name}() if {name} is absent else {name}"
        elif name in kind.__defaults__:
            names[f"default_{name}"] = default
            parameters.append(f"{name}=default_{name}")
        else:
            parameters.append(name)
        body.append(f"    self.{name} = {value}")
    exec("\n".join([f"def __init__({', '.join(['self', *parameters])}):", *body]), names)
    kind.__init__ = names["__init__"]
    kind.__init__(record, *values, **named)


@dataclass_transform(eq_default=False, field_specifiers=(field,))
class MutableRecord(metaclass=RecordType):
    """A record whose fields change; it equals nothing but itself."""

    def __repr__(self) -> str:
        fields = (f"{name}={value!r}" for name, value in fields_of(self).items())
        return f"{type(self).__name__}({', '.join(fields)})"


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record(metaclass=RecordType):
    """A record that stays as it was made, and equals every record of its class with the same fields."""

    def __eq__(self, other: object) -> bool:
        kind = type(self)
        return bool(kind.__values__(self) == kind.__values__(other)) if type(other) is kind else NotImplemented

    def __hash__(self) -> int:
        return hash(type(self).__values__(self))

    __repr__ = MutableRecord.__repr__


def fields_of(record: Any) -> dict[str, Any]:
    """What the constructor would have to be given to make `record` once more."""
    return {name: getattr(record, name) for name in type(record).__match_args__}


def with_changes(record: _T, **changes: Any) -> _T:
    """A record like `record` but for the fields named. Raises TypeError for a field it does not have."""
    return type(record)(**fields_of(record) | changes)
