"""Requests are read in whatever pieces they come, and what is none is refused in Redis's words."""

from __future__ import annotations

import random

import pytest

from ferrous_vm.endpoint.requests import ProtocolError, RequestReader, whole_requests, written

LARGEST = 512 * 1024 * 1024


def requests_in(data: bytes, sizes: list[int] | None = None) -> list[list[bytes]]:
    reader = RequestReader(LARGEST)
    found = []
    at = 0
    for size in sizes or [len(data)]:
        reader.feed(data[at : at + size])
        at += size
        while (words := reader.next_request()) is not None:
            found.append(words)
    return found


MIXED = (
    b"PING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n\r\n\n*0\r\n*-1\r\nSET \"a\\x00b\" 'c d'\n*3\r\n$3\r\nSET\r\n$0\r\n\r\n"
    b"$4\r\n\r\n\r\n\r\n*1\r\n$4\r\nQUIT\r\n"
)
WORDS = [
    [b"PING"], [b"GET", b"k"], [b"SET", b"a\0b", b"c d"], [b"SET", b"", b"\r\n\r\n"], [b"QUIT"],
]  # fmt: skip


def test_pieces_of_any_size_give_the_same_requests() -> None:
    assert requests_in(MIXED) == WORDS
    assert requests_in(MIXED, [1] * len(MIXED)) == WORDS
    chance = random.Random(1)
    for _ in range(200):
        sizes = [chance.randrange(1, 12) for _ in range(len(MIXED))]
        assert requests_in(MIXED, sizes) == WORDS


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"*x\r\n", b"invalid multibulk length"),
        (b"*2147483648\r\n", b"invalid multibulk length"),
        (b"*99999999999999999999\r\n", b"invalid multibulk length"),
        (b"*1\r\n:1\r\n", b"expected '$', got ':'"),
        (b"*1\r\n$-1\r\n", b"invalid bulk length"),
        (b"*1\r\n$536870913\r\n", b"invalid bulk length"),
        (b"*1\r\n$x\r\n", b"invalid bulk length"),
        (b'SET "a\r\n', b"unbalanced quotes in request"),
        (b"x" * 65537, b"too big inline request"),
        (b"*" + b"1" * 65537, b"too big mbulk count string"),
        (b"*1\r\n$" + b"1" * 65537, b"too big bulk count string"),
    ],
)
def test_what_is_no_request_is_refused(data: bytes, reason: bytes) -> None:
    with pytest.raises(ProtocolError) as raised:
        requests_in(data)
    assert raised.value.reply == b"-ERR Protocol error: %b\r\n" % reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"*11\r\n", b"unauthenticated multibulk length"),
        (b"*2\r\n$4\r\nAUTH\r\n$16385\r\n", b"unauthenticated bulk length"),
    ],
)
def test_who_has_not_logged_in_may_not_send_much(data: bytes, reason: bytes) -> None:
    reader = RequestReader(LARGEST)
    reader.must_log_in = True
    reader.feed(data)
    with pytest.raises(ProtocolError) as raised:
        reader.next_request()
    assert raised.value.reply == b"-ERR Protocol error: %b\r\n" % reason


def test_a_long_word_that_is_announced_takes_no_room_before_it_comes() -> None:
    reader = RequestReader(LARGEST)
    reader.feed(b"*2\r\n$3\r\nGET\r\n$536870912\r\nabc")
    assert reader.next_request() is None
    assert reader.unread == 3


@pytest.mark.parametrize(
    "data",
    [
        b"*1\r\n$4\r\nPING\r\n", b"*3\r\n$3\r\nSET\r\n$0\r\n\r\n$1\r\nv\r\n", b"PING\r\n", b"*0\r\n", b"\r\n", b"",
        b"*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n", b"*1\r\n$04\r\nPING\r\n", b"*2\r\n$4\r\nPING\r\n",
        b"*2\r\n$1\r\na\r\n$6\r\n$1\r\nb\r\n\r\n", b"*1\r\n$2\r\n\r\n\r\n", b"*-1\r\n",
    ],
)  # fmt: skip
def test_whole_requests_are_what_the_reader_reads_or_nothing_is_said(data: bytes) -> None:
    requests = whole_requests(data)
    if requests is not None:
        assert requests_in(data) == requests


def test_requests_as_clients_write_them_are_seen_at_once() -> None:
    requests = [[b"SET", b"", b"v"], [b"GET", b"a\nb"], [b"MGET", *[b"k"] * 500]]
    assert whole_requests(written(requests)) == requests
    assert requests_in(written(requests)) == requests
    assert whole_requests(written(requests)[:-1]) is None
    assert whole_requests(written([[b"SET", b"k", b"\r\n"]])) is None
