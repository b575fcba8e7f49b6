"""What each server tells of itself, as differences to its predecessor (recorded by tests/record/record_profiles.py)."""

from __future__ import annotations

import json
from functools import cache
from pkgutil import get_data
from typing import Any

from ferrous_vm.keyspace.profiles.profile import Profile


@cache
def differences(name: str) -> dict[str, Any]:
    """The file of a profile: by the name of a table, the JSON merge patch over its predecessor's."""
    patch: dict[str, Any] = json.loads(get_data(__name__, f"{name}.json") or b"")
    return patch


def patched(profile: Profile, table: str, whole: dict[str, Any]) -> dict[str, Any]:
    """The table of a profile; `whole` is that of Redis 7.0.15, which stays as it is."""
    for one in lineage(profile):
        whole = merged(whole, differences(one.name).get(table, {}))
    return whole


def lineage(profile: Profile) -> list[Profile]:
    """The profile and those it goes back to, the oldest after Redis 7.0 first."""
    found: list[Profile] = []
    while profile.predecessor is not None:
        found.insert(0, profile)
        profile = profile.predecessor
    return found


def merged(target: Any, patch: Any) -> Any:
    """What a JSON merge patch makes of `target` (RFC 7386); neither is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
