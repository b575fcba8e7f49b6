"""Scripts that carry their expectations, in comments that begin a line.

    -- given: SET stock 3                       a command before the script, as redis-cli reads it
    -- keys: stock   argv: 2                    a call of the script; there may be several, one after the other
    -- call reserve keys: stock   argv: 2       the same of a function, where the script is a library
    -- expect reply: (integer) 1                one line of what redis-cli prints; `script: <sha1>` stands for any
    -- expect key stock: "1"                    one line of how redis-cli prints the key's value
    -- expect log: 2 text                       level and text of a line of redis.log
    -- expect commands <= 12                    what the call does, counted: commands, instructions or elements of data
    -- expect growth O(log n) in zset:*         no more, as the keys that match grow; without `in`, all that can grow
    -- expect growth O(n) in keys:user:*        no more, as there are more keys that match

`read_script` reads them, `check_script` holds them against whatever answers commands: Ferrous, or a live server. What
is expected of costs only Ferrous can count (`costs.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.printing import printed, visible
from ferrous_vm.records import MutableRecord, field
from ferrous_vm.scripting.shebang import is_library
from ferrous_vm.workbench.costs.classes import CLASSES
from ferrous_vm.workbench.printed_values import Ask, print_reply, print_value

_LINE: Final = re.compile(
    r'-- (given|(?:call \S+ +)?keys|expect reply|expect log|expect key ("(?:[^"\\]|\\.)*"|\S+)): ?(.*)'
)
_LIMIT: Final = re.compile(r"-- expect (commands|instructions|elements) ?<=?(.*)")
_GROWTH: Final = re.compile(r"-- expect growth (O\(.*?\))(.*)")
_OF_NUMBER: Final = b"keys:"
_NOT_CALLED: Final = {
    True: "of a library a function is called: -- call NAME keys: ...  argv: ...",
    False: "only a library, which begins with `#!lua name=...`, has functions: -- keys: ...  argv: ...",
}
_SHA: Final = re.compile(r"script: [0-9a-f]+,")


class ExpectationError(ValueError):
    """A comment that is no expectation although it begins like one; the message is for a person."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Growing(MutableRecord):
    """How a call may grow at most, as a class of `workbench/costs/growth.py`, with the keys that match a pattern; with
    all that can be grown, if that is empty. `of_number`: not they grow, there are more of them."""

    growth: str
    pattern: bytes
    of_number: bool = False


class Call(MutableRecord):
    """One call of a script, or of a function of a library, and what is expected of it. `line` is where it is written,
    from 1."""

    line: int
    keys: list[bytes]
    arguments: list[bytes]
    function: bytes = b""
    reply: list[str] = field(factory=list)
    values: dict[bytes, list[str]] = field(factory=dict)
    log: list[str] = field(factory=list)
    limits: dict[str, int] = field(factory=dict)
    """The most that a count may be, by its name."""
    growths: list[Growing] = field(factory=list)

    @property
    def expects(self) -> bool:
        """Whether anything is expected of it."""
        return bool(self.reply or self.values or self.log or self.limits or self.growths)


class ScriptFile(MutableRecord):
    """A script, the commands that come first, each with its line, and its calls."""

    source: bytes
    given: list[tuple[int, list[bytes]]]
    calls: list[Call]

    @property
    def is_library(self) -> bool:
        """Whether its functions are called, not itself."""
        return is_library(self.source)

    def preparation(self) -> list[tuple[int, list[bytes]]]:
        """The commands before the first call, each with its line: a library is loaded, too."""
        return [*self.given, *([(1, [b"FUNCTION", b"LOAD", self.source])] if self.is_library else [])]

    def argv(self, call: Call) -> list[bytes]:
        """The command that makes a call."""
        called = [b"FCALL", call.function] if self.is_library else [b"EVAL", self.source]
        return [*called, b"%d" % len(call.keys), *call.keys, *call.arguments]


class Failure(MutableRecord):
    """An expectation that does not hold: of the call on `line`, what it is about, and both sides. `explanation` is what
    an error means, where that was asked (explanations.py)."""

    line: int
    about: str
    expected: str
    got: str
    explanation: str = ""


