"""The log of a server keeps so much, whatever a script writes."""

from __future__ import annotations

from ferrous_vm.scripting.log import LONGEST_MESSAGE, MOST_BYTES, MOST_LINES, Log, LogLine
from ferrous_vm.server import Server


def test_the_first_lines_are_kept_and_one_says_that_there_were_more() -> None:
    server = Server()
    client = server.connect()
    client.execute(b"EVAL", b"for i = 1, 12000 do redis.log(redis.LOG_NOTICE, i) end", b"0")
    lines = server.take_log()
    assert [line.message for line in lines[:-1]] == [b"%d" % number for number in range(1, MOST_LINES + 1)]
    assert lines[-1].message.startswith(b"The log is full: Ferrous keeps ")
    assert lines[-1].line is None
    client.execute(b"EVAL", b"redis.log(redis.LOG_WARNING, 'anew')", b"0")
    assert server.take_log() == [(3, b"anew", 1)]


def test_their_bytes_are_bounded_and_those_of_each() -> None:
    server = Server()
    client = server.connect()
    client.execute(b"EVAL", b"for i = 1, 1000 do redis.log(1, string.rep('x', 1e6)) end", b"0")
    lines = server.take_log()
    assert len(lines[0].message) < LONGEST_MESSAGE + 100
    assert lines[0].message.endswith(b"x... (900000 more bytes)")
    assert sum(len(line.message) for line in lines) < MOST_BYTES + 1000


def test_there_is_room_again_for_what_was_taken_back() -> None:
    log = Log()
    for number in range(MOST_LINES + 5):
        log.write(LogLine(1, b"%d" % number, None))
    assert len(log) == MOST_LINES + 1
    del log[2:]
    log.write(LogLine(1, b"again", None))
    assert [line.message for line in log] == [b"0", b"1", b"again"]
