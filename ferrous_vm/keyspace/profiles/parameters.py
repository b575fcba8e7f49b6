"""The configuration parameters of a profile: those of Redis 7.0.15, but for what its tables say."""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.profiles.tables import lineage, patched
from ferrous_vm.keyspace.server.configuration_table import PARAMETERS, Kind, Parameter

_BOUNDS: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "redis-7.2": {
        "set-max-listpack-entries": {"unsigned": True},
        "set-max-listpack-value": {"unsigned": True},
        "max-new-connections-per-cycle": {"unsigned": True},
        "max-new-tls-connections-per-cycle": {"unsigned": True},
    },
    "redis-7.4": {"maxmemory-samples": {"high": 64}},
    "valkey-8.0": {
        "maxmemory-samples": {"high": 64},
        "cluster-blacklist-ttl": {"unsigned": True, "high": 2**64 - 1},
    },
    "valkey-9.0": {"slot-migration-max-failover-repl-bytes": {"low": -1}},
}
"""What parameters take since a profile, where that is neither what they took in Redis 7.0 nor recorded."""


_LATER_NAMES: Final[dict[bytes, str]] = {
    b"masterauth": "primaryauth",
    b"masteruser": "primaryuser",
    b"slowlog-log-slower-than": "commandlog-execution-slower-than",
    b"slowlog-max-len": "commandlog-slow-execution-max-len",
}
"""What Valkey calls parameters besides."""


def _changed(profile: Profile, words: dict[str, list[str]], parameter: Parameter) -> Parameter:
    """A parameter of Redis 7.0.15 with the words that it has in the profile."""
    name = parameter.name.decode()
    if name in words:
        parameter = parameter._replace(words=tuple(map(str.encode, words[name])))
    return _read(profile, parameter)


def _read(profile: Profile, parameter: Parameter) -> Parameter:
    """A parameter with the bounds that it has in the profile, and whose numbers are read as there."""
    for one in lineage(profile):
        parameter = parameter._replace(**_BOUNDS.get(one.name, {}).get(parameter.name.decode(), {}))
    return parameter._replace(
        unsigned_strictly=profile.unsigned_strictly and parameter.unsigned,
        most_bytes=profile.most_bytes,
        bytes_have_an_end=profile.bytes_have_an_end,
    )


def parameters(profile: Profile) -> tuple[Parameter, ...]:
    """All of them, and those of Redis 7.0.15 that the server does not name: code may ask for them."""
    told = patched(profile, "config", _names())
    words = patched(profile, "words", {})
    found = []
    for parameter in (_changed(profile, words, one) for one in PARAMETERS):
        entry = told.pop(parameter.name.decode(), None)
        alias = parameter.alias if told.pop(parameter.alias.decode(), None) else b""
        if told.pop(_LATER_NAMES.get(parameter.name, ""), None):
            alias = _LATER_NAMES[parameter.name].encode()
        if entry is None:
            # What only permits is permitted where there is no such parameter.
            default = b"yes" if parameter.name.startswith(b"enable-") else parameter.default
            found.append(parameter._replace(alias=alias, default=default, unnamed=True))
        else:
            default = entry.encode() if isinstance(entry, str) else parameter.default
            found.append(parameter._replace(alias=alias, default=default))
    return (*found, *(_read(profile, _parameter(name.encode(), entry)) for name, entry in told.items()))


def _names() -> dict[str, Any]:
    """The names and former names of Redis 7.0.15."""
    names = [name for parameter in PARAMETERS for name in (parameter.name, parameter.alias) if name]
    return dict.fromkeys(map(bytes.decode, names), True)


def _parameter(name: bytes, entry: Any) -> Parameter:
    """A parameter that Redis 7.0.15 does not have."""
    if isinstance(entry, str):
        return Parameter(name, Kind.TEXT, entry.encode())
    words = tuple(word.encode() for word in entry.get("words", ()))
    return Parameter(
        name,
        Kind[entry["kind"]],
        entry["default"].encode(),
        low=entry.get("low", 0),
        high=entry.get("high", 0),
        words=words,
        fixed=entry.get("fixed", False),
        protected=entry.get("protected", False),
    )
