"""From what `Server` is told to the profile: other servers than the default are loaded here, and nowhere else."""

from __future__ import annotations

from ferrous_vm.errors import StateError
from ferrous_vm.keyspace.profiles.profile import PROFILES, REDIS_7_0_15, Profile


def profile_named(profile: str | Profile) -> Profile:
    """The profile of that name; a Profile is itself. Raises StateError for a name there is not."""
    if isinstance(profile, Profile):
        return profile
    if profile == REDIS_7_0_15.name:
        return REDIS_7_0_15
    if profile not in PROFILES:
        raise StateError(f"the profile {profile!r}", "one of " + ", ".join(PROFILES))
    from ferrous_vm.keyspace.profiles.servers import server

    return server(profile)
