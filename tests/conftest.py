"""Settings for every test."""

import gc

import pytest
from hypothesis import HealthCheck, settings

# A slow machine is no failure: properties are about what comes out, not how fast.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples each time, so that a run judges the change and nothing else; `--hypothesis-profile search` looks on.
settings.register_profile("ferrous", _PATIENT, derandomize=True)
settings.register_profile("search", _PATIENT, max_examples=2_000, print_blob=True)
settings.load_profile("ferrous")


@pytest.fixture(autouse=True)
def nothing_is_called_by_collections() -> None:
    """Hypothesis has collections of garbage timed, from its first test on. A limit that ends a script is lost where it
    comes up there; and Python 3.11 died of it, looking at frames from another thread."""
    gc.callbacks.clear()
