"""What the functions of one cjson table share: its settings and their configuration functions (lua_cjson.c)."""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.errors import ArgumentError
from ferrous_vm.values.arguments import check_int, check_string
from ferrous_vm.values.booleans import FALSE, TRUE, Boolean
from ferrous_vm.values.functions import Userdata
from ferrous_vm.values.natives import Results
from ferrous_vm.values.natives import Settings as NativeSettings
from ferrous_vm.values.strings import LuaString

Value = Any

NULL: Final = Userdata(name=b"userdata: (nil)")
"""`cjson.null`: a null pointer."""

INVALID_REFUSED: Final = 0
INVALID_AS_NULL: Final = 2
"""Two values of `Settings.encode_invalid_numbers`; 1 writes nan and inf as they are."""

_INT_MAX: Final = 2147483647
_OFF_ON: Final = (b"off", b"on")
_OFF_ON_NULL: Final = (b"off", b"on", b"null")


class Settings(NativeSettings):
    """The settings of one cjson table (`json_config_t`). In Redis they outlive the script that changed them."""

    __slots__ = (
        "decode_array_with_array_mt",
        "decode_invalid_numbers",
        "decode_max_depth",
        "encode_invalid_numbers",
        "encode_keep_buffer",
        "encode_max_depth",
        "encode_number_precision",
        "encode_sparse_convert",
        "encode_sparse_ratio",
        "encode_sparse_safe",
        "knows_arrays",
    )

    def __init__(self, *, knows_arrays: bool = False) -> None:
        self.knows_arrays = knows_arrays
        """A table whose metatable says so is written as an array (Redis 8.4)."""
        self.decode_array_with_array_mt = 0
        self.encode_sparse_convert = 0
        self.encode_sparse_ratio = 2
        self.encode_sparse_safe = 10
        self.encode_max_depth = 1000
        self.decode_max_depth = 1000
        self.encode_invalid_numbers = INVALID_REFUSED
        self.decode_invalid_numbers = 1
        self.encode_keep_buffer = 1
        self.encode_number_precision = 14


def _arguments(values: tuple[Value, ...], most: int) -> tuple[Value, ...]:
    """The arguments, filled up with nil (`json_arg_init`). Raises ArgumentError if there are more than `most`."""
    if len(values) > most:
        raise ArgumentError(most + 1, b"found too many arguments")
    return values + (None,) * (most - len(values))


def _set_integer(settings: Settings, name: str, position: int, value: Value, least: int, most: int) -> Value:
    """Sets an integer unless the argument is nil; answers what it is now (`json_integer_option`)."""
    if value is not None:
        number = check_int(position, value)
        if not least <= number <= most:
            raise ArgumentError(1, b"expected integer between %d and %d" % (least, most))
        setattr(settings, name, number)
    return float(getattr(settings, name))


def _set_option(settings: Settings, name: str, value: Value, options: tuple[bytes, ...]) -> Value:
    """Sets one of `options` by its name or by a boolean; answers what it is now (`json_enum_option`)."""
    if type(value) is Boolean:
        setattr(settings, name, int(value is TRUE))
    elif value is not None:
        chosen = bytes(check_string(1, value)).partition(b"\0")[0]
        if chosen not in options:
            raise ArgumentError(1, b"invalid option '%b'" % (chosen,))
        setattr(settings, name, options.index(chosen))
    setting: int = getattr(settings, name)
    if setting > 1:
        return LuaString(options[setting])
    return TRUE if setting else FALSE


def encode_sparse_array(settings: Settings, *values: Value) -> Results:
    """Whether sparse arrays become objects; the ratio of length to items, and the length, from which one is sparse."""
    convert, ratio, safe = _arguments(values, 3)
    return (
        _set_option(settings, "encode_sparse_convert", convert, _OFF_ON),
        _set_integer(settings, "encode_sparse_ratio", 2, ratio, 0, _INT_MAX),
        _set_integer(settings, "encode_sparse_safe", 3, safe, 0, _INT_MAX),
    )


def encode_max_depth(settings: Settings, *values: Value) -> Results:
    """How deep tables may be nested."""
    return _set_integer(settings, "encode_max_depth", 1, _arguments(values, 1)[0], 1, _INT_MAX)


def decode_max_depth(settings: Settings, *values: Value) -> Results:
    """How deep arrays and objects may be nested."""
    return _set_integer(settings, "decode_max_depth", 1, _arguments(values, 1)[0], 1, _INT_MAX)


def encode_number_precision(settings: Settings, *values: Value) -> Results:
    """How many significant digits numbers are written with."""
    return _set_integer(settings, "encode_number_precision", 1, _arguments(values, 1)[0], 1, 14)


def encode_keep_buffer(settings: Settings, *values: Value) -> Results:
    """Whether C keeps its buffer between calls: without effect here, but remembered."""
    return _set_option(settings, "encode_keep_buffer", _arguments(values, 1)[0], _OFF_ON)


def encode_invalid_numbers(settings: Settings, *values: Value) -> Results:
    """Whether nan and inf are written (on), refused (off) or written as null."""
    return _set_option(settings, "encode_invalid_numbers", _arguments(values, 1)[0], _OFF_ON_NULL)


def decode_invalid_numbers(settings: Settings, *values: Value) -> Results:
    """Whether numbers JSON does not know (hexadecimal, nan, inf, leading zeros) are read."""
    return _set_option(settings, "decode_invalid_numbers", _arguments(values, 1)[0], _OFF_ON)


def decode_array_with_array_mt(settings: Settings, *values: Value) -> Results:
    """Whether the arrays that are read get a metatable that says that they are arrays (Redis 8.4)."""
    return _set_option(settings, "decode_array_with_array_mt", _arguments(values, 1)[0], _OFF_ON)
