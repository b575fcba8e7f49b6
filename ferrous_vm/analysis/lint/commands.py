"""Calls of commands that Redis refuses whatever the data, and inputs that are never there."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.facts import option
from ferrous_vm.analysis.lint.rules import Change, Model, Rule, plain
from ferrous_vm.analysis.lint.values import CommandCall
from ferrous_vm.printing import printed
from ferrous_vm.syntax import tree

UNKNOWN_COMMAND: Final = Rule(
    name="unknown-command",
    severity=Severity.ERROR,
    reason="The server has no such command: the call fails.",
    fix="Spell it as the server does, or choose one that has it.",
    page="""\
"Unknown Redis command called from script". Commands of modules, such as JSON.SET, are taken as known. Each server was
asked which commands it has (COMMAND). The comment `-- server: redis>=7.2 valkey>=8`, the page or `ferrous lint
--server` say which ones a script is for; otherwise it is Redis 7.0.""",
    wrong="return redis.call('ZRANGEBYSCORES', KEYS[1], 0, 1)",
    right="return redis.call('ZRANGEBYSCORE', KEYS[1], 0, 1)",
)

REFUSED_COMMAND: Final = Rule(
    name="refused-command",
    severity=Severity.ERROR,
    reason="Redis does not allow this command in scripts.",
    fix="Let the client send it.",
    page="""\
