"""What must hold in a scenario, asked as a read-only script: whatever it may not do is refused in Redis's own words.

holders("critical") <= 1                          how many clients are in a section
count("done") == 3    count("done", "A") <= 1     how often a note was made, by whomever or by one client
granted <= 5 in any 1000 ms                       the name of a note alone is how often it was made
redis.call("EXISTS", "lock") == 0                 any command that does not write; redis(...) is short for it
every("rate:*", function(key) ... end)            whether it is so for each key
every key of rate:* has a TTL                     sentences for what is asked often
no key of lock:* is left
dead                                              how many clients have died
replies("limit", 1) <= 5 in any 1000 ms           how often a call has replied so (`replies.py`)
called ~= "get" or reply ~= 0                     what was just called, by which `client`, and the reply
"""

from __future__ import annotations

import re
from typing import Any, Final

from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.printing import printed
from ferrous_vm.scenarios.keyspaces import Keyspaces, State
from ferrous_vm.scenarios.notes import Notes, Told
from ferrous_vm.scenarios.replies import LAST, LUA, Watched
from ferrous_vm.scenarios.scenario import Invariant, Scenario, ScenarioError

_SENTENCES: Final = (
    (
        re.compile(r"every key of (\S+) has a TTL"),
        'every({}, function(key) return redis.call("PTTL", key) ~= -1 end)',
    ),
    (re.compile(r"no key of (\S+) is left"), "every({}, function() return false end)"),
)

_PRELUDE: Final = (
    b"local redis = setmetatable({call = redis.call, pcall = redis.pcall}, "
    b"{__call = function(_, ...) return redis.call(...) end}) "
    b"local dead, _told = tonumber(ARGV[1]), tonumber(ARGV[5]) "
    b"local function count(text, client) local n = 0 for i = 6, 5 + _told * 4, 4 do "
    b"if ARGV[i] == text and ARGV[i + 2] == '' and (client == nil or ARGV[i + 1] == client) then "
    b"n = n + ARGV[i + 3] end end return n end "
    b"local function repeated(pattern) local n, seen = 0, {} for i = 6, 5 + _told * 4, 4 do local text = ARGV[i] "
    b"if ARGV[i + 2] == '' and text:find(pattern) then seen[text] = (seen[text] or 0) + ARGV[i + 3] end end "
    b"for _, times in pairs(seen) do if times > 1 then n = n + 1 end end return n end "
    b"local function holders(section) local n = 0 for i = 6 + _told * 4, #ARGV, 2 do "
    b"if ARGV[i] == section then n = n + 1 end end return n end "
    b"local function every(pattern, holds) for _, key in ipairs(redis.call('KEYS', pattern)) do "
    b"if not holds(key) then return false end end return true end "
)
"""What expressions may use. It is one line, so errors name the first line for the expression's. ARGV has how many have
died; of the last reply, what was called, by whom, and the reply; how many notes and counted replies follow, and of each
the text or what was called, the client, the reply, and how often; then sections, and who is in them."""

_NOTE: Final = re.compile(rb"""\bnote\s*\(?\s*["']([A-Za-z_]\w*)["']""")
_NAME: Final = re.compile(r"(?<![\w.:\"'])[A-Za-z_]\w*")
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"' r"|'(?:[^'\\]|\\.)*'")
_PARAMETERS: Final = re.compile(r"\bfunction\s*\(([^)]*)\)")

_OWN: Final = frozenset(("count", "holders", "every", "repeated", "redis", "dead"))
"""Names that are no notes."""


class Condition:
    """One invariant, ready to be asked."""

    __slots__ = ("invariant", "known", "script")

    def __init__(self, invariant: Invariant, script: bytes) -> None:
        self.invariant = invariant
        self.script = script
        self.known: dict[Any, bool] = {}
        """Where it holds and where not, as far as it was asked: by notes alone where it looked at no key, else by state
        and notes."""


def conditions_of(scenario: Scenario) -> list[Condition]:
    """The invariants of a scenario."""
    noted = noted_in(scenario)
    return [Condition(invariant, _script(invariant.expression, noted)) for invariant in scenario.invariants]


