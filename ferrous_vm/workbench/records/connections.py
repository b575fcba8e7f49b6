"""Connections that programs in the page have to the keyspace's server: the bytes they send, and those they are sent."""

from __future__ import annotations

from ferrous_vm.records import Record


class Piece(Record):
    """`size` bytes of one connection. The bytes of several pieces follow each other in `content`."""

    connection: int
    size: int


class Exchange(Record):
    """What has happened to the page's connections since the last one.

    `opened` are new, with numbers that the page chooses and never uses again; `sent` says whose the bytes of `content`
    are; `closed` are no more. `unread` says how many bytes a connection was sent that its program has not read; those
    not named have read all. What connections change is no act of the workbench: it is not taken back, and neither are
    the acts before it any more.
    """

    opened: list[int]
    sent: list[Piece]
    closed: list[int]
    unread: list[Piece]
    content: bytes


class Exchanged(Record):
    """Answers Exchange. `received` says whose the bytes of `content` are; then `ended` were closed by the server.

    `wait`: so many milliseconds later the page asks again though nobody has sent anything, null: never. `changed`:
    the keyspace differs from before.
    """

    received: list[Piece]
    ended: list[int]
    wait: float | None
    changed: bool
    content: bytes


ANSWERS: dict[type, type] = {Exchange: Exchanged}
