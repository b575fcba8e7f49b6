"""Arguments that a command refuses whatever the data: a count that is no integer, an option no script may use."""

from __future__ import annotations

import re
from typing import Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.diagnostics import Edit, Severity
from ferrous_vm.analysis.lint.facts import option
from ferrous_vm.analysis.lint.groups import counts_groups
from ferrous_vm.analysis.lint.rules import Change, Model, Rule
from ferrous_vm.analysis.lint.values import CommandCall
from ferrous_vm.printing import printed
from ferrous_vm.syntax import tree

NO_INTEGER: Final = Rule(
    name="no-integer",
    severity=Severity.WARNING,
    reason="The command takes an integer here; a fraction, or any other text, is refused.",
    fix="Write digits only; math.floor(x) or math.ceil(x) makes an integer.",
    page="""\
"value is not an integer or out of range". Redis knows no units ('15m'), and takes no fractions of seconds or counts:
PEXPIRE and PX take milliseconds. A quotient is written with its fraction, 2.5.""",
    wrong="return redis.call('EXPIRE', KEYS[1], ARGV[1] / 1000)",
    right="return redis.call('EXPIRE', KEYS[1], math.ceil(ARGV[1] / 1000))",
)

BLOCKING_OPTION: Final = Rule(
    name="blocking-option",
    severity=Severity.ERROR,
    reason="A script cannot wait: the option BLOCK is refused, and from Redis 7.4 and Valkey 8.0 on it does nothing.",
    fix="Leave it out, and let the client wait.",
    page='"xread command is not allowed with BLOCK option from scripts". Nothing else runs while a script does.',
    wrong="return redis.call('XREAD', 'BLOCK', 100, 'STREAMS', KEYS[1], '0')",
    right="return redis.call('XREAD', 'STREAMS', KEYS[1], '0')",
)

COLON_CALL: Final = Rule(
    name="colon-call",
    severity=Severity.ERROR,
    reason="The colon passes the table itself as the first argument: the call fails.",
    fix="Write a dot: redis.call.",
    page="""\
`a:b(x)` means `a.b(a, x)`. redis, cjson and the other libraries are tables of functions, which want no table first:
"Lua redis lib command arguments must be strings or integers".""",
    wrong="return redis:call('GET', KEYS[1])",
    right="return redis.call('GET', KEYS[1])",
)

UNKNOWN_OPTION: Final = Rule(
    name="unknown-option",
    severity=Severity.ERROR,
    reason="The server does not know this option of the command: the call fails.",
    fix="Do without it, or choose a server that has it.",
    page="""\
"syntax error", or a wrong number of arguments. Which server knows which option was asked of each (COMMAND DOCS). The
comment `-- server: redis>=7.2 valkey>=8`, the page or `ferrous lint --server` say which ones a script is for.""",
    wrong="return redis.call('SET', KEYS[1], ARGV[1], 'IFEQ', ARGV[2])",
    right="-- server: redis>=8.4\nreturn redis.call('SET', KEYS[1], ARGV[1], 'IFEQ', ARGV[2])",
)

RULES: Final = (NO_INTEGER, BLOCKING_OPTION, COLON_CALL, UNKNOWN_OPTION)

_INTEGER: Final = re.compile(rb"0|-?[1-9][0-9]{0,18}").fullmatch

_INTEGERS: Final[dict[str, tuple[int, ...]]] = {
    **dict.fromkeys(
        [
            "EXPIRE",
            "PEXPIRE",
            "EXPIREAT",
            "PEXPIREAT",
            "INCRBY",
            "DECRBY",
            "SETBIT",
            "GETBIT",
            "SETEX",
            "PSETEX",
            "LINDEX",
            "LSET",
        ],
        (2,),
    ),
    **dict.fromkeys(["LRANGE", "LTRIM", "GETRANGE", "SUBSTR", "ZREMRANGEBYRANK"], (2, 3)),
    **dict.fromkeys(
        ["SETRANGE", "LREM", "LPOP", "RPOP", "SPOP", "SRANDMEMBER", "ZPOPMIN", "ZPOPMAX", "HRANDFIELD", "ZRANDMEMBER"],
        (2,),
    ),
    "HINCRBY": (3,),
}
"""The positions at which a command takes an integer, whatever stands elsewhere."""

_INTEGER_OPTIONS: Final[dict[str, frozenset[bytes]]] = {
    "SET": frozenset((b"EX", b"PX", b"EXAT", b"PXAT")),
    "GETEX": frozenset((b"EX", b"PX", b"EXAT", b"PXAT")),
    **dict.fromkeys(
        ["SCAN", "SSCAN", "HSCAN", "ZSCAN", "XRANGE", "XREVRANGE", "XREAD", "XREADGROUP", "LPOS"],
        frozenset((b"COUNT",)),
    ),
    **dict.fromkeys(["ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZRANGEBYLEX", "ZRANGE"], frozenset((b"LIMIT",))),
}
"""The options behind which an integer stands."""

