"""Reads requests as they come in, in whatever pieces: arrays of bulks, or lines (networking.c `processInputBuffer`)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.arguments.parsing import to_integer
from ferrous_vm.keyspace.arguments.words import split_words

LONGEST_LINE: Final = 64 * 1024
"""`PROTO_INLINE_MAX_SIZE`: of an inline command, or of the line that tells a length."""

MOST_WORDS: Final = 2**31 - 1
MOST_WORDS_BEFORE_LOGIN: Final = 10
LONGEST_BULK_BEFORE_LOGIN: Final = 16384

_ARRAY: Final = ord("*")
_BULK: Final = ord("$")


_IN_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")


class ProtocolError(Exception):
    """What was sent is no request; the connection ends. `reply` is what Redis says before."""

    def __init__(self, reason: bytes) -> None:
        super().__init__(reason)
        self.reply: Final = b"-ERR Protocol error: %b\r\n" % reason.translate(_IN_ONE_LINE)


def whole_requests(data: bytes) -> list[list[bytes]] | None:
    """The words of each, if `data` is nothing but requests as clients write them; else None, which says nothing.

    What `RequestReader` reads of them, in a third of the time.
    """
    parts = data.split(b"\r\n")
    last = len(parts) - 1
    requests = []
    at = 0
    while at < last:
        count = _COUNTS.get(parts[at])
        if count is None:
            return None
        end = at + 1 + 2 * count
        if end > last:
            return None
        words = parts[at + 2 : end : 2]
        for length, word in zip(parts[at + 1 : end : 2], words, strict=True):
            if length != b"$%d" % len(word):
                return None
        requests.append(words)
        at = end
    return None if parts[last] else requests


def written(requests: list[list[bytes]]) -> bytes:
    """Requests as clients write them."""
    parts = []
    for words in requests:
        parts.append(b"*%d\r\n" % len(words))
        parts += [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"".join(parts)


_COUNTS: Final = {b"*%d" % count: count for count in range(1, 1000)}
"""How an array of so many words begins."""


class RequestReader:
    """The bytes that a client has sent and that no request was made of yet.

    `longest_bulk`, which is `proto-max-bulk-len`, and `must_log_in` are kept by who knows.
    """

    def __init__(self, longest_bulk: int) -> None:
        self.longest_bulk = longest_bulk
        self.must_log_in = False
        self._data = bytearray()
        self._position = 0
        """Where in the data the unread begins."""
        self._words: list[bytes] = []
        self._missing = 0
        """Words of the request that are still to come."""
        self._length = -1
        """Of the word that is coming; -1 while it is not known."""

    @property
    def unread(self) -> int:
        """Bytes that wait."""
        return len(self._data) - self._position

    @property
    def is_idle(self) -> bool:
        """Whether the next byte begins a request."""
        return self._position == len(self._data) and not self._missing

    def feed(self, data: bytes) -> None:
        """More has come."""
        if self._position:
            del self._data[: self._position]
            self._position = 0
        self._data += data

    def next_request(self) -> list[bytes] | None:
        """The words of the next request; None if it has not come whole. Raises ProtocolError."""
        while not self._missing:
            if self._position >= len(self._data):
                return None
            if self._data[self._position] == _ARRAY:
                if not self._begin_array():
                    return None
            elif (words := self._inline()) is None or words:
                return words
        while self._missing:
            if self._length < 0 and not self._begin_bulk():
                return None
            start, end = self._position, self._position + self._length
            if len(self._data) < end + 2:
                return None
            self._words.append(bytes(self._data[start:end]))
            self._position = end + 2
            self._length = -1
            self._missing -= 1
        words, self._words = self._words, []
        return words

    def _end(self, mark: bytes) -> int:
        """Where the line ends, -1 if that has not come: behind a NUL nobody looks for it, as `strchr` does not."""
        end = self._data.find(mark, self._position)
        return end if self._data.find(0, self._position, max(0, end)) < 0 else -1

    def _inline(self) -> list[bytes] | None:
        """A command in one line, which may be empty; None if its end has not come."""
        end = self._end(b"\n")
        if end < 0:
            if self.unread > LONGEST_LINE:
                raise ProtocolError(b"too big inline request")
            return None
        line = bytes(self._data[self._position : end])
        self._position = end + 1
        words = split_words(line.removesuffix(b"\r"))
        if words is None:
            raise ProtocolError(b"unbalanced quotes in request")
        return words

    def _begin_array(self) -> bool:
        """Read how many words come, none at all included; False if that has not come."""
        text = self._line(b"too big mbulk count string")
        if text is None:
            return False
        count = to_integer(text)
        if count is None or count > MOST_WORDS:
            raise ProtocolError(b"invalid multibulk length")
        if count > MOST_WORDS_BEFORE_LOGIN and self.must_log_in:
            raise ProtocolError(b"unauthenticated multibulk length")
        self._missing = max(0, count)
        return True

    def _begin_bulk(self) -> bool:
        """Read how long the next word is; False if that has not come."""
        text = self._line(b"too big bulk count string")
        if text is None:
            return False
        length = to_integer(text)
        if length is None or not 0 <= length <= self.longest_bulk:
            raise ProtocolError(b"invalid bulk length")
        if length > LONGEST_BULK_BEFORE_LOGIN and self.must_log_in:
            raise ProtocolError(b"unauthenticated bulk length")
        self._length = length
        return True

    def _line(self, too_long: bytes) -> bytes | None:
        """The rest of a line that begins with a mark, if it has come with its end; of a bulk the mark is looked at."""
        end = self._end(b"\r")
        if end < 0:
            if self.unread > LONGEST_LINE:
                raise ProtocolError(too_long)
            return None
        if end + 1 >= len(self._data):
            return None
        mark = self._data[self._position]
        if self._missing and mark != _BULK:
            raise ProtocolError(b"expected '$', got '%b'" % bytes((mark,)))
        text = bytes(self._data[self._position + 1 : end])
        self._position = end + 2
        return text
