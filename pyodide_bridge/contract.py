"""Every message between the page and Python, once.

Text crosses and nothing else: a request and its answer are JSON objects whose `type` names one of these classes. The
page's TypeScript declarations are generated from this file (`make contract`), and a test holds them fresh. Bytes are
written as escapes.py writes them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hello:
    """Who are you? The first request, sent when the worker has loaded."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """Answers Hello."""

    engine_version: str
    redis_version: str
    python_version: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The request could not be understood or carried out; `message` is for the person at the page."""

    message: str


REQUESTS: dict[type, type] = {Hello: Welcome}
"""Each request and what answers it, unless a Failure does. The order is that of the generated declarations."""


def messages() -> list[type]:
    """Every dataclass of the contract, in the order they are written."""
    return [item for item in globals().values() if isinstance(item, type) and hasattr(item, "__dataclass_fields__")]