_BLOCKING: Final = frozenset(("XREAD", "XREADGROUP"))


def check(model: Model) -> None:
    """Look at the words of commands, and at calls with a colon."""
    for call in model.commands():
        if call.facts is None:
            continue
        for position in _integer_positions(call):
            _integer(model, call, position)
        if call.name in _BLOCKING:
            _blocking(model, call)
        _options(model, call)
    for node in model.all(tree.MethodCall):
        library = model.value(node.object).member
        fields = model.flow.globals.get(library, ())
        if library and node.name.value in fields:
            dot = model.chunk.tokens.starts[node.name.first - 1]
            change: Change = ("Write a dot", Edit(dot, dot + 1, b"."))
            shown = f"{printed(library)}:{printed(node.name.value)}"
            message = f"`{shown}` passes the table {printed(library)} as the first argument: write a dot."
            model.report(COLON_CALL, (model.chunk.start(node.object), model.chunk.end(node.name)), message, change)


def _integer_positions(call: CommandCall) -> list[int]:
    positions = [at for at in _INTEGERS.get(call.name, ()) if at < len(call.words)]
    options = _INTEGER_OPTIONS.get(call.name, ())
    for at, word in enumerate(call.words[:-1]):
        if at > 1 and option(word) in options:
            positions.append(at + 1)
            if option(word) == b"LIMIT" and at + 2 < len(call.words):
                positions.append(at + 2)
    return positions


def _integer(model: Model, call: CommandCall, position: int) -> None:
    argument = call.node.arguments[position]
    value, word = model.value(argument), call.words[position]
    if word is not None:
        if not _INTEGER(word):
            message = f"{call.name} takes an integer here, and refuses {model.text(argument)}."
            model.report(NO_INTEGER, argument, message)
    elif value.fractional and value.types == lua_types.NUMBER and not counts_groups(model, argument):
        change = ("Round it up", model.before(argument, b"math.ceil("), model.after(argument, b")"))
        message = f"`{model.text(argument)}` may have a fraction, and {call.name} takes an integer here."
        model.report(NO_INTEGER, argument, message, change)


_LAST: Final = frozenset((b"STREAMS", b"*"))
"""Words behind which no option stands."""

_BEFORE_VALUE: Final = frozenset((b"=", b"~", b"MAXLEN", b"MINID"))
"""Words that another belongs to, although the documentation has them stand alone."""


def _options(model: Model, call: CommandCall) -> None:
    """Tell of an option that some server does not know and another one does.

    A word that nobody knows ends the options, unless it belongs to one: what follows may be data.
    """
    assert call.facts is not None
    servers, name = model.facts.servers, call.name.lower().replace(" ", "|")
    spelt = [option(word) for word in call.words]
    first = 2 if "|" in name else 1
    if not any(map(_may_be_option, spelt[first:])):
        return
    of_each = [(one, servers.options(one, name)) for one in servers.names if one not in call.facts.lacking]
    begin = min((known.index for _, options in of_each for known in options.values()), default=len(spelt))
    belongs = False
    for at, word in enumerate(spelt[first:], first):
        if word is None or word in _LAST:
            if word in _LAST or (at >= begin and not belongs):
                return
            belongs = False
            continue
        known = [(one, options[word]) for one, options in of_each if word in options and options[word].stands(at)]
        if len(known) < len(of_each) and not belongs and _may_be_option(word):
            since = servers.option_since(name, word, at)
            if since:
                lacking = [one for one, _ in of_each if one not in dict(known)]
                message = servers.told(f"{printed(word)} of {call.name}", since, lacking)
                model.report(UNKNOWN_OPTION, call.node.arguments[at], message)
                return
        if not known and not belongs and at >= begin:
            return
        belongs = bool(known) and (word in _BEFORE_VALUE or any(one.has_value for _, one in known))


def _may_be_option(word: bytes | None) -> bool:
    return word is not None and word.isalnum() and not word.isdigit()


def _blocking(model: Model, call: CommandCall) -> None:
    without = model.facts.servers.without("blocking_reads")
    if not without:
        return
    for at, word in enumerate(call.words):
        if option(word) == b"STREAMS":
            return
        if at and option(word) == b"BLOCK":
            where = "" if without == model.facts.servers.names else f" of {model.facts.servers.shown(without)}"
            message = f"{call.name} does not take BLOCK in a script{where}: the call fails."
            model.report(BLOCKING_OPTION, call.node.arguments[at], message)
            return
