"""What invariants and charts ask of replies, so that of a scenario no more is remembered than that.

    reply  called  client          of the event just carried out; all nil where it was no call, or its reply was lost
    replies("limit")               how often `limit` has replied
    replies("limit", 1)            … with this; a status or an error is meant by its text
    replies("limit", function(it) return it > 0 end)       … with what this holds for
    replies("limit", 1, "A")       … to this client; `nil` in the middle is any reply

A call is known by the name of its script or function, else by its command in capitals. A reply is what a program gets.
Replies are counted as notes are, in `in any N ms` too. What was just carried out sets every two events apart that one
of them is a call (`access.REPLY`), so it costs most of what the search leaves out; counted replies cost nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha1
from typing import Any, Final

from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.scenarios.keyspaces import Keyspaces
from ferrous_vm.scenarios.notes import Notes, Told
from ferrous_vm.scenarios.scenario import Scenario, ScenarioError
from ferrous_vm.scripting.conversion import OK, reply_to_lua
from ferrous_vm.scripting.error_tables import ERR
from ferrous_vm.stdlib.cmsgpack import pack
from ferrous_vm.values.booleans import FALSE
from ferrous_vm.values.natives import Value
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

LAST: Final = frozenset(("reply", "called", "client"))
"""What an expression calls the event just carried out."""

LUA: Final = (
    b"local called, client, reply if ARGV[2] ~= '' then "
    b"called, client, reply = ARGV[2], ARGV[3], cmsgpack.unpack(ARGV[4]) end "
    b"local function replies(name, wanted, client) local n = 0 for i = 6, 5 + ARGV[5] * 4, 4 do "
    b"if ARGV[i + 2] ~= '' and ARGV[i] == name and (client == nil or ARGV[i + 1] == client) then "
    b"local it = cmsgpack.unpack(ARGV[i + 2]) local meant if type(wanted) == 'function' then meant = wanted(it) "
    b"else meant = wanted == nil or it == wanted or type(it) == 'table' and (it.ok == wanted or it.err == wanted) end "
    b"if meant then n = n + ARGV[i + 3] end end end return n end "
)
"""The same in the script that an expression is asked as; `invariants.py` says what stands in ARGV."""

_COUNTED: Final = re.compile(
    r"""\breplies\b(?:\s*\(\s*(["'])(?P<name>[^"'\\]*)\1\s*"""
    r"""(?:,\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(["'])(?P<text>[^"'\\]*)\4|(?P<false>false))\s*)?(?P<end>[,)]))?"""
)
"""Where replies are counted: of which name, and which replies, as far as that stands there."""

_CALLED: Final = re.compile(r"""\bcalled\s*[=~]=\s*(["'])([^"'\\]*)\1""")
_NO_CALL: Final = "nothing is called {!r} here: it is the name of a script, or a command in capitals"

_ANY: Final = object()


class Watched:
    """What the invariants and charts of a scenario want to know."""

    def __init__(
        self,
        scenario: Scenario,
        asked: list[tuple[str, int]],
        names: set[str],
        keyspaces: Keyspaces,
    ) -> None:
        """`asked`: expressions, and the line of each; `names`: those that stand free in them. Raises ScenarioError
        where one names what is no call: it would hold for ever, or never."""
        self.last: Final = not LAST.isdisjoint(names)
        """Whether the event just carried out counts."""
        self._counted: dict[bytes | None, list[Any]] = {}
        """Replies that are counted, by name; None is every name."""
        for expression, line in asked:
            for found in _COUNTED.finditer(expression):
                called = None if found["name"] is None else _bytes(found["name"])
                self._counted.setdefault(called, []).append(_wanted(found))
            for name in _named(expression):
                if not keyspaces.can_be_called(_bytes(name)):
                    raise ScenarioError(line, _NO_CALL.format(name))
        self._function_name = keyspaces.function_name
        self._names = {
            word: code.name.encode()
            for code in scenario.scripts
            for word in (code.source, sha1(code.source).hexdigest().encode())
        }
        self.is_any: Final = self.last or bool(self._counted)

    def after(self, notes: Notes, client: int, argv: tuple[bytes, ...], reply: Reply) -> Notes:
        """When a client has got a reply."""
        called = self._called(argv)
        value = reply_to_lua(reply)
        wanted = (*self._counted.get(called, ()), *self._counted.get(None, ()))
        counts = any(each is _ANY or _is(value, each) for each in wanted)
        if not counts and not self.last:
            return notes
        told = Told(called.decode("utf-8", "surrogateescape"), client, bytes(pack(value)))
        return notes.replied(told, counts=counts, is_last=self.last)

    def _called(self, argv: tuple[bytes, ...]) -> bytes:
        command = argv[0].upper()
        if len(argv) > 1:
            if command in (b"FCALL", b"FCALL_RO"):
                return self._function_name(argv[1])
            if command in (b"EVAL", b"EVAL_RO"):
                return self._names.get(argv[1], command)
            if command in (b"EVALSHA", b"EVALSHA_RO"):
                return self._names.get(argv[1].lower(), command)
        return command


def _named(expression: str) -> Iterator[str]:
    """What an expression takes for the name of a call."""
    yield from (found["name"] for found in _COUNTED.finditer(expression) if found["name"] is not None)
    yield from (found[2] for found in _CALLED.finditer(expression))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _wanted(found: re.Match[str]) -> Any:
    """The reply that is counted there, or _ANY."""
    if found["end"] is None:
        return _ANY
    if found["number"] is not None:
        return float(found["number"])
    if found["text"] is not None:
        return LuaString(_bytes(found["text"]))
    return False if found["false"] else _ANY


def _is(value: Value, wanted: Any) -> bool:
    """Whether a reply is the one that is meant, as `LUA` says it."""
    if wanted is False:
        return value is FALSE
    if isinstance(value, Table):
        return wanted in (value.get(OK), value.get(ERR))
    return type(value) is type(wanted) and value == wanted
