"""How the commands of fields with an end read their words, by vendor (t_hash.c of Redis 7.4 to 8.6 and Valkey 9).

One class a grammar. Each method takes the whole command and answers what it asks for, or raises CommandError with the
server's sentence. The servers look at different points whether the key holds a hash, so that is a function which the
grammar calls. Times are Unix milliseconds; `now` is what relative ones count from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, integer, keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import FIELD_COUNT, OPTION, TIME
from ferrous_vm.records import MutableRecord, Record, field

CheckType = Callable[[], object]
"""Answers the hash at the key, None if there is no key; raises WRONGTYPE if it holds something else."""


class Expiring(Record):
    """What a command of the HEXPIRE family asks for."""

    when: int
    conditions: frozenset[bytes]
    fields: list[bytes]


class Options(MutableRecord):
    """What HGETEX and HSETEX ask for."""

    when: int | None = None
    """The end that the fields get; None if they are given none."""
    persist: bool = False
    keep: bool = False
    """KEEPTTL."""
    fields_exist: bool | None = None
    """FXX, or FNX: all fields must be there, or none."""
    key_exists: bool | None = None
    """XX, or NX."""
    words: list[bytes] = field(factory=list)
    """Fields; for HSETEX fields and values in turn."""


class FieldRules(Protocol):
    """What the two vendors have in common. The methods of a grammar are those of its subclass."""

    sorts: bool = True
    """See `timed_hashes.Alarm`."""
    past_needs_condition: bool = True
    """A time that is past deletes a field only where the condition of HEXPIRE holds."""
    past_is_stored: bool = True
    """HSETEX with a time that is past stores the fields before it deletes them, and so has always done something."""
    counted_as: str = "subexpiry"
    """What INFO calls the number of hashes with such fields."""
    deleted_event: bytes = b"hdel"
    """What is told of fields that are given an end in the past."""

    def expiring(self, argv: list[bytes], check: CheckType, now: int, *, seconds: bool) -> Expiring:
        """HEXPIRE and its three siblings."""

    def fields(self, argv: list[bytes], check: CheckType) -> list[bytes]:
        """HTTL and its siblings."""

    def persisting(self, argv: list[bytes], check: CheckType) -> list[bytes]:
        """HPERSIST, and HGETDEL."""

    def getting(self, argv: list[bytes], check: CheckType, now: int) -> Options:
        """HGETEX."""

    def setting(self, argv: list[bytes], check: CheckType, now: int) -> Options:
        """HSETEX."""


CONDITIONS: Final = frozenset((b"nx", b"xx", b"gt", b"lt"))
UNITS: Final[dict[bytes, tuple[bool, bool]]] = {
    b"ex": (True, True),
    b"px": (False, True),
    b"exat": (True, False),
    b"pxat": (False, False),
}
"""Whether an option's time is in seconds, and whether it is relative."""


_OPTIONS: Final = (b"fnx", b"fxx", b"keepttl", b"persist")
"""Those of HGETEX and HSETEX that take no time."""


