"""Commands of HyperLogLogs (hyperloglog.c), which are strings of a certain content: `keyspace/hyperloglog.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.arguments.readings import COMMAND, KEY
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.bitmaps import readable
from ferrous_vm.keyspace.encodings.hyperloglog import (
    REGISTERS,
    HyperLogLog,
    estimate,
    greatest,
    is_valid,
    observation,
)
from ferrous_vm.keyspace.interruption import changes_nothing
from ferrous_vm.keyspace.replies import OK, Reply, Status
from ferrous_vm.keyspace.server.events import STRING
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.strings import RawString, modifiable

_NOT_ONE: Final = b"WRONGTYPE Key is not a valid HyperLogLog string value."
_NO_KEY: Final = b"ERR The specified key does not exist"
_NOT_SPARSE: Final = b"ERR HLL encoding is not sparse"


def _find(session: Session, key: bytes) -> HyperLogLog | None:
    """The HyperLogLog at `key`, or None; another string and another type raise a WRONGTYPE each."""
    text = readable(session, key)
    if text is None:
        return None
    if not is_valid(text):
        raise CommandError(_NOT_ONE, key, KEY)
    return HyperLogLog(text)


def _store(session: Session, key: bytes, counter: HyperLogLog) -> None:
    """Write the changes to `key`, which may be new."""
    raw = modifiable(session.database, key)
    if raw is None:
        session.database.put(key, RawString(counter.text))
    else:
        counter.commit(raw)


def _tell_added(session: Session, key: bytes) -> None:
    if session.database.thresholds.events:
        session.database.tell(STRING, b"pfadd", key)


@changes_nothing
def _observe(counter: HyperLogLog, elements: list[bytes], longest: int) -> bool:
    """Let a counter, which is not stored yet, see the elements; whether one changed it."""
    is_changed = False
    for element in elements:
        index, value = observation(element)
        if counter.raise_register(index, value, longest):
            is_changed = True
    return is_changed


@command("PFADD")
def pfadd(session: Session, argv: list[bytes]) -> Reply:
    """PFADD key [element ...]"""
    counter = _find(session, argv[1])
    is_changed = counter is None
    counter = counter or HyperLogLog()
    if _observe(counter, argv[2:], session.keyspace.thresholds.hll_sparse_bytes):
        is_changed = True
    if is_changed:
        counter.forget_count()
        _store(session, argv[1], counter)
        _tell_added(session, argv[1])
    else:
        modifiable(session.database, argv[1])
    return 1 if is_changed else 0


def _found(session: Session, keys: list[bytes]) -> Iterator[HyperLogLog]:
    """The HyperLogLogs at `keys`, each looked at when it is asked for."""
    for key in keys:
        counter = _find(session, key)
        if counter is not None:
            yield counter


@changes_nothing
def _merged(counters: Iterator[HyperLogLog]) -> bytes | bytearray:
    """The greatest value of each register, one a byte. The first counter that is wrong in any way is what is told."""
    merged: bytes | bytearray = bytes(REGISTERS)
    for counter in counters:
        registers = counter.registers()
        merged = greatest(merged, registers)
    return merged


@command("PFCOUNT")
def pfcount(session: Session, argv: list[bytes]) -> Reply:
    """PFCOUNT key [key ...]: the count of a single key is remembered in its value"""
    if len(argv) > 2:
        return estimate(_merged(_found(session, argv[1:])))
    counter = _find(session, argv[1])
    if counter is None:
        return 0
    count = counter.cached
    if count is None:
        count = estimate(counter.registers())
        counter.cache(count)
        raw = modifiable(session.database, argv[1])
        assert raw is not None
        raw.write(8, bytes(counter.text[8:16]))
    else:
        modifiable(session.database, argv[1])
    return count


@command("PFMERGE")
def pfmerge(session: Session, argv: list[bytes]) -> Reply:
    """PFMERGE destkey [sourcekey ...]"""
    registers = _merged(_found(session, argv[1:]))
    target = _find(session, argv[1]) or HyperLogLog()
    if any(counter.is_dense for counter in _found(session, argv[1:])):
        target.become_dense()
    longest = session.keyspace.thresholds.hll_sparse_bytes
    target.raise_registers(registers, longest)
    target.forget_count()
    _store(session, argv[1], target)
    _tell_added(session, argv[1])
    return OK


@command("PFDEBUG")
def pfdebug(session: Session, argv: list[bytes]) -> Reply:
    """PFDEBUG GETREG | DECODE | ENCODING | TODENSE key"""
    subcommand = keyword(argv[1])
    counter = _find(session, argv[2])
    if counter is None:
        raise CommandError(_NO_KEY, argv[2], KEY)
    modifiable(session.database, argv[2])
    if subcommand not in (b"getreg", b"decode", b"encoding", b"todense"):
        raise CommandError(b"ERR Unknown PFDEBUG subcommand '%b'" % messages.shown(argv[1]), argv[1], COMMAND)
    if len(argv) != 3:
        raise CommandError(b"ERR Wrong number of arguments for the '%b' subcommand" % messages.shown(argv[1]))
    if subcommand == b"encoding":
        return Status(b"dense" if counter.is_dense else b"sparse")
    if subcommand == b"decode":
        if counter.is_dense:
            raise CommandError(_NOT_SPARSE, argv[2], KEY)
        return b" ".join(_shown_run(counter, *run) for run in counter.runs())
    was_sparse = not counter.is_dense
    if was_sparse:
        counter.become_dense()
        _store(session, argv[2], counter)
    return list(counter.registers()) if subcommand == b"getreg" else int(was_sparse)


def _shown_run(counter: HyperLogLog, offset: int, length: int, value: int) -> bytes:
    if value:
        return b"v:%d,%d" % (value, length)
    return b"%b:%d" % (b"Z" if counter.text[offset] & 0x40 else b"z", length)


_SELF_TEST_REGISTERS: Final = 2_000
_SELF_TEST_ELEMENTS: Final = 10_000
_SELF_TEST_CHECKPOINTS: Final = frozenset({1, 10, 100, 1_000, 10_000})


@command("PFSELFTEST")
def pfselftest(session: Session, argv: list[bytes]) -> Reply:
    """PFSELFTEST: registers keep their values, and estimates stay near the truth. A thousandth of Redis's elements."""
    random = session.keyspace.random
    counter = HyperLogLog()
    counter.become_dense()
    expected = bytearray(REGISTERS)
    for _ in range(_SELF_TEST_REGISTERS):
        index, value = random.randrange(REGISTERS), random.randrange(64)
        counter.raise_register(index, value, 0)
        expected[index] = max(expected[index], value)
    for index, value in enumerate(counter.registers()):
        if value != expected[index]:
            shown = (index, expected[index], value)
            raise CommandError(b"ERR TESTFAILED Register %d should be %d but is %d" % shown)
    counter, seed = HyperLogLog(), random.getrandbits(64)
    for number in range(1, _SELF_TEST_ELEMENTS + 1):
        index, value = observation((number ^ seed).to_bytes(8, "little"))
        counter.raise_register(index, value, session.keyspace.thresholds.hll_sparse_bytes)
        if number in _SELF_TEST_CHECKPOINTS:
            error = abs(number - estimate(counter.registers()))
            if error > max(1, 6 * 1.04 / 128 * number):
                raise CommandError(b"ERR TESTFAILED Too big error. card:%d abserr:%d" % (number, error))
    return OK
