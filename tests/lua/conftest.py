"""Every behaviour is tested on every engine."""

import pytest

from ferrous_vm import engines


@pytest.fixture(params=sorted(engines.ENGINES))
def engine(request):
    """The name of an engine."""
    return request.param
