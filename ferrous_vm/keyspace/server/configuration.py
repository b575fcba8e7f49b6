"""The configuration of one server: what CONFIG GET tells and CONFIG SET changes (config.c).

Values are kept as the text CONFIG GET shows. Most parameters concern files, sockets and processes, of which there are
none: they can be set and read back. Those with an effect stand in `EFFECTS`, or are asked for by the code they concern
(`configuration.number(b"busy-reply-threshold")`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import to_float, to_integer
from ferrous_vm.keyspace.server.configuration_table import PARAMETERS, Kind, Parameter
from ferrous_vm.keyspace.server.events import classes_in, shown

if TYPE_CHECKING:
    from ferrous_vm.keyspace.server.thresholds import Thresholds

EFFECTS: Final = {
    b"hash-max-listpack-entries": "hash_entries",
    b"hash-max-listpack-value": "hash_value",
    b"set-max-intset-entries": "set_intset_entries",
    b"set-max-listpack-entries": "set_entries",
    b"set-max-listpack-value": "set_value",
    b"zset-max-listpack-entries": "zset_entries",
    b"zset-max-listpack-value": "zset_value",
    b"list-max-listpack-size": "list_size",
    b"stream-node-max-bytes": "stream_node_bytes",
    b"stream-node-max-entries": "stream_node_entries",
    b"hll-sparse-max-bytes": "hll_sparse_bytes",
    b"maxmemory": "memory",
    b"slowlog-log-slower-than": "slow_command",
    b"slowlog-max-len": "slow_log_length",
}
"""The parameters that are thresholds, and their names among those."""


EVENTS: Final = b"notify-keyspace-events"
"""The parameter that says which events are told."""


def _by_name(parameters: Iterable[Parameter]) -> dict[bytes, Parameter]:
    return {
        **{parameter.name: parameter for parameter in parameters},
        **{parameter.alias: parameter for parameter in parameters if parameter.alias},
    }


def _known(by_name: dict[bytes, Parameter]) -> dict[bytes, Parameter]:
    return {name: one for name, one in by_name.items() if not (one.unnamed and one.name == name)}


_BY_NAME: Final = _by_name(PARAMETERS)


class Refused(ValueError):
    """A value that a parameter does not take; the reason as CONFIG SET words it."""

    def __init__(self, reason: bytes) -> None:
        super().__init__(reason.decode())
        self.reason = reason


class Configuration:
    """The values of one server's parameters."""

    def __init__(self, thresholds: Thresholds, parameters: Iterable[Parameter] = PARAMETERS) -> None:
        self._values = {parameter.name: parameter.default for parameter in parameters}
        self._thresholds = thresholds
        self._by_name = by_name = _BY_NAME if parameters is PARAMETERS else _by_name(parameters)
        self.known: Final = by_name if parameters is PARAMETERS else _known(by_name)
        """What CONFIG knows, by name and by former name."""

    def get(self, name: bytes) -> bytes:
        """The value of a parameter, as CONFIG GET shows it; raises KeyError for an unknown one."""
        return self._values[self._by_name[name].name]

    def number(self, name: bytes) -> int:
        """The value of a parameter that is a number."""
        return int(self.get(name))

    def set(self, name: bytes, text: bytes) -> None:
        """Give a parameter a value; raises Refused. Fixed parameters are not refused: the host may set them."""
        parameter = self._by_name[name]
        value = READERS[parameter.kind](parameter, text, self._values[parameter.name])
        self._values[parameter.name] = value
        threshold = EFFECTS.get(parameter.name)
        if threshold is not None:
            setattr(self._thresholds, threshold, int(value))
        elif parameter.name == EVENTS:
            self._thresholds.events = classes_in(text) or 0  # more than is shown: n beside A

    def put_back(self, name: bytes, text: bytes) -> Callable[[], object]:
        """`set`, as the journal asks for it; answers what makes it again what it was."""
        before = self.get(name)
        self.set(name, text)
        return partial(self.put_back, name, before)

    def set_all(self, values: list[tuple[Parameter, bytes]]) -> None:
        """Set several parameters, or none: RefusedParameter leaves all as they were."""
        before = [(parameter, self._values[parameter.name]) for parameter, _ in values]
        for done, (parameter, text) in enumerate(values):
            try:
                self.set(parameter.name, text)
            except Refused as error:
                for changed, old in reversed(before[:done]):
                    self.set(changed.name, old)
                raise RefusedParameter(parameter, error.reason) from None

    def allows(self, name: bytes) -> bool:
        """Whether an enable-...-command parameter lets a local client in."""
        return self.get(name) != b"no"