"This Redis command is not allowed from script": commands that concern the connection, wait, or administer the
server, such as SUBSCRIBE, MULTI, AUTH, CONFIG and EVAL itself.""",
    wrong="redis.call('MULTI')\nreturn redis.call('INCR', KEYS[1])",
    right="return redis.call('INCR', KEYS[1])",
)

WRONG_ARITY: Final = Rule(
    name="wrong-arity",
    severity=Severity.ERROR,
    reason="The command does not take so many arguments: the call fails.",
    fix="Give it the arguments its syntax asks for.",
    page='"Wrong number of args calling Redis command from script".',
    wrong="return redis.call('HSET', KEYS[1], ARGV[1])",
    right="return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])",
)

REFUSED_ARGUMENT: Final = Rule(
    name="refused-argument",
    severity=Severity.ERROR,
    reason="Arguments of commands are strings and numbers: anything else stops the script.",
    fix="Convert it: 1 and 0 for true and false, cjson.encode for a table, unpack for a list.",
    page='"Lua redis lib command arguments must be strings or integers".',
    wrong="redis.call('SET', KEYS[1], true)\nreturn 1",
    right="redis.call('SET', KEYS[1], 1)\nreturn 1",
)

INDEX_ZERO: Final = Rule(
    name="index-zero",
    severity=Severity.WARNING,
    reason="KEYS, ARGV and replies begin at 1: there is no element 0.",
    fix="Count from 1.",
    page="Lua's arrays begin at 1. Reading element 0 gives nil.",
    wrong="return redis.call('GET', KEYS[0])",
    right="return redis.call('GET', KEYS[1])",
)

RULES: Final = (UNKNOWN_COMMAND, REFUSED_COMMAND, WRONG_ARITY, REFUSED_ARGUMENT, INDEX_ZERO)


def check(model: Model) -> None:
    """Look at every redis.call and redis.pcall, and at indices that are constants."""
    told: set[str] = set()
    for call in model.commands():
        _call(model, call, told)
    for node in model.all(tree.Index):
        container = model.value(node.object)
        is_input = container.member in (b"KEYS", b"ARGV") or (container.call is not None and container.elements)
        if is_input and model.value(node.key).constant == 0:
            fix = ("Write 1", model.instead(node.key, b"1"))
            model.report(
                INDEX_ZERO, node, f"`{model.text(node)}` is nil: elements are counted from 1.", fix, certain=False
            )
    for loop in model.all(tree.NumericFor):
        if model.value(loop.start).constant == 0:
            _from_zero(model, loop)


def _from_zero(model: Model, loop: tree.NumericFor) -> None:
    """Tell of a loop from 0 whose variable is an index of KEYS, ARGV or a reply."""
    for use in model.uses(model.resolved.declared[loop.variable.number]):
        index = model.parent(use)
        if not isinstance(index, tree.Index) or plain(index.key) is not use:
            continue
        container = model.value(index.object)
        if container.member in (b"KEYS", b"ARGV") or (container.call is not None and container.elements):
            message = f"The loop begins at 0, and `{model.text(index)}` is nil then: elements are counted from 1."
            model.report(
                INDEX_ZERO, loop.start, message, ("Begin at 1", model.instead(loop.start, b"1")), certain=False
            )
            return


def _call(model: Model, call: CommandCall, told: set[str]) -> None:
    """Tell of one call; of a command that is not there once a script, in which this was `told` before."""
    arguments = call.node.arguments
    if not arguments:
        model.report(WRONG_ARITY, call.node, f"`{model.text(call.node)}` names no command.")
        return
    for argument in arguments:
        types = model.value(argument).types
        if types and not types & (lua_types.STRING | lua_types.NUMBER):
            message = f"{call.name} is given something that is neither a string nor a number: this stops the script."
            model.report(REFUSED_ARGUMENT, argument, message)
    if call.facts is None:
        _unknown(model, call, told)
        return
    if call.facts.lacking:
        _lacking(model, call, told)
    if not call.facts.allowed:
        message = f"{call.name} is not allowed in scripts."
        if call.facts.refusing and call.facts.refusing != model.facts.servers.names:
            message = f"{call.name} is not allowed in scripts of {model.facts.servers.shown(call.facts.refusing)}."
        model.report(REFUSED_COMMAND, arguments[0], message)
        return
    count, arity = len(call.words), call.facts.arity
    too_many = arity > 0 and count > arity
    too_few = call.lacks_arguments
    if too_many and _is_option_elsewhere(model, call, arity):
        return  # which is told of it
    if too_many or too_few:
        wanted = f"{abs(arity) - 1}" if arity > 0 else f"at least {-arity - 1}"
        message = f"{call.name} takes {wanted} argument{'' if wanted.endswith(' 1') or wanted == '1' else 's'}, "
        model.report(WRONG_ARITY, call.node, message + f"and is given {'more' if call.is_open else count - 1}.")


def _is_option_elsewhere(model: Model, call: CommandCall, at: int) -> bool:
    """Whether the first word too many is an option on another server."""
    word = option(call.words[at])
    return word is not None and bool(model.facts.servers.option_since(call.name.lower().replace(" ", "|"), word, at))


def _once(model: Model, place: tree.Expression, message: str, told: set[str], change: Change | None = None) -> None:
    """Tell of a command that is not there, unless that was told before."""
    if message not in told and model.is_heard(UNKNOWN_COMMAND, place):
        told.add(message)
        model.report(UNKNOWN_COMMAND, place, message, change, certain=False)


def _lacking(model: Model, call: CommandCall, told: set[str]) -> None:
    """Tell of a command that some of the servers do not have."""
    assert call.facts is not None
    servers, name = model.facts.servers, call.facts.name
    place = call.node.arguments[1 if " " in name else 0]
    since = servers.command_since(name.lower().replace(" ", "|"))
    _once(model, place, servers.told(name, since, call.facts.lacking), told)


def _unknown(model: Model, call: CommandCall, told: set[str]) -> None:
    name = call.words[0] if call.words else None
    if name is None or b"." in name:
        return
    servers = model.facts.servers
    container = model.facts.commands.get(name.lower())
    if container is None:
        place, spelt, known = call.node.arguments[0], name, model.facts.commands.keys()
        who, have = servers.shown(servers.names), "have" if len(servers.names) > 1 else "has"
        message = f"{who} {have} no command {printed(name.upper())}."
    else:
        subcommand = call.words[1] if len(call.words) > 1 else None
        if subcommand is None:
            return
        place, spelt, known = call.node.arguments[1], subcommand, container.subcommands.keys()
        message = f"{container.name} has no subcommand {printed(subcommand.upper())}."
    since = servers.command_since(printed(spelt.lower() if container is None else b"|".join((name, spelt)).lower()))
    if since:
        whole = printed(spelt if container is None else b" ".join((name, spelt))).upper()
        _once(model, place, servers.told(whole, since, servers.names), told)
        return
    alike = [item.decode() for item in known if item[:1] == spelt[:1].lower()]
    close = get_close_matches(spelt.decode("latin-1").lower(), alike, 1, 0.75)
    fix = None
    if close and isinstance(place, tree.String):
        instead = close[0].upper() if not spelt.islower() else close[0]
        message = f"{message} Did you mean {close[0].upper()}?"
        fix = (f"Write {instead}", model.instead(place, f"'{instead}'".encode()))
    _once(model, place, message, told, fix)