class RedisRules(FieldRules):
    """Redis 7.4 to 8.2: every word has its place."""

    LATEST: Final = 2**46 - 1
    """Ends are kept in 48 bits, of which two are held in reserve (`HFE_MAX_ABS_TIME_MSEC`)."""
    MANDATORY: Final = b"ERR Mandatory argument FIELDS is missing or not at the right position"
    MISMATCH: Final = b"ERR The `numfields` parameter must match the number of arguments"
    ONE_TIME: Final = b"ERR Only one of EX, PX, EXAT, PXAT or %b arguments can be specified"
    NOT_POSITIVE: Final = b"ERR Number of fields must be a positive integer"
    INVALID_COUNT: Final = b"ERR invalid number of fields"

    def _time(self, text: bytes, name: bytes, now: int, *, seconds: bool) -> int:
        number = integer(text)
        if number < 0:
            raise CommandError(b"ERR invalid expire time, must be >= 0", text, TIME)
        when = number * 1000 if seconds else number
        if when + now > self.LATEST:
            raise CommandError(messages.INVALID_EXPIRE_TIME % name, text, TIME)
        return when + now

    def _fields_from(self, argv: list[bytes], place: int, not_positive: bytes) -> list[bytes]:
        """The fields after FIELDS, which must stand at `place`, and their number."""
        if keyword(argv[place]) != b"fields":
            raise CommandError(self.MANDATORY, argv[place], OPTION)
        count = to_integer(argv[place + 1])
        if count is None or count < 1:
            raise CommandError(not_positive, argv[place + 1], FIELD_COUNT)
        if count != len(argv) - place - 2:
            raise CommandError(self.MISMATCH, argv[place + 1], FIELD_COUNT)
        return argv[place + 2 :]

    def expiring(self, argv: list[bytes], check: CheckType, now: int, *, seconds: bool) -> Expiring:
        """HEXPIRE key time [NX | XX | GT | LT] FIELDS count field [field ...]"""
        check()
        when = self._time(argv[2], argv[0].lower(), now, seconds=seconds)
        condition = keyword(argv[3])
        given = condition in CONDITIONS
        fields = self._fields_from(argv, 4 if given else 3, b"ERR Parameter `numFields` should be greater than 0")
        return Expiring(when, frozenset((condition,) if given else ()), fields)

    def fields(self, argv: list[bytes], check: CheckType) -> list[bytes]:
        """HTTL key FIELDS count field [field ...]"""
        check()
        return self._fields_from(argv, 2, self.NOT_POSITIVE)

    persisting = fields

    def getting(self, argv: list[bytes], check: CheckType, now: int) -> Options:
        """HGETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST] FIELDS count field [field ...]"""
        check()
        options = Options()
        option, place = keyword(argv[2]), 2
        if option == b"persist":
            options.persist, place = True, 3
        elif option in UNITS:
            seconds, relative = UNITS[option]
            options.when = self._time(argv[3], b"hgetex", now if relative else 0, seconds=seconds)
            place = 4
        if keyword(argv[place]) == b"fields" and place + 1 == len(argv):
            raise CommandError(messages.WRONG_ARITY % b"hgetex")
        options.words = self._fields_from(argv, place, self.NOT_POSITIVE)
        return options

    def setting(self, argv: list[bytes], check: CheckType, now: int) -> Options:
        """HSETEX key [FNX | FXX] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL] FIELDS count field value [...]"""
        options = self._options(argv, now, b"hsetex", (b"fnx", b"fxx", b"keepttl"), 2)
        check()
        return options

    # The loop over options, in any order

    READS_ALL = False
    """Options of the other command of the two are read as such, and refused at the end."""

    def _options(self, argv: list[bytes], now: int, name: bytes, known: tuple[bytes, ...], width: int) -> Options:
        """The options of HSETEX, or of HGETEX; each field has `width` words."""
        options, place = Options(), 2
        timed: set[bytes] = set()
        exclusive = self.ONE_TIME % (b"KEEPTTL" if width == 2 else b"PERSIST")
        foreign = False
        while place < len(argv):
            word = argv[place]
            option = keyword(word)
            if option == b"fields":
                place = self._take_fields(argv, place, name, width, options)
                continue
            if option not in UNITS and option not in (_OPTIONS if self.READS_ALL else known):
                raise CommandError(b"ERR unknown argument: %b" % messages.shown(word), word, OPTION)
            foreign = foreign or (option not in UNITS and option not in known)
            if option in (b"fnx", b"fxx"):
                if options.fields_exist is not None:
                    raise CommandError(b"ERR Only one of FXX or FNX arguments can be specified", word, OPTION)
                options.fields_exist = option == b"fxx"
            else:
                if timed - ({b"keepttl", b"persist"} - {option} if option not in UNITS else set()):
                    raise CommandError(exclusive, word, OPTION)
                timed.add(option)
                options.keep, options.persist = option == b"keepttl", option == b"persist"
            if option in UNITS:
                place += 1
                if place == len(argv):
                    raise CommandError(b"ERR missing expire time", word, OPTION)
                seconds, relative = UNITS[option]
                options.when = self._time(argv[place], name, now if relative else 0, seconds=seconds)
            place += 1
        if not options.words:
            raise CommandError(b"ERR missing FIELDS argument")
        if foreign:
            raise CommandError(b"ERR unknown argument")
        return options

    def _take_fields(self, argv: list[bytes], place: int, name: bytes, width: int, options: Options) -> int:
        """Take the fields that follow FIELDS at `place`; answers where the next option may stand."""
        if place + 1 + width >= len(argv):
            raise CommandError(messages.WRONG_ARITY % name)
        count = to_integer(argv[place + 1])
        if count is None or not 1 <= count < 2**31:
            raise CommandError(self.INVALID_COUNT, argv[place + 1], FIELD_COUNT)
        end = place + 2 + count * width
        if end != len(argv):
            raise CommandError(messages.WRONG_ARITY % name, argv[place + 1], FIELD_COUNT)
        options.words = argv[place + 2 : end]
        return end