class RefusedParameter(Refused):
    """One parameter's value was refused, so nothing was set."""

    def __init__(self, parameter: Parameter, reason: bytes) -> None:
        super().__init__(reason)
        self.parameter = parameter


# Reading values


def _flag(parameter: Parameter, text: bytes, old: bytes) -> bytes:
    word = messages.shown(text).lower()
    if word not in (b"yes", b"no"):
        raise Refused(b"argument must be 'yes' or 'no'")
    if parameter.name == b"activedefrag" and word == b"yes":
        raise Refused(
            b"Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified Jemalloc "
            b"like the one shipped by default with the Redis source distribution"
        )
    return word


def _text(parameter: Parameter, text: bytes, old: bytes) -> bytes:
    text = messages.shown(text)
    if parameter.name == b"cluster-announce-hostname":
        if len(text) >= 256:
            raise Refused(b"Hostnames must be less than 256 characters")
        if re.fullmatch(rb"[A-Za-z0-9.-]*", text) is None:
            raise Refused(b"Hostnames may only contain alphanumeric characters, hyphens or dots")
    if parameter.name == b"proc-title-template" and not _is_title_template(text):
        raise Refused(b"template format is invalid or contains unknown variables")
    return text


def _is_title_template(text: bytes) -> bool:
    variables = rb"title|listen-addr|server-mode|port|tls-port|unixsocket|config-file"
    return re.fullmatch(rb"(?:[^{]|\{(?:%b)\})*" % variables, text) is not None


def _chosen(parameter: Parameter, words: list[bytes]) -> list[bytes]:
    if not words or any(word not in parameter.words for word in words):
        raise Refused(b"argument(s) must be one of the following: " + b", ".join(parameter.words))
    return words


def _word(parameter: Parameter, text: bytes, old: bytes) -> bytes:
    word = _chosen(parameter, [messages.shown(text).lower()])[0]
    return b"yes" if parameter.name == b"oom-score-adj" and word == b"relative" else word


def _words(parameter: Parameter, text: bytes, old: bytes) -> bytes:
    """Words that are flags: shown from the greatest down, and the one that stands for none only alone."""
    none, *flags = parameter.words
    chosen = set(_chosen(parameter, text.lower().split(b" ")))
    if {b"save", b"nosave"} <= chosen:
        raise Refused(b"shutdown options SAVE and NOSAVE can't be used simultaneously")
    return b" ".join(word for word in flags if word in chosen) or none


def _bounded(parameter: Parameter, number: int, form: bytes = b"%d") -> int:
    """The number, if it lies within the bounds (`numericBoundaryCheck`)."""
    if parameter.percent and number < 0:
        if number < parameter.low:
            raise Refused(b"percentage argument must be less or equal to %d" % -parameter.low)
        return number
    if parameter.unsigned_strictly and number < 0:
        raise Refused(b"argument must be greater or equal to 0")
    compared = number % 2**64 if parameter.unsigned else number
    if not parameter.low <= compared <= parameter.high:
        bounds = b"argument must be between %b and %b inclusive" % (form, form)
        raise Refused(bounds % (parameter.low, parameter.high))
    return number


def _integer(parameter: Parameter, text: bytes, old: bytes) -> bytes:
    number = to_integer(text)
    if number is None:
        raise Refused(b"argument couldn't be parsed into an integer")
    number = _bounded(parameter, number)
    return b"%d" % (max(1, min(number, 500)) if parameter.name == b"hz" else number)


_UNITS: Final = {
    b"": 1, b"b": 1, b"k": 1000, b"kb": 1024, b"m": 1000**2, b"mb": 1024**2, b"g": 1000**3, b"gb": 1024**3,
}  # fmt: skip
_MEMORY: Final = re.compile(rb"([0-9]{0,127})([a-zA-Z]*)").fullmatch


def memory_argument(text: bytes, most: int = 2**64 - 1, *, strictly: bool = False) -> int | None:
    """A number of bytes with its unit, or None (`memtoull`). More than `most` count as that, or `strictly` are none."""
    match = _MEMORY(text)
    unit = _UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None:
        return None
    number = int(match[1] or b"0")
    if number > most and strictly:
        return None
    number = min(number, most) * unit % 2**64
    return number if number <= most else None


