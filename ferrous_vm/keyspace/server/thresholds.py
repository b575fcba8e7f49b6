"""Numbers at which behaviour changes (redis.conf), as CONFIG SET can change them: encodings, memory, the slow log."""

from __future__ import annotations

from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.records import MutableRecord


class Thresholds(MutableRecord):
    """One server's limits. A value is converted when it is written beyond one, and never converted back."""

    profile: Profile = REDIS_7_0_15
    """The server imitated: its switches decide about encodings too."""
    hash_entries: int = 512
    """hash-max-listpack-entries: fields."""
    hash_value: int = 64
    """hash-max-listpack-value: bytes of a field or value."""
    set_entries: int = 0
    """set-max-listpack-entries: members; 0 where sets of any members are never packed."""
    set_value: int = 64
    """set-max-listpack-value: bytes of a member."""
    set_intset_entries: int = 512
    """set-max-intset-entries: members."""
    zset_entries: int = 128
    """zset-max-listpack-entries: members."""
    zset_value: int = 64
    """zset-max-listpack-value: bytes of a member."""
    list_size: int = -2
    """list-max-listpack-size: entries of a list node, or -1 to -5 for 4 to 64 kB."""
    stream_node_bytes: int = 4096
    """stream-node-max-bytes."""
    stream_node_entries: int = 100
    """stream-node-max-entries: what an approximate trim (`MAXLEN ~`) is rounded to."""
    hll_sparse_bytes: int = 3000
    """hll-sparse-max-bytes."""
    memory: int = 0
    """maxmemory: bytes above which commands that need more are refused; 0 is no limit."""
    events: int = 0
    """notify-keyspace-events: the classes of events that are told, as bits (`events.py`)."""
    slow_command: int = 10_000
    """slowlog-log-slower-than: microseconds from which the slow log keeps a command; negative: none."""
    slow_log_length: int = 128
    """slowlog-max-len: commands."""
