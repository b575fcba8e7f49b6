"""The sections and fields of INFO that a profile has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.profiles.tables import patched


def recorded_sections(profile: Profile) -> dict[str, Any]:
    """By title what was recorded of each section that differs from that of Redis 7.0.15: its fields in order, and the
    values of those that 7.0.15 does not have, as a fresh server gives them."""
    return patched(profile, "info", {})


def as_recorded(told: Iterable[tuple[str, object]], section: dict[str, Any] | None) -> Iterable[tuple[str, object]]:
    """The fields of a section, those that the server tells and no others, in its order; None: all that are told."""
    if section is None:
        return told
    known = dict(told)
    return [(field, known.get(field, section["values"].get(field, "0"))) for field in section["fields"]]