def _memory(parameter: Parameter, text: bytes, old: bytes) -> bytes:
    text = messages.shown(text)
    number = memory_argument(text, parameter.most_bytes, strictly=parameter.bytes_have_an_end)
    if number is not None:
        signed = _bounded(parameter, number - 2**64 if number >= 2**63 else number)
        return b"%d%%" % -signed if parameter.percent and signed < 0 else b"%d" % (signed % 2**64)
    percentage = to_integer(text[:-1]) if parameter.percent and text[-1:] == b"%" else None
    if percentage is not None and percentage >= 0:
        return b"%d%%" % -_bounded(parameter, -percentage) if percentage else b"0"
    expected = b"memory or percent value" if parameter.percent else b"memory value"
    raise Refused(b"argument must be a " + expected)


def _octal(parameter: Parameter, text: bytes, old: bytes) -> bytes:
    if re.fullmatch(rb"[0-7]{1,21}", text) is None:
        raise Refused(b"argument couldn't be parsed as an octal number")
    return b"%o" % _bounded(parameter, int(text, 8), b"%o")


# Parameters with a syntax of their own


def _save(words: list[bytes], old: bytes) -> bytes:
    if words == [b""]:
        return b""
    numbers = [to_integer(word) for word in words]
    if len(words) % 2 or any(number is None or number < 1 - place % 2 for place, number in enumerate(numbers)):
        raise Refused(b"Invalid save parameters")
    return b" ".join(b"%d" % number for number in numbers if number is not None)


def _buffer_limits(words: list[bytes], old: bytes) -> bytes:
    if len(words) % 4:
        raise Refused(b"Wrong number of arguments in buffer limit configuration.")
    shown = old.split()
    limits = {shown[start]: shown[start + 1 : start + 4] for start in range(0, 12, 4)}
    for start in range(0, len(words), 4):
        name = words[start].lower()
        name = b"slave" if name == b"replica" else name
        if name not in limits:
            raise Refused(b"Invalid client class specified in buffer limit configuration.")
        hard, soft, seconds = (
            memory_argument(words[start + 1]),
            memory_argument(words[start + 2]),
            to_integer(words[start + 3]),
        )
        if hard is None or soft is None or seconds is None or seconds < 0:
            raise Refused(b"Error in hard, soft or soft_seconds setting in buffer limit configuration.")
        limits[name] = [b"%d" % number for number in (hard, soft, seconds)]
    return b" ".join(b" ".join((name, *values)) for name, values in limits.items())


def _oom_scores(words: list[bytes], old: bytes) -> bytes:
    if len(words) != 3:
        raise Refused(b"wrong number of arguments")
    numbers = [to_integer(word) for word in words]
    if any(number is None or not -2000 <= number <= 2000 for number in numbers):
        raise Refused(b"Invalid oom-score-adj-values, elements must be between -2000 and 2000.")
    return b" ".join(words)


def _events(words: list[bytes], old: bytes) -> bytes:
    classes = classes_in(b" ".join(words))
    if classes is None:
        raise Refused(b"Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
    return shown(classes)


def _percentiles(words: list[bytes], old: bytes) -> bytes:
    if words == [b""]:
        return b""
    shown = []
    for word in words:
        number = to_float(word)
        if number is None:
            raise Refused(b"Invalid latency-tracking-info-percentiles parameters")
        if not 0.0 <= number <= 100.0:
            raise Refused(b"latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")
        shown.append((b"%f" % number).rstrip(b"0").rstrip(b"."))
    return b" ".join(shown)


def _words_as_given(words: list[bytes], old: bytes) -> bytes:
    return b" ".join(words)


_LISTS: Final[dict[bytes, Callable[[list[bytes], bytes], bytes]]] = {
    b"dir": _words_as_given,
    b"save": _save,
    b"client-output-buffer-limit": _buffer_limits,
    b"oom-score-adj-values": _oom_scores,
    EVENTS: _events,
    b"bind": _words_as_given,
    b"replicaof": _words_as_given,
    b"latency-tracking-info-percentiles": _percentiles,
}


def _list(parameter: Parameter, text: bytes, old: bytes) -> bytes:
    return _LISTS[parameter.name](text.split(b" "), old)


READERS: Final[dict[Kind, Callable[[Parameter, bytes, bytes], bytes]]] = {
    Kind.FLAG: _flag,
    Kind.TEXT: _text,
    Kind.WORD: _word,
    Kind.WORDS: _words,
    Kind.INTEGER: _integer,
    Kind.MEMORY: _memory,
    Kind.OCTAL: _octal,
    Kind.LIST: _list,
}
"""From what CONFIG SET was given to what CONFIG GET shows; each is told the old value too."""
