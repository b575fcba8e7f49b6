"""One call, with all that it takes to make it once more."""

from __future__ import annotations

from ferrous_vm.records import Record


class Taped(Record):
    """One call. `source` is the script's text, or that of the function's library; `name` the script's SHA-1, or the
    function's name. `at` is when, in Unix microseconds by the server's clock, `took` how long, in microseconds.
    `before` and `after` are lines that make the keys which it touched; `left_out` counts those too large for that, and
    `crosses_databases` says that they are of several while the caller is not in database 0, where a call that is made
    again begins. `was_ended`: by a limit or SCRIPT KILL, where none ends that is made again. `reply` is RESP in the
    caller's protocol."""

    number: int
    at: int
    took: int
    client: bytes
    name: bytes
    source: bytes
    words: tuple[bytes, ...]
    protocol: int
    seed: int
    before: str
    after: str
    left_out: int
    crosses_databases: bool
    was_ended: bool
    reply: bytes

    @property
    def is_function(self) -> bool:
        """Whether a function was called, and no script."""
        return self.words[0].lower().startswith(b"fcall")

    @property
    def keys(self) -> tuple[bytes, ...]:
        """What it was given as KEYS."""
        return self.words[3 : 3 + int(self.words[2])]

    @property
    def argv(self) -> tuple[bytes, ...]:
        """What it was given as ARGV."""
        return self.words[3 + int(self.words[2]) :]

    @property
    def size(self) -> int:
        """About how much room it takes."""
        return len(self.before) + len(self.after) + len(self.reply) + sum(map(len, self.words))
