"""The flags a script or function may declare (`scripts_flags_def`, script.c): one table for shebangs and libraries."""

from __future__ import annotations

from enum import IntFlag
from typing import Final


class ScriptFlag(IntFlag):
    """What a script says about itself; the values are those of script.h."""

    NONE = 0
    NO_WRITES = 1 << 0
    ALLOW_OOM = 1 << 1
    ALLOW_STALE = 1 << 2
    NO_CLUSTER = 1 << 3
    EVAL_COMPAT_MODE = 1 << 4
    """No shebang: what a script may do is found out while it runs. Never written by a user."""
    ALLOW_CROSS_SLOT = 1 << 5


FLAG_NAMES: Final[dict[bytes, ScriptFlag]] = {
    b"no-writes": ScriptFlag.NO_WRITES,
    b"allow-oom": ScriptFlag.ALLOW_OOM,
    b"allow-stale": ScriptFlag.ALLOW_STALE,
    b"no-cluster": ScriptFlag.NO_CLUSTER,
    b"allow-cross-slot-keys": ScriptFlag.ALLOW_CROSS_SLOT,
}
"""Every flag that can be written, in the order FUNCTION LIST shows them."""


def declared(flags: ScriptFlag) -> tuple[bool, bool] | None:
    """Whether what carries these flags may need memory, so that `maxmemory` refuses it, and whether it may write, so
    that CLIENT PAUSE holds it back; None without a shebang."""
    if ScriptFlag.EVAL_COMPAT_MODE in flags:
        return None
    return not flags & (ScriptFlag.ALLOW_OOM | ScriptFlag.NO_WRITES), ScriptFlag.NO_WRITES not in flags


if set(FLAG_NAMES.values()) | {ScriptFlag.NONE, ScriptFlag.EVAL_COMPAT_MODE} != {ScriptFlag.NONE, *ScriptFlag}:
    raise ValueError("a script flag has no name")