class FreeRedisRules(RedisRules):
    """Redis 8.6: options may stand before and after the fields."""

    READS_ALL = True

    _CONDITION_TWICE: Final = b"ERR Multiple condition flags specified"
    _TWICE: Final = b"ERR FIELDS keyword specified multiple times"
    _TOO_FEW: Final = b"ERR wrong number of arguments"

    def expiring(self, argv: list[bytes], check: CheckType, now: int, *, seconds: bool) -> Expiring:
        """HEXPIRE key time with [NX | XX | GT | LT] and FIELDS count field [field ...] in any order"""
        check()
        when = self._time(argv[2], argv[0].lower(), now, seconds=seconds)
        conditions: set[bytes] = set()
        fields: list[bytes] = []
        place = 3
        while place < len(argv):
            word = argv[place]
            option = keyword(word)
            if option == b"fields":
                if fields:
                    raise CommandError(self._TWICE, word, OPTION)
                if place + 2 >= len(argv):
                    raise CommandError(b"ERR FIELDS requires at least numfields and one field argument", word, OPTION)
                fields = self._counted(argv, place, 1, b"ERR Parameter `numFields` should be greater than 0")
                place += 2 + len(fields)
                continue
            if option not in CONDITIONS:
                raise CommandError(b"ERR unknown argument: %b" % messages.shown(word), word, OPTION)
            conditions.add(option)
            place += 1
        if not fields:
            raise CommandError(b"ERR missing FIELDS argument")
        if len(conditions) > 1:
            raise CommandError(self._CONDITION_TWICE)
        return Expiring(when, frozenset(conditions), fields)

    def getting(self, argv: list[bytes], check: CheckType, now: int) -> Options:
        """HGETEX key with its options and FIELDS count field [field ...] in any order"""
        check()
        return self._options(argv, now, b"hgetex", (b"persist",), 1)

    def _counted(self, argv: list[bytes], place: int, width: int, not_positive: bytes) -> list[bytes]:
        count = to_integer(argv[place + 1])
        if count is None or not 1 <= count < 2**31:
            raise CommandError(not_positive, argv[place + 1], FIELD_COUNT)
        end = place + 2 + count * width
        if end > len(argv):
            raise CommandError(self._TOO_FEW, argv[place + 1], FIELD_COUNT)
        return argv[place + 2 : end]

    def _take_fields(self, argv: list[bytes], place: int, name: bytes, width: int, options: Options) -> int:
        if options.words:
            raise CommandError(self._TWICE, argv[place], OPTION)
        if place + 1 == len(argv):
            raise CommandError(messages.WRONG_ARITY % name)
        options.words = self._counted(argv, place, width, self.INVALID_COUNT)
        return place + 2 + len(options.words)


