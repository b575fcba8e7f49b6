"""What servers and clients tell of scripts, as it is pasted: an error sentence with its place, an entry of SLOWLOG."""

from __future__ import annotations

import hashlib
import re
from typing import Final, NamedTuple

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.printing import counted, visible
from ferrous_vm.workbench.error_explanations import explain, sentence_of
from ferrous_vm.workbench.error_explanations.clues import Clues
from ferrous_vm.workbench.escapes import encode
from ferrous_vm.workbench.records.pasting import PastedPlace

_NEWER: Final = re.compile(
    r"(?P<message>[^\n]{0,2000}?) script: (?:(?P<name>[^,\s]+), )?on @?user_(?:script|function):(?P<line>\d{1,9})\."
)
"""From Redis 7.0 on; Valkey 9.1 has no name."""

_OLDER: Final = re.compile(
    r"(?P<message>Error running script \(call to f_(?P<name>[0-9a-f]{40})\): "
    r"@user_script:(?P<line>\d{1,9}): [^\n]{0,2000})"
)
"""Redis 6.2."""

_BEFORE: Final = re.compile(r"^.*?(?:\(error\)|[\w.]+(?:Error|Exception):|(?<=\s)-)\s*", re.DOTALL)
"""What stands before the sentence where a client or redis-cli has shown it."""

_SLOW: Final = re.compile(rb'^(\s*(?:\d+\)\s+)*4\)\s+1\)) (".*")\s*$')
"""The line of an entry of SLOWLOG where its words begin, as redis-cli shows them on a terminal."""
_TOOK: Final = re.compile(rb"^\s*3\) \(integer\) (\d+)\s*$")
_CUT_WORD: Final = re.compile(rb"\.\.\. \(\d+ more bytes\)\Z")
_LEFT_OUT: Final = re.compile(rb"\.\.\. \((\d+) more arguments\)\Z")


class Slow(NamedTuple):
    """An entry of SLOWLOG: the words of its command, how many more there were, and its microseconds, None if they were
    not pasted. A word that SLOWLOG cut is empty."""

    words: list[bytes]
    left_out: int
    took: int | None


def slow_entries(text: bytes) -> list[Slow]:
    """The entries, as they stand there."""
    found: list[Slow] = []
    took: int | None = None
    words: list[bytes] = []
    column = 0
    for line in [*text.splitlines(), b""]:
        if words and (word := _word(line, column, len(words) + 1)) is not None:
            words.append(word)
            continue
        if words:
            found.append(_entry(words, took))
            words, took = [], None
        begins, time = _SLOW.fullmatch(line), _TOOK.fullmatch(line)
        if begins and (first := split_words(begins[2])):
            column, words = begins.end(1), first
        elif time:
            took = int(time[1])
    return found


def _word(line: bytes, column: int, number: int) -> bytes | None:
    """The word of that number, whose sign ends at the column; None for any other line."""
    if line[:column].strip() != b"%d)" % number:
        return None
    read = split_words(line[column:])
    return read[0] if read and len(read) == 1 else None


def _entry(words: list[bytes], took: int | None) -> Slow:
    left_out = _LEFT_OUT.search(words[-1])
    kept = words[:-1] if left_out else words
    return Slow([b"" if _CUT_WORD.search(word) else word for word in kept], int(left_out[1]) if left_out else 0, took)


def slow_sentence(slow: Slow, call: str) -> str:
    """What is said of an entry; `call` is the call that it is."""
    took = "" if slow.took is None else f", which took {slow.took:,} µs"
    missing = f"; SLOWLOG has left out {counted(slow.left_out, 'argument')}" if slow.left_out else ""
    return f"This is an entry of SLOWLOG: {call}{took}{missing}."


def _digests(script: str) -> list[str]:
    """The SHA-1 of a script, and of it with and without an end of its last line: editors and programs add one."""
    bare = script.rstrip("\n")
    return [hashlib.sha1(encode(text)).hexdigest() for text in dict.fromkeys((script, bare, f"{bare}\n"))]


def place_of(text: str, scripts: list[str], profile: Profile) -> tuple[str, PastedPlace] | None:
    """What is said of the first error of a script in a text, and where it is; None where there is none. `scripts` are
    those that may be it."""
    found = _NEWER.search(text) or _OLDER.search(text)
    if found is None:
        return None
    message = _BEFORE.sub("", found["message"]).strip()
    name, line = found["name"] or "", int(found["line"])
    place = PastedPlace(line, next((at for at, script in enumerate(scripts) if name in _digests(script)), None))
    source = encode(scripts[place.script]) if place.script is not None else b""
    sentence = sentence_of(message, profile)
    clues = Clues(
        sentence=sentence,
        line=line,
        source=source.decode("utf-8", "replace").split("\n"),
        keys=[],
        argv=[],
        command=None,
        refused=None,
        without_value={},
        value_at=lambda key: None,
        script=source,
        server=profile,
    )
    _, told = explain(clues)
    of = f" of the script with the SHA-1 {name}" if re.fullmatch("[0-9a-f]{40}", name) else ""
    absent = ", which is none of this work's" if of and place.script is None else ""
    what = told.what.replace(clues.name, "A command", 1)
    return f"This is an error in line {line}{of}{absent}: {visible(sentence).rstrip('.')}. {what}", place
