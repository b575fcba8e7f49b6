"""What the linter must be told of Redis, which the analysis of Lua does not know; a layer above fills it in.

A word of a command is its bytes where the script writes them as a constant, and None where it computes them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, unique
from typing import Final, Protocol

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.printing import printed
from ferrous_vm.records import Record, field

Word = bytes | None


def option(word: Word) -> Word:
    """The option that `word` names, if any, in upper case: Redis reads it up to a NUL, the name of a command whole."""
    return None if word is None else word.partition(b"\0")[0].upper()


@unique
class Reply(Enum):
    """The shapes of replies as a script sees them: Lua types of the value, of its elements, and in words.

    `first` are the types of the first elements where those differ. The shapes down to VARYING are those of RESP2;
    those below are what redis.setresp(3) makes of some.
    """

    def __init__(self, types: int, elements: int, description: str, first: tuple[int, ...] = ()) -> None:
        self.types = types
        self.elements = elements
        self.description = description
        self.first = first

    FLAG = lua_types.NUMBER, 0, "the number 0 or 1"
    COUNT = lua_types.NUMBER, 0, "a number"
    COUNT_OR_FALSE = lua_types.NUMBER | lua_types.FALSE, 0, "a number, or false"
    STATUS = lua_types.TABLE, 0, "a status table such as {ok = 'OK'}"
    STATUS_OR_FALSE = lua_types.TABLE | lua_types.FALSE, 0, "a status table such as {ok = 'OK'}, or false"
    TEXT = lua_types.STRING, 0, "a string"
    TEXT_OR_FALSE = lua_types.STRING | lua_types.FALSE, 0, "a string, or false"
    SCORE = lua_types.STRING, 0, "a score as a string"
    SCORE_OR_FALSE = lua_types.STRING | lua_types.FALSE, 0, "a score as a string, or false"
    TEXTS = lua_types.TABLE, lua_types.STRING, "a table of strings"
    TEXTS_OR_FALSE = lua_types.TABLE | lua_types.FALSE, lua_types.STRING, "a table of strings, or false"
    TEXTS_BY_WORD = lua_types.TABLE, lua_types.STRING | lua_types.FALSE, "a table with a string or false for each"
    MEMBERS = lua_types.TABLE, lua_types.STRING, "a table of strings in no order"
    PAIRS = lua_types.TABLE, lua_types.STRING, "a flat table: name, value, name, value"
    FLAGS = lua_types.TABLE, lua_types.NUMBER, "a table with 0 or 1 for each"
    ENTRIES = lua_types.TABLE, lua_types.TABLE, "a table of entries"
    PAGE = (
        lua_types.TABLE,
        lua_types.STRING | lua_types.TABLE,
        "a table of the next cursor and a table",
        (lua_types.STRING, lua_types.TABLE),
    )
    TABLE = lua_types.TABLE, lua_types.ANY, "a table"
    TABLE_OR_FALSE = lua_types.TABLE | lua_types.FALSE, lua_types.ANY, "a table, or false"
    VARYING = lua_types.ANY, lua_types.ANY, "a value"
    COUNT_OR_NIL = lua_types.NUMBER | lua_types.NIL, 0, "a number, or nil"
    STATUS_OR_NIL = lua_types.TABLE | lua_types.NIL, 0, "a status table such as {ok = 'OK'}, or nil"
    TEXT_OR_NIL = lua_types.STRING | lua_types.NIL, 0, "a string, or nil"
    TABLE_OR_NIL = lua_types.TABLE | lua_types.NIL, 0, "a table, or nil"
    PLAIN_TABLE = lua_types.TABLE, 0, "a table, maybe empty"
    MAP = lua_types.TABLE, 0, "a table whose field map holds the names and values"
    SET = lua_types.TABLE, 0, "a table whose field set holds the members"
    VERBATIM = lua_types.TABLE, 0, "a table whose field verbatim_string holds the text"
    DOUBLE = lua_types.TABLE, 0, "a table whose field double holds the number"
    DOUBLE_OR_NIL = lua_types.TABLE | lua_types.NIL, 0, "a table whose field double holds the number, or nil"


RESP3: Final[dict[Reply, Reply]] = {
    Reply.COUNT_OR_FALSE: Reply.COUNT_OR_NIL,
    Reply.STATUS_OR_FALSE: Reply.STATUS_OR_NIL,
    Reply.TEXT_OR_FALSE: Reply.TEXT_OR_NIL,
    Reply.SCORE: Reply.DOUBLE,
    Reply.SCORE_OR_FALSE: Reply.DOUBLE_OR_NIL,
    Reply.TEXTS_OR_FALSE: Reply.TABLE_OR_NIL,
    Reply.TABLE_OR_FALSE: Reply.TABLE_OR_NIL,
    Reply.TEXTS: Reply.PLAIN_TABLE,
    Reply.TEXTS_BY_WORD: Reply.PLAIN_TABLE,
    Reply.MEMBERS: Reply.PLAIN_TABLE,
    Reply.PAIRS: Reply.PLAIN_TABLE,
    Reply.TABLE: Reply.PLAIN_TABLE,
}
"""What redis.setresp(3) makes of a shape, where the table of a command does not say more."""


@unique
class Cost(Enum):
    """What a command reads of the keyspace, whatever its arguments."""

    BOUNDED = "bounded"
    COLLECTION = "the whole of a collection"
    KEYSPACE = "the whole keyspace"


class Variant(Record):
    """Another reply: when the command has at least `words` words, and `word`, unless empty, from `start` on; the `rest`
    last words are none of its options, nor is what stands behind the word `until`, unless empty."""

    reply: Reply
    words: int
    word: bytes = b""
    start: int = 0
    rest: int = 0
    until: bytes = b""


class KeyRange(Record):
    """A range of keys, as COMMAND tells it (Redis documentation, "Command key specifications").

    It begins at word `index`, or behind the word `keyword` that is searched from there on. `last` counts from the
    beginning, or from the command's end when it is negative; with `limit` n only the first of n parts are keys.
    With `counted`, the word where it begins says how many keys follow it.
    """

    index: int
    keyword: bytes = b""
    last: int = 0
    step: int = 1
    limit: int = 0
    counted: bool = False


class CommandFacts(Record):
    """One command or subcommand. `arity` counts its name; negative: at least so many. `allowed`: in scripts."""

    name: str
    arity: int
    allowed: bool
    reply: Reply
    variants: tuple[Variant, ...]
    writes: bool
    resp3: Reply | None
    """Its reply after redis.setresp(3), where it is more than RESP3 makes of any such reply."""
    keys: tuple[KeyRange, ...]
    cost: Cost
    complexity: str
    lacking: tuple[str, ...] = ()
    """Those of the servers that do not have it."""
    refusing: tuple[str, ...] = ()
    """Those of the servers that have it, and allow it to clients only."""
    subcommands: Mapping[bytes, CommandFacts] = field(factory=dict)

    def reply_to(self, words: Sequence[Word], is_open: bool, protocol: int = 2) -> tuple[Reply, ...]:
        """The shapes the reply can have; `is_open` says that more words follow, nobody knows which."""
        certain, possible = self.reply, []
        for variant in self.variants:
            end = len(words) if is_open else len(words) - variant.rest
            options = words[variant.start : end] if variant.word else ()
            if variant.until and variant.until in options:
                options = options[: options.index(variant.until)]
            is_there = not variant.word or variant.word in map(option, options)
            if is_there and len(words) >= variant.words:
                certain = variant.reply
            elif is_open or (None in options and len(words) >= variant.words):
                possible.append(variant.reply)
        if protocol == 3:
            return tuple(dict.fromkeys(map(self.in_resp3, (certain, *possible))))
        return tuple(dict.fromkeys((certain, *possible)))

    def in_resp3(self, reply: Reply) -> Reply:
        """What redis.setresp(3) makes of a reply of this command."""
        if reply is self.reply and self.resp3 is not None:
            return self.resp3
        return RESP3.get(reply, reply)

    def key_positions(self, words: Sequence[Word], is_open: bool) -> list[int]:
        """Which words are keys. Where that hangs on words nobody knows, the keys are left out."""
        found: dict[int, None] = {}
        for spec in self.keys:
            found.update(dict.fromkeys(_positions(spec, words, is_open)))
        return list(found)

    def rest_is_keys(self, words: Sequence[Word]) -> bool:
        """Whether what follows `words` are keys, or begins with one."""
        return any(_takes_rest(spec, words) for spec in self.keys)


def _takes_rest(spec: KeyRange, words: Sequence[Word]) -> bool:
    start = _start(spec, words)
    if start is None or (spec.last >= 0 and not spec.counted):
        return start is not None and start == len(words)
    if spec.counted:
        return start < len(words) <= start + 1 + _counted(words[start])
    return start <= len(words)


def _counted(word: Word) -> int:
    """How many keys a word says that follow; as many as there can be where nobody knows."""
    return int(word[:9]) if word is not None and word.isdigit() else sys.maxsize


def _positions(spec: KeyRange, words: Sequence[Word], is_open: bool) -> range:
    start = _start(spec, words)
    if start is None or start >= len(words):
        return range(0)
    if spec.counted:
        count = words[start]
        if count is None or not count.isdigit():
            return range(start + 1, min(start + 2, len(words)))  # one at least: a command refuses to have none
        return range(start + 1, min(start + 1 + int(count[:9]), len(words)))
    if spec.last >= 0:
        return range(start, min(start + spec.last + 1, len(words)), spec.step)
    if is_open:
        return range(start, min(start + 1, len(words)))
    end = len(words) + spec.last + 1
    if spec.limit > 1:
        end = start + (end - start) // spec.limit
    return range(start, end, spec.step)


def _start(spec: KeyRange, words: Sequence[Word]) -> int | None:
    if not spec.keyword:
        return spec.index
    if spec.index < 0:
        candidates = range(len(words) + spec.index, 0, -1)
    else:
        candidates = range(spec.index, len(words))
    return next((at + 1 for at in candidates if option(words[at]) == spec.keyword), None)


class Option(Protocol):
    """A word that a command knows."""

    @property
    def has_value(self) -> bool:
        """Whether another word belongs to it."""

    @property
    def index(self) -> int:
        """The first word that it may be."""

    def stands(self, at: int) -> bool:
        """Whether it may be word `at` of a command."""


class Servers(Record):
    """The servers that a script is for, and what others have.

    `names` are those of their profiles, `shown` makes text for a person of some. `traits` tells by the name of a trait
    which of them have it. `saying` answers which of all servers have some text in a sentence of theirs, of those that
    others word differently. `options` tells by server and command, `client|kill`, which words in upper case it knows
    there. `command_since`, `option_since` and `global_since` tell where something is and since when, `Redis 7.4 and
    Valkey 9.0`, empty for nowhere; `global_until` which was the last to have it, empty where none has lost it.
    """

    names: tuple[str, ...]
    shown: Callable[[Iterable[str]], str]
    traits: Mapping[str, tuple[str, ...]]
    saying: Callable[[bytes], tuple[str, ...]]
    options: Callable[[str, str], Mapping[bytes, Option]]
    command_since: Callable[[str], str]
    option_since: Callable[[str, bytes, int], str]
    global_since: Callable[[bytes], str]
    global_until: Callable[[bytes], str]

    def without(self, trait: str) -> tuple[str, ...]:
        """Those that do not have a trait."""
        return tuple(name for name in self.names if name not in self.traits[trait])

    def told(self, what: str, since: str, lacking: Sequence[str]) -> str:
        """`HEXPIRE came with Redis 7.4 and Valkey 9.0: Redis 7.0 does not have it.`"""
        return f"{what} came with {since}: {self._lack(lacking)}"

    def told_of_global(self, name: bytes, lacking: Sequence[str]) -> str:
        """The same of a global or a field, or `print` was there up to Redis 6.2: Redis 7.0 does not have it.`; empty of
        what no server has."""
        since, until = self.global_since(name), self.global_until(name)
        shown = f"`{printed(name)}`"
        if until:
            return f"{shown} was there up to {until}: {self._lack(lacking)}"
        return self.told(shown, since, lacking) if since else ""

    def _lack(self, lacking: Sequence[str]) -> str:
        return f"{self.shown(lacking)} {'do' if len(lacking) > 1 else 'does'} not have it."


class ScriptFacts(Record):
    """Everything the linter knows of the servers that a script is for: their commands by lower-case name, and the
    globals scripts have.

    `script_globals` are those of EVAL, `library_globals` those of code loaded by FUNCTION LOAD: the name of each, with
    the names of its fields where it is a table. `lacking` tells of a global `os`, or a field `redis.acl_check_cmd`,
    that only some of the servers have, which others do not. `slot_of` tells the hash slot of a key in a cluster.
    """

    servers: Servers
    commands: Mapping[bytes, CommandFacts]
    script_globals: Mapping[bytes, frozenset[bytes]]
    library_globals: Mapping[bytes, frozenset[bytes]]
    lacking: Mapping[bytes, tuple[str, ...]]
    slot_of: Callable[[bytes], int]

    def command(self, words: Sequence[Word]) -> CommandFacts | None:
        """The command, or the subcommand, that `words` call; None where that is not known."""
        name = words[0] if words else None
        if name is None:
            return None
        facts = self.commands.get(name.lower())
        if facts is None or not facts.subcommands or len(words) == 1:
            return facts
        return None if words[1] is None else facts.subcommands.get(words[1].lower())