def noted_in(scenario: Scenario) -> set[str]:
    """The notes that clients make by name."""
    return {found.decode() for client in scenario.clients for found in _NOTE.findall(client.source)}


def watched_of(scenario: Scenario, keyspaces: Keyspaces) -> Watched:
    """What its invariants and charts ask of replies. Raises ScenarioError."""
    asked = [(each.expression, each.line) for each in scenario.invariants]
    asked += [(each.expression, each.line) for each in scenario.charts]
    names = {name for expression, _ in asked for name in _free_names(expression)}
    return Watched(scenario, asked, names - noted_in(scenario), keyspaces)


def _free_names(expression: str) -> set[str]:
    """Names that an expression uses and that are neither parameters in it nor words of a text."""
    lua = _TEXT.sub('""', _lua_of(expression))
    bound = {name.strip() for found in _PARAMETERS.findall(lua) for name in found.split(",")}
    return set(_NAME.findall(lua)) - bound


def _lua_of(expression: str) -> str:
    """An expression as it is; a sentence as the Lua that it means."""
    for pattern, lua in _SENTENCES:
        found = pattern.fullmatch(expression)
        if found is not None:
            return lua.format(_quoted(found[1]))
    return expression


def _script(expression: str, noted: set[str]) -> bytes:
    expression = _lua_of(expression)
    return script_of(f"if {expression} then return 1 end return 0", expression, noted)


def script_of(lua: str, expression: str, noted: set[str]) -> bytes:
    """What is sent to have Lua that holds an expression run, with all that expressions may use."""
    names = sorted(noted & set(_NAME.findall(expression)) - _OWN)
    counts = "".join(f"local {name} = count('{name}') " for name in names)
    replies = LUA if "replies" in expression or not LAST.isdisjoint(_free_names(expression)) else b""
    return _PRELUDE + replies + f"{counts}{lua}".encode("utf-8", "surrogateescape")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def holds(condition: Condition, keyspaces: Keyspaces, state: State, notes: Notes, names: list[str]) -> bool:
    """Whether it holds there. Raises ScenarioError for what cannot be asked."""
    known = condition.known
    found = known.get(notes)
    if found is None:
        found = known.get((state, notes))
    if found is None:
        found, looked = _ask(condition, keyspaces, state, notes, names)
        known[(state, notes) if looked else notes] = found
    return found


def _ask(condition: Condition, keyspaces: Keyspaces, state: State, notes: Notes, names: list[str]) -> tuple[bool, bool]:
    """Whether it holds, and whether it looked at the state."""
    invariant = condition.invariant
    reply, looked = keyspaces.read(state, words_of(condition.script, notes, invariant.window, names))
    if isinstance(reply, ErrorReply):
        raise ScenarioError(invariant.line, f"this cannot be asked: {said_by(reply)}")
    return reply == 1, looked


def words_of(script: bytes, notes: Notes, window: int | None, names: list[str]) -> list[bytes]:
    """The words of the command that runs such a script; of notes and replies only those of the last so many
    milliseconds count, with a window. `names` are those of all connections."""
    counted = notes.counted(window)
    last = (b"", b"", b"") if notes.last is None else _words(notes.last, names)
    argv = [b"EVAL_RO", script, b"0", b"%d" % notes.dead, *last, b"%d" % len(counted)]
    for told, count in counted:
        argv += (*_words(told, names), b"%d" % count)
    for section, client in notes.sections:
        argv += (section.encode(), names[client].encode())
    return argv


def _words(told: Told, names: list[str]) -> tuple[bytes, bytes, bytes]:
    return (told.text.encode("utf-8", "surrogateescape"), names[told.client].encode(), told.reply)


_PLACE: Final = re.compile(rb" script: [0-9a-f]{40}, on @user_script:\d+\.|user_script:\d+: ")


def said_by(error: ErrorReply) -> str:
    """An error of such a script, without the place in a script that nobody wrote."""
    return printed(_PLACE.sub(b"", error.message))
