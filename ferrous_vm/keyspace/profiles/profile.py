"""What differs between versions of the server that a keyspace imitates. 7.0.15 is the first and exact one."""

from __future__ import annotations

from typing import Final

from ferrous_vm.records import Record


class Profile(Record):
    """One version of the server, as data."""

    server: bytes
    version: bytes
    version_number: int
    """major * 65536 + minor * 256 + patch, as `redis.REDIS_VERSION_NUM` has it."""


REDIS_7_0_15: Final = Profile(server=b"redis", version=b"7.0.15", version_number=0x07000F)
