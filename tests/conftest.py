"""Settings for every test."""

from hypothesis import HealthCheck, settings

# A slow machine is no failure: properties are about what comes out, not how fast.
settings.register_profile("ferrous", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ferrous")