def read_script(source: bytes) -> ScriptFile:
    """A script with its expectations. Its source is the whole file, so line numbers are the file's.

    Raises ExpectationError for a line that cannot be read, and for a call of which nothing is expected.
    """
    script = ScriptFile(source, [], [])
    for number, line in enumerate(source.decode("utf-8", "surrogateescape").splitlines(), 1):
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            _read_cost(script, number, line.rstrip())
            continue
        kind, key, text = match.groups()
        if kind == "given":
            script.given.append((number, _words(number, text)))
        elif kind.endswith("keys"):
            function = kind.removesuffix("keys").removeprefix("call").strip()
            if bool(function) is not script.is_library:
                raise ExpectationError(number, _NOT_CALLED[script.is_library])
            keys, _, arguments = text.partition("argv:")
            (name,) = _words(number, function) or (b"",)
            script.calls.append(Call(number, _words(number, keys), _words(number, arguments), name))
        elif kind == "expect reply":
            _last_call(script, number).reply.append(text)
        elif kind == "expect log":
            _last_call(script, number).log.append(text)
        else:
            _last_call(script, number).values.setdefault(_words(number, key)[0], []).append(text)
    for call in script.calls:
        if not call.expects:
            raise ExpectationError(call.line, "nothing is expected of this call: write `-- expect reply: ...`")
    return script


def _last_call(script: ScriptFile, number: int) -> Call:
    if not script.calls:
        raise ExpectationError(number, "an expectation comes behind the line `-- keys: ...  argv: ...` of its call")
    return script.calls[-1]


def _read_cost(script: ScriptFile, number: int, line: str) -> None:
    """What is expected of the cost of a call, if the line says that."""
    limit, growth = _LIMIT.fullmatch(line), _GROWTH.fullmatch(line)
    if limit is not None:
        name, most = limit[1], limit[2].strip().replace(",", "")
        if not most.isdecimal():
            raise ExpectationError(number, f"the most {name} are a number: -- expect {name} <= 12")
        _last_call(script, number).limits[name] = int(most)
    elif growth is not None:
        classes = {_spelling(name): name for name in CLASSES}
        found = classes.get(_spelling(growth[1]))
        where = growth[2].split()
        if found is None or (where and (where[0] != "in" or len(where) != 2)):
            known = ", ".join(CLASSES)
            raise ExpectationError(
                number, f"a growth is written -- expect growth O(log n) in zset:*; known are {known}"
            )
        pattern = where[1].encode("utf-8", "surrogateescape") if where else b""
        _last_call(script, number).growths.append(Growing(found, *what_grows(pattern)))


def what_grows(text: bytes) -> tuple[bytes, bool]:
    """The pattern of keys that a person means, and whether there are to be more of them: `keys:user:*`."""
    return text.removeprefix(_OF_NUMBER), text.startswith(_OF_NUMBER)


def _spelling(growth: str) -> str:
    return growth.replace(" ", "").replace("^2", "²").lower()


def _words(number: int, text: str) -> list[bytes]:
    found = split_words(text.encode("utf-8", "surrogateescape"))
    if found is None:
        raise ExpectationError(number, f"unbalanced quotes: {text}")
    return found


def check_script(script: ScriptFile, ask: Ask, take_log: Callable[[], list[str]] | None = None) -> list[Failure]:
    """The expectations of the script that do not hold for the server behind `ask`."""
    failures = []
    for line, command in script.preparation():
        given = ask(command)
        if given.startswith(b"-"):
            made = "FUNCTION LOAD" if command[-1] is script.source else "given"
            failures.append(Failure(line, made, "no error", _printed(given)))
    for call in script.calls:
        reply = _printed(ask(script.argv(call)))
        about = [("reply", "\n".join(call.reply), reply)] if call.reply else []
        for key, lines in call.values.items():
            about.append((f"key {printed(key)}", "\n".join(lines), _value(ask, key)))
        if take_log is not None:
            about.append(("log", "\n".join(call.log), "\n".join(take_log())))
        for subject, expected, got in about:
            if visible(_SHA.sub("script: ...,", expected)) != visible(got):
                failures.append(Failure(call.line, subject, expected, got))
    return failures


def _value(ask: Ask, key: bytes) -> str:
    return _SHA.sub("script: ...,", print_value(ask, key))


def _printed(reply: bytes) -> str:
    """What redis-cli prints, with the SHA-1 of scripts left out."""
    return _SHA.sub("script: ...,", print_reply(reply))