class ValkeyRules(FieldRules):
    """Valkey 9.1: whatever stands before FIELDS is options, whatever behind is fields."""

    sorts = False
    counted_as = "keys_with_volatile_items"
    deleted_event = b"hexpired"
    NAMES_FIELDS = True
    """HTTL and HPERSIST want the word FIELDS."""
    HAS_KEY_CONDITIONS = True
    """HSETEX knows NX and XX."""
    _MISMATCH: Final = b"ERR numfields should be greater than 0 and match the provided number of fields"
    _NX_EXCLUDES: Final = b"ERR NX and XX, GT or LT options at the same time are not compatible"
    _GT_AND_LT: Final = b"ERR GT and LT options at the same time are not compatible"

    def _time(self, text: bytes, name: bytes, now: int, *, seconds: bool) -> int:
        number = integer(text)
        when = number * 1000 if seconds else number
        if number < 0 or when > INT64_MAX - now:
            raise CommandError(messages.INVALID_EXPIRE_TIME % name, text, TIME)
        return when + now

    def _split(self, argv: list[bytes], first: int, width: int, take: Callable[[list[bytes]], object]) -> list[bytes]:
        """Have what stands between argv[first] and FIELDS taken, then answer what stands behind the number."""
        end = next((place for place in range(first, len(argv) - 1) if keyword(argv[place]) == b"fields"), None)
        if end is None:
            raise CommandError(self._MISMATCH)
        take(argv[first:end])
        if not self._matches(argv, end + 1, width):
            raise CommandError(self._MISMATCH, argv[end + 1], FIELD_COUNT)
        return argv[end + 2 :]

    def _matches(self, argv: list[bytes], place: int, width: int = 1) -> bool:
        count = integer(argv[place])
        return count > 0 and count * width == len(argv) - place - 1

    def expiring(self, argv: list[bytes], check: CheckType, now: int, *, seconds: bool) -> Expiring:
        """HEXPIRE key time [NX | XX | GT | LT] FIELDS count field [field ...]"""
        conditions: set[bytes] = set()

        def take(words: list[bytes]) -> None:
            for word in words:
                option = keyword(word)
                if option not in CONDITIONS:
                    raise CommandError(b"ERR Unsupported option %b" % messages.shown(word), word, OPTION)
                conditions.add(option)
            if b"nx" in conditions and len(conditions) > 1:
                raise CommandError(self._NX_EXCLUDES)
            if {b"gt", b"lt"} <= conditions:
                raise CommandError(self._GT_AND_LT)

        fields = self._split(argv, 3, 1, take)
        when = self._time(argv[2], argv[0].lower(), now, seconds=seconds)
        check()
        return Expiring(when, frozenset(conditions), fields)

    def _plain(self, argv: list[bytes], check: CheckType, mismatch: bytes) -> list[bytes]:
        if self.NAMES_FIELDS and keyword(argv[2]) != b"fields":
            raise CommandError(messages.SYNTAX, argv[2], OPTION)
        if not self._matches(argv, 3):
            raise CommandError(mismatch, argv[3], FIELD_COUNT)
        check()
        return argv[4:]

    def fields(self, argv: list[bytes], check: CheckType) -> list[bytes]:
        """HTTL key FIELDS count field [field ...]"""
        return self._plain(argv, check, messages.SYNTAX)

    def persisting(self, argv: list[bytes], check: CheckType) -> list[bytes]:
        """HPERSIST key FIELDS count field [field ...]"""
        return self._plain(argv, check, self._MISMATCH)

    def getting(self, argv: list[bytes], check: CheckType, now: int) -> Options:
        """HGETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST] FIELDS count field [field ...]"""
        return self._asked(argv, check, now, b"hgetex", frozenset((b"persist",)), 1)

    def setting(self, argv: list[bytes], check: CheckType, now: int) -> Options:
        """HSETEX key [NX | XX] [FNX | FXX] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL] FIELDS n field value [...]"""
        known = frozenset((b"keepttl", b"fnx", b"fxx", *((b"nx", b"xx") if self.HAS_KEY_CONDITIONS else ())))
        return self._asked(argv, check, now, b"hsetex", known, 2)

    def _asked(
        self, argv: list[bytes], check: CheckType, now: int, name: bytes, known: frozenset[bytes], width: int
    ) -> Options:
        options = Options()
        time: list[tuple[bytes, bytes]] = []

        def take(words: list[bytes]) -> None:
            seen: set[bytes] = set()
            remaining = iter(words)
            for word in remaining:
                option = keyword(word)
                if option in UNITS:
                    text = next(remaining, None)
                    if text is None:
                        raise CommandError(messages.SYNTAX, word, OPTION)
                    time[:] = [(option, text)]
                elif option not in known:
                    raise CommandError(messages.SYNTAX, word, OPTION)
                seen.add(option)
                if any(len(seen & group) > 1 for group in _EXCLUSIVE):
                    raise CommandError(messages.SYNTAX, word, OPTION)
            options.persist, options.keep = b"persist" in seen, b"keepttl" in seen
            if seen & {b"fnx", b"fxx"}:
                options.fields_exist = b"fxx" in seen
            if seen & {b"nx", b"xx"}:
                options.key_exists = b"xx" in seen

        # FIELDS is looked for from the key on: one that is called so is taken for the word
        options.words = self._split(argv, 1, width, lambda words: take(words[1:]))
        found = check()
        if options.key_exists is not None and options.key_exists is not (found is not None):
            return options  # whose time is not looked at: nothing will be set
        for option, text in time:
            seconds, relative = UNITS[option]
            options.when = self._time(text, name, now if relative else 0, seconds=seconds)
        return options


_EXCLUSIVE: Final = (
    frozenset((*UNITS, b"persist", b"keepttl")),
    frozenset((b"fnx", b"fxx")),
    frozenset((b"nx", b"xx")),
)
"""Options of which Valkey takes one, as often as it is given."""


class FirstValkeyRules(ValkeyRules):
    """Valkey 9.0."""

    NAMES_FIELDS = False
    HAS_KEY_CONDITIONS = False
    past_needs_condition = False
    past_is_stored = False
