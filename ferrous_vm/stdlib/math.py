"""The math library (Lua 5.1 manual section 5.6, lmathlib.c): C's functions, which answer inf and nan, not errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from ferrous_vm.errors import ArgumentError, LuaError
from ferrous_vm.values.arguments import check_int, check_number
from ferrous_vm.values.natives import MISSING, Library, Results, Runtime, Value, library, native
from ferrous_vm.values.numbers import DEFAULT_NAN, INFINITY, NAN, divide, power, to_int
from ferrous_vm.values.random import RAND_MAX
from ferrous_vm.values.strings import LuaString


def _of_one(name: str, compute: Callable[[float], float], meaning: str) -> Callable[..., Results]:
    """The native of a C function of one number."""

    @native(name, single=True)
    def function(x: Value = MISSING, *_: Value) -> Results:
        return compute(x if type(x) is float else check_number(1, x))

    function.__doc__ = f"`math.{name} (x)`: {meaning}."
    function.__name__ = function.__qualname__ = name
    return function


def _rounded(compute: Callable[[float], int]) -> Callable[[float], float]:
    """floor or ceil: keeps inf, nan and the sign of zero."""

    def rounded(x: float) -> float:
        return math.copysign(float(compute(x)), x) if x - x == 0.0 else x

    return rounded


def _trigonometric(compute: Callable[[float], float]) -> Callable[[float], float]:
    """A function undefined for infinities."""

    def total(x: float) -> float:
        return compute(x) if x - x == 0.0 else x if x != x else DEFAULT_NAN

    return total


def _inverse(compute: Callable[[float], float]) -> Callable[[float], float]:
    """A function defined on -1 to 1; glibc gives nan elsewhere."""

    def total(x: float) -> float:
        return compute(x) if -1.0 <= x <= 1.0 else x if x != x else NAN

    return total


def _overflowing(compute: Callable[[float], float], odd: bool = False) -> Callable[[float], float]:
    """A function that grows beyond the doubles; `odd` ones to both sides."""

    def total(x: float) -> float:
        try:
            return compute(x)
        except OverflowError:
            return -INFINITY if odd and x < 0.0 else INFINITY

    return total


def _logarithm(compute: Callable[[float], float], undefined: float) -> Callable[[float], float]:
    """A logarithm; glibc's two answer different nans for negative numbers."""

    def total(x: float) -> float:
        if x > 0.0:
            return compute(x)
        return -INFINITY if x == 0.0 else x if x != x else undefined

    return total


def _square_root(x: float) -> float:
    return math.sqrt(x) if x >= 0.0 else x if x != x else DEFAULT_NAN


_FUNCTIONS_OF_ONE: Final[dict[str, tuple[Callable[[float], float], str]]] = {
    "abs": (abs, "the absolute value"),
    "acos": (_inverse(math.acos), "the arc cosine, radians"),
    "asin": (_inverse(math.asin), "the arc sine, radians"),
    "atan": (math.atan, "the arc tangent, radians"),
    "ceil": (_rounded(math.ceil), "the smallest integer not below x"),
    "cosh": (_overflowing(math.cosh), "the hyperbolic cosine"),
    "cos": (_trigonometric(math.cos), "the cosine of x radians"),
    "deg": (lambda x: x / (math.pi / 180.0), "x radians in degrees"),
    "exp": (_overflowing(math.exp), "e to the x"),
    "floor": (_rounded(math.floor), "the largest integer not above x"),
    "log10": (_logarithm(math.log10, NAN), "the logarithm to base 10"),
    "log": (_logarithm(math.log, DEFAULT_NAN), "the natural logarithm"),
    "rad": (lambda x: x * (math.pi / 180.0), "x degrees in radians"),
    "sinh": (_overflowing(math.sinh, odd=True), "the hyperbolic sine"),
    "sin": (_trigonometric(math.sin), "the sine of x radians"),
    "sqrt": (_square_root, "the square root"),
    "tanh": (math.tanh, "the hyperbolic tangent"),
    "tan": (_trigonometric(math.tan), "the tangent of x radians"),
}
"""Every function of one number."""

# Where a function has two arguments, the second is checked first: so C compilers order the calls in lmathlib.c.

_ONE: Final = {name: _of_one(name, *entry) for name, entry in _FUNCTIONS_OF_ONE.items()}


@native("atan2", single=True)
def atan2(y: Value = MISSING, x: Value = MISSING, *_: Value) -> Results:
    """`math.atan2 (y, x)`: the angle of the point, radians; of a nan that nan, sign and all, of two the second."""
    adjacent = check_number(2, x)
    opposite = check_number(1, y)
    if math.isnan(adjacent):
        return adjacent
    return opposite if math.isnan(opposite) else math.atan2(opposite, adjacent)


@native("pow", single=True)
def pow_(x: Value = MISSING, y: Value = MISSING, *_: Value) -> Results:
    """`math.pow (x, y)`."""
    exponent = check_number(2, y)
    return power(check_number(1, x), exponent)


@native("fmod", single=True)
def fmod(x: Value = MISSING, y: Value = MISSING, *_: Value) -> Results:
    """`math.fmod (x, y)`: the remainder with the sign of x."""
    divisor = check_number(2, y)
    dividend = check_number(1, x)
    try:
        return math.fmod(dividend, divisor)
    except ValueError:
        return DEFAULT_NAN


@native("modf")
def modf(x: Value = MISSING, *_: Value) -> Results:
    """`math.modf (x)`: the integral part and the fraction, both with the sign of x."""
    fraction, whole = math.modf(check_number(1, x))
    return whole, fraction


@native("frexp")
def frexp(x: Value = MISSING, *_: Value) -> Results:
    """`math.frexp (x)`: m and e with x = m * 2^e and m in [0.5, 1)."""
    mantissa, exponent = math.frexp(check_number(1, x))
    return mantissa, float(exponent)


@native("ldexp", single=True)
def ldexp(m: Value = MISSING, e: Value = MISSING, *_: Value) -> Results:
    """`math.ldexp (m, e)`: m * 2^e."""
    exponent = check_int(2, e)
    mantissa = check_number(1, m)
    try:
        return math.ldexp(mantissa, exponent)
    except OverflowError:
        return math.copysign(INFINITY, mantissa)


@native("max", single=True)
def max_(*args: Value) -> Results:
    """`math.max (x, ...)`."""
    largest = check_number(1, args[0] if args else MISSING)
    for position, value in enumerate(args[1:], 2):
        number = check_number(position, value)
        if number > largest:
            largest = number
    return largest


@native("min", single=True)
def min_(*args: Value) -> Results:
    """`math.min (x, ...)`."""
    smallest = check_number(1, args[0] if args else MISSING)
    for position, value in enumerate(args[1:], 2):
        number = check_number(position, value)
        if number < smallest:
            smallest = number
    return smallest


@native("random", context=True, single=True)
def random(runtime: Runtime, *args: Value) -> Results:
    """`math.random ([m [, n]])`: a real in [0, 1), or an integer between both bounds."""
    fraction = divide(float(runtime.random.next() % RAND_MAX), float(RAND_MAX))
    if not args:
        return fraction
    if len(args) > 2:
        raise LuaError(LuaString(b"wrong number of arguments"), level=1)
    low, high = (1, check_int(1, args[0])) if len(args) == 1 else (check_int(1, args[0]), check_int(2, args[1]))
    if low > high:
        raise ArgumentError(len(args), b"interval is empty")
    width = to_int(float(high - low + 1))
    return math.floor(fraction * width) + float(low)


@native("randomseed", context=True)
def randomseed(runtime: Runtime, seed: Value = MISSING, *_: Value) -> Results:
    """`math.randomseed (x)`."""
    runtime.random.seed(check_int(1, seed))
    return ()


def _library() -> Library:
    functions: dict[str, Callable[..., Results]] = {
        **_ONE,
        "atan2": atan2,
        "fmod": fmod,
        "frexp": frexp,
        "ldexp": ldexp,
        "max": max_,
        "min": min_,
        "modf": modf,
        "pow": pow_,
        "random": random,
        "randomseed": randomseed,
    }
    constants = {b"pi": math.pi, b"huge": INFINITY}
    return library("math", (functions[name] for name in _ORDER), constants, aliases={b"mod": b"fmod"})


_ORDER: Final = (
    "abs",
    "acos",
    "asin",
    "atan2",
    "atan",
    "ceil",
    "cosh",
    "cos",
    "deg",
    "exp",
    "floor",
    "fmod",
    "frexp",
    "ldexp",
    "log10",
    "log",
    "max",
    "min",
    "modf",
    "pow",
    "rad",
    "random",
    "randomseed",
    "sinh",
    "sin",
    "sqrt",
    "tanh",
    "tan",
)
"""The order in which lmathlib.c registers them, which decides how `pairs` visits `math`."""

LIBRARY: Final[Library] = _library()
